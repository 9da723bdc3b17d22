"""Types, ranges and categories of the features, out of the training data and of the model itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from inference_server.feature import Feature
from model_packing.problems import Problems


def read_training_rows(path: Path) -> np.ndarray:
    """Read rows x features from .npy (never unpickled), .csv (numbers, with or without a header) or .json.

    Raises ``Problems`` where it is anything else.
    """
    try:
        if path.suffix == ".npy":
            rows = np.load(path, allow_pickle=False)
        elif path.suffix == ".csv":
            rows = np.loadtxt(path, delimiter=",", skiprows=_has_header(path), ndmin=2, converters=_number)
        elif path.suffix == ".json":
            rows = np.array(json.loads(path.read_text("utf-8")), dtype=np.float64)
        else:
            raise Problems([f"--training {path}: the name must end in .npy, .csv or .json."])
    except OSError as error:
        raise Problems([f"--training {path}: {error.strerror or 'cannot be read'}."]) from error
    except (ValueError, TypeError) as error:
        raise Problems([f"--training {path}: holds something else than rows of numbers."]) from error
    if not isinstance(rows, np.ndarray) or rows.ndim != 2 or rows.dtype.kind not in "biuf" or not rows.size:
        raise Problems([f"--training {path}: must hold rows of numbers, all of one length."])
    return rows.astype(np.float64)


def _number(cell: str) -> float:
    return float(cell or "nan")


def _has_header(path: Path) -> int:
    with path.open(encoding="utf-8") as file:
        first = file.readline().split(",")
    try:
        [_number(cell.strip()) for cell in first]
    except ValueError:
        return 1
    return 0


def describe_features(
    names: tuple[str, ...], rows: np.ndarray | None, estimator: Any, model_file: Path, member: str
) -> tuple[Feature, ...] | None:
    """Return what is known of each feature, or None where nothing is."""
    known: list[dict[str, Any]] = [{} for _ in names]
    if rows is not None:
        for index, column in enumerate(rows.T):
            known[index] = _describe_column(column[np.isfinite(column)])
    told = _ranges_of_lightgbm(model_file) if member == "model.lgb.txt" else _categories_of(estimator)
    for index, entry in told.items():
        if index < len(known):
            known[index] = known[index] | entry
    if not any(known):
        return None
    return tuple(Feature(name, **entry) for name, entry in zip(names, known, strict=True))


def _describe_column(values: np.ndarray) -> dict[str, Any]:
    if not len(values):
        return {}
    whole = bool((values == np.floor(values)).all()) and float(np.abs(values).max()) < 2**53
    if whole and set(np.unique(values[:1000])) <= {0.0, 1.0} and set(np.unique(values)) == {0.0, 1.0}:
        return {"type": "boolean"}
    low, high = (int(bound) if whole else float(bound) for bound in (values.min(), values.max()))
    return {"type": "integer" if whole else "number", "minimum": low, "maximum": high}


def _ranges_of_lightgbm(model_file: Path) -> dict[int, dict[str, Any]]:
    """Read the line feature_infos: "[least:most]" for numbers, "a:b:c" for categories, "none" for a constant."""
    found: dict[int, dict[str, Any]] = {}
    with model_file.open(encoding="utf-8") as file:
        infos = next((line for line in file if line.startswith("feature_infos=")), "feature_infos=")
    for index, info in enumerate(infos.strip().partition("=")[2].split(" ")):
        if info.startswith("[") and info.endswith("]"):
            low, high = map(float, info[1:-1].split(":"))
            if np.isfinite([low, high]).all():
                found[index] = {"minimum": low, "maximum": high}
        elif ":" in info or info.lstrip("-").isdigit():
            categories = sorted(int(part) for part in info.split(":") if part.lstrip("-").isdigit())
            kept = tuple(category for category in categories if category >= 0)  # -1 stands for NaN
            if kept:
                found[index] = {"type": "category", "categories": kept, "minimum": None, "maximum": None}
    return found


def _categories_of(estimator: Any) -> dict[int, dict[str, Any]]:
    """The categories of scikit-learn's encoders, where they stand first: alone, in a pipeline, or by columns."""
    kind = type(estimator).__name__
    if kind == "Pipeline" and estimator.steps:
        return _categories_of(estimator.steps[0][1])
    if kind in ("OneHotEncoder", "OrdinalEncoder") and hasattr(estimator, "categories_"):
        return {index: _category(values) for index, values in enumerate(estimator.categories_)}
    if kind == "ColumnTransformer" and hasattr(estimator, "transformers_"):
        found = {}
        for _, part, columns in estimator.transformers_:
            places = np.arange(estimator.n_features_in_)[columns] if not _are_names(columns) else []
            inner = _categories_of(part)
            found |= {int(places[index]): entry for index, entry in inner.items() if index < len(places)}
        return found
    return {}


def _category(values: np.ndarray) -> dict[str, Any]:
    kept = tuple(
        int(value) if isinstance(value, float) and value.is_integer() else value
        for value in values.tolist()
        if value is not None and value == value
    )
    return {"type": "category", "categories": kept, "minimum": None, "maximum": None} if kept else {}


def _are_names(columns: Any) -> bool:
    return isinstance(columns, str) or (isinstance(columns, list) and any(isinstance(one, str) for one in columns))
