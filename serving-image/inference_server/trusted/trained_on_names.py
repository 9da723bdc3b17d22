"""Whether an estimator needs the DataFrame that it was trained on, because it chooses its columns by their names."""

from __future__ import annotations

import importlib.util
from typing import Any

from inference_server.model_error import ModelError

_DEEPEST, _MOST = 8, 50


def names_of_frame(estimator: Any) -> list[str] | None:
    """Return the names of the columns of the DataFrame that it was trained on, None where it was an array."""
    names = getattr(estimator, "feature_names_in_", None)
    return None if names is None else [str(name) for name in names]


def chooses_by_names(estimator: Any, depth: int = 0) -> bool:
    """Tell whether it, or an estimator within it, is a ColumnTransformer by names."""
    if depth > _DEEPEST:
        return False
    if isinstance(estimator, (list, tuple)):
        return any(chooses_by_names(one, depth + 1) for one in estimator[:_MOST])
    if isinstance(estimator, dict):
        return any(chooses_by_names(one, depth + 1) for one in list(estimator.values())[:_MOST])
    if not type(estimator).__module__.startswith("sklearn."):
        return False
    parts = getattr(estimator, "transformers_", [])
    if any(len(part) == 3 and _are_names(part[2]) for part in parts if isinstance(part, tuple)):
        return True
    return chooses_by_names(getattr(estimator, "__dict__", {}), depth + 1)


def check_pandas(name: str, needed: bool) -> None:
    """Raise ``ModelError`` where pandas is needed and not installed."""
    if needed and importlib.util.find_spec("pandas") is None:
        raise ModelError(
            f"The {name} chooses its columns by name, for which scikit-learn needs pandas, and this image has none: "
            "use the target full, or train with a ColumnTransformer that chooses columns by their places."
        )


def _are_names(columns: Any) -> bool:
    if isinstance(columns, slice):
        return isinstance(columns.start, str) or isinstance(columns.stop, str)
    if isinstance(columns, str):
        return True
    return hasattr(columns, "__iter__") and any(isinstance(one, str) for one in columns)
