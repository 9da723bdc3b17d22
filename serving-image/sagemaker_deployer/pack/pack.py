"""pack and check: what an author calls where the model was trained."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sagemaker_deployer.pack.data.from_object import data_of
from sagemaker_deployer.pack.pack_model import Packed, pack_model
from sagemaker_deployer.pack.packing_order import PackingOrder
from sagemaker_deployer.pack.problems import Problems


def pack(
    model: Any,
    X: Any = None,
    y: Any = None,
    path: str | os.PathLike[str] = "model.tar.gz",
    *,
    golden: Any = None,
    golden_from_data: bool = False,
    class_names: Sequence[str] | None = None,
    feature_names: Sequence[str] | None = None,
    tolerance: float = 1e-6,
    label: str | None = None,
) -> Packed:
    """Write the archive of a fitted model, after asking it and the server's own code the same rows.

    ``model``: a fitted estimator of scikit-learn, XGBoost, LightGBM or CatBoost, an ONNX model, or the path of a model
    file. ``X``: rows as in training (DataFrame, array, list of texts), of which types, ranges, categories, the
    distributions of baseline.json and golden rows are made; ``y``: their labels, for the baseline. ``golden``: rows or
    requests to record in place of made ones (rows, a DataFrame, or ``{"positive": ..., "negative": ...}``);
    ``golden_from_data`` takes rows of X, which are then stored in the archive and shown in reports. ``class_names``:
    in the order of ``classes_``. ``tolerance``: for golden numbers, relative where they are above 1.

    Raises ``Problems`` with everything that is wrong, among it that the image cannot serve the model; nothing is
    written then.
    """
    return pack_model(_order(model, X, y, path, golden, golden_from_data, class_names, feature_names, tolerance, label))


def check(model: Any, X: Any = None, y: Any = None, **options: Any) -> Packed:
    """Do all that ``pack`` does, with the same options, but write nothing."""
    options = {"golden": None, "golden_from_data": False, "class_names": None, "feature_names": None} | options
    options = {"path": "model.tar.gz", "tolerance": 1e-6, "label": None} | options
    return pack_model(_order(model, X, y, **options), write=False)


def _order(
    model: Any,
    rows: Any,
    targets: Any,
    path: str | os.PathLike[str],
    golden: Any,
    golden_from_data: bool,
    class_names: Sequence[str] | None,
    feature_names: Sequence[str] | None,
    tolerance: float,
    label: str | None,
) -> PackingOrder:
    found = [
        f"{name}: must be {what}, it is of type {type(value).__name__}."
        for name, value, what, holds in (
            ("path", path, "a text or Path", isinstance(path, (str, os.PathLike))),
            ("class_names", class_names, "a list of texts", not isinstance(class_names, str)),
            ("feature_names", feature_names, "a list of texts", not isinstance(feature_names, str)),
            ("tolerance", tolerance, "a number", isinstance(tolerance, (int, float))),
            ("label", label, "a text", isinstance(label, (str, type(None)))),
        )
        if not holds
    ]
    if found:
        raise Problems(found)
    return PackingOrder(
        model=Path(model) if isinstance(model, (str, os.PathLike)) else model,
        output=Path(path),
        class_names=None if class_names is None else list(map(str, class_names)),
        feature_names=None if feature_names is None else list(map(str, feature_names)),
        golden=golden if golden is None or isinstance(golden, (str, os.PathLike, dict)) else _rows_of(golden),
        tolerance=tolerance,
        label=label,
        data=rows,
        targets=targets,
        golden_from_data=golden_from_data,
    )


def _rows_of(golden: Any) -> list[list[Any]]:
    found = data_of(golden, "golden")
    return found.rows(range(found.count))
