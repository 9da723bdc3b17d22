"""baseline.json: how columns and predictions were distributed in training, for whoever looks for drift later."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from inference_server.model import Model
from sagemaker_deployer.pack.data.data import Data
from sagemaker_deployer.pack.data.data_column import MOST_CATEGORIES, DataColumn

# The ends of 20 bins of equal shares: what a population stability index is computed over.
QUANTILES = np.linspace(0, 1, 21)
# A wider model gets no baseline of its columns: the file would be larger than the model.
_MOST_COLUMNS = 2000


def baseline(rows: Data, targets: DataColumn | None, model: Model, predicted: Sequence[Any]) -> dict[str, Any]:
    """Return quantiles of numbers, and shares of categories and of missing values; no text of a column of free texts.

    ``targets``: what the model was to predict. ``predicted``: of some rows the index of the class, or the number.
    """
    features = [
        {"name": name} | _describe(column) for name, column in zip(model.feature_names, rows.columns, strict=True)
    ]
    is_one_output = len(predicted) > 0 and model.output_classes is None
    return {
        "formatVersion": 1,
        "rows": rows.count,
        **({"features": features} if len(features) <= _MOST_COLUMNS else {}),
        **({"targets": _describe(targets)} if targets is not None else {}),
        **({"predictions": _predictions(predicted, model.class_names)} if is_one_output else {}),
    }


def _describe(column: DataColumn) -> dict[str, Any]:
    found: dict[str, Any] = {"type": column.type, "missing": _rounded(column.missing_share)}
    if column.is_numeric:
        return found | (_quantiles(column.present) if len(column.present) else {})
    total = sum(column.counts.values())
    if column.type == "category" and total:
        common = column.counts.most_common(MOST_CATEGORIES)
        # Pairs and not an object: categories may be numbers, and 1 is not "1".
        found["shares"] = [[value, _rounded(times / total)] for value, times in common]
        found["otherShare"] = _rounded(1 - sum(times for _, times in common) / total)
    return found


def _predictions(predicted: Sequence[Any], classes: Sequence[str] | None) -> dict[str, Any]:
    values = np.asarray(predicted)
    if classes is None:
        table = values.astype(np.float64).reshape(len(values), -1)
        every = [_quantiles(column[np.isfinite(column)]) for column in table.T if np.isfinite(column).any()]
        return every[0] if len(every) == 1 else {"outputs": every}
    counts = np.bincount(values.astype(np.intp), minlength=len(classes))
    return {"shares": [[name, _rounded(count / len(values))] for name, count in zip(classes, counts, strict=True)]}


def _quantiles(values: np.ndarray) -> dict[str, Any]:
    return {"quantiles": [_rounded(value) for value in np.quantile(values, QUANTILES)], "mean": _rounded(values.mean())}


def _rounded(value: float) -> float:
    """Six digits: a baseline is compared by shares of rows, not by the last bit."""
    return float(f"{float(value):.6g}")
