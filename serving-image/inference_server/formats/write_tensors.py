"""Predictions as the tensors of an inference answer. Data is flat, in row-major order, as all clients read it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any


def output_tensors(predictions: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the tensors, which all have a row for each prediction (at least one is given).

    A classifier has ``predicted_class`` and ``predicted_class_index`` and, where it knows them,
    ``probabilities`` (rows x classes); a regression ``prediction``, by row, or rows x outputs. A classifier of several
    outputs has rows x outputs of the first two, and ``probabilities_0``, ``probabilities_1`` and so on.
    Raises ValueError for numbers that are not finite.
    """
    rows, first = len(predictions), predictions[0]
    if "prediction" in first:
        values = [prediction["prediction"] for prediction in predictions]
        if isinstance(values[0], list):
            return [_numbers("prediction", [rows, len(values[0])], [one for value in values for one in value])]
        return [_numbers("prediction", [rows], values)]
    if isinstance(first["predicted_class"], list):
        return _of_several_outputs(predictions)
    tensors = [
        _tensor("predicted_class", "BYTES", [rows], [prediction["predicted_class"] for prediction in predictions]),
        _tensor("predicted_class_index", "INT64", [rows], [one["predicted_class_index"] for one in predictions]),
    ]
    if "probabilities" in first:
        tensors.append(_probabilities("probabilities", [one["probabilities"] for one in predictions]))
    return tensors


def _of_several_outputs(predictions: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    shape = [len(predictions), len(predictions[0]["predicted_class"])]
    tensors = [
        _tensor(name, datatype, shape, [one for prediction in predictions for one in prediction[name]])
        for name, datatype in (("predicted_class", "BYTES"), ("predicted_class_index", "INT64"))
    ]
    by_output = zip(*(prediction.get("probabilities", ()) for prediction in predictions), strict=True)
    return tensors + [_probabilities(f"probabilities_{place}", rows) for place, rows in enumerate(by_output)]


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


def _probabilities(name: str, rows: Sequence[dict[str, float]]) -> dict[str, Any]:
    return _numbers(name, [len(rows), len(rows[0])], [share for row in rows for share in row.values()])


def _tensor(name: str, datatype: str, shape: list[int], data: list[Any]) -> dict[str, Any]:
    return {"name": name, "datatype": datatype, "shape": shape, "data": data}
