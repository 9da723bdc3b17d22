"""Types, ranges and categories of the features, out of the training data and of the model itself."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from inference_server.feature import Feature
from inference_server.model import Model
from sagemaker_deployer.pack.author_model import AuthorModel
from sagemaker_deployer.pack.data.data import Data
from sagemaker_deployer.pack.data.data_column import MOST_CATEGORIES, DataColumn


def describe_features(
    model: Model, rows: Data | None, estimator: Any, author: AuthorModel
) -> tuple[Feature, ...] | None:
    """Return what is known of each feature, or None where nothing is."""
    names = model.feature_names
    known: list[dict[str, Any]] = [{} for _ in names]
    if rows is not None:
        used = [column.is_used for column in model.schema.columns]
        known = [_describe_column(column, is_used) for column, is_used in zip(rows.columns, used, strict=True)]
    told = _ranges_of_lightgbm(author.path) if author.member == "model.lgb.txt" else _categories_of(estimator)
    for index, entry in told.items():
        if index < len(known):
            known[index] = entry | known[index] if "categories" in known[index] else known[index] | entry
    for index, column in enumerate(model.schema.columns):
        if column.is_text and column.codes and len(column.codes) <= MOST_CATEGORIES and rows is None:
            known[index] = {"type": "category", "categories": tuple(column.codes)}
    if not any(known):
        return None
    return tuple(Feature(name, **entry) for name, entry in zip(names, known, strict=True))


def describe_columns(names: Sequence[str], rows: Data) -> tuple[Feature, ...]:
    """Return what the data says of each column, under its name."""
    both = zip(names, rows.columns, strict=True)
    return tuple(Feature(name, **_describe_column(column, is_used=True)) for name, column in both)


def _describe_column(column: DataColumn, is_used: bool) -> dict[str, Any]:
    """The values of a column that the model does not look at are nobody's business."""
    if not len(column.present):
        return {}
    if not column.is_numeric:
        if not is_used or column.type == "text":
            return {"type": "text"}
        choices = [one for one in column.choices if not isinstance(one, bool)]
        if not choices:
            return {"type": "boolean"}
        return {"type": "category", "categories": tuple(sorted(choices, key=lambda one: (str(type(one)), one)))}
    if column.type == "boolean":
        return {"type": "boolean"}
    ends = column.present.min(), column.present.max()
    low, high = (int(end) if column.type == "integer" else float(end) for end in ends)
    return {"type": column.type, "minimum": low, "maximum": high}


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
