"""Predictions as the tensors of an inference answer. Data is flat, in row-major order, as all clients read it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any


def output_tensors(predictions: Sequence[dict[str, Any]], class_names: Sequence[str] | None) -> list[dict[str, Any]]:
    """Return the tensors, which all have a row for each prediction (at least one is given).

    A classifier has ``predicted_class`` and ``predicted_class_index`` and, where it knows them,
    ``probabilities`` (rows x classes); a regression ``prediction``, by row, or rows x outputs.
    Raises ValueError for numbers that are not finite.
    """
    rows = len(predictions)
    if class_names is None:
        values = [prediction["prediction"] for prediction in predictions]
        if isinstance(values[0], list):
            return [_numbers("prediction", [rows, len(values[0])], [one for value in values for one in value])]
        return [_numbers("prediction", [rows], values)]
    tensors = [
        _tensor("predicted_class", "BYTES", [rows], [prediction["predicted_class"] for prediction in predictions]),
        _tensor("predicted_class_index", "INT64", [rows], [one["predicted_class_index"] for one in predictions]),
    ]
    if "probabilities" in predictions[0]:
        flat = [probability for prediction in predictions for probability in prediction["probabilities"].values()]
        tensors.append(_numbers("probabilities", [rows, len(class_names)], flat))
    return tensors


def describe_outputs(tensors: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return name, type and shape of the tensors, for any number of rows."""
    return [
        {"name": tensor["name"], "datatype": tensor["datatype"], "shape": [-1, *tensor["shape"][1:]]}
        for tensor in tensors
    ]


def _numbers(name: str, shape: list[int], data: list[Any]) -> dict[str, Any]:
    if all(isinstance(value, str) for value in data):
        return _tensor(name, "BYTES", shape, data)
    if not all(map(math.isfinite, data)):
        raise ValueError("the prediction is not finite")
    return _tensor(name, "FP64", shape, [float(value) for value in data])


def _tensor(name: str, datatype: str, shape: list[int], data: list[Any]) -> dict[str, Any]:
    return {"name": name, "datatype": datatype, "shape": shape, "data": data}
