"""Typed access to the attributes of an estimator that was read inertly."""

from __future__ import annotations

from typing import Any

import numpy as np

from inference_server.model_error import ModelError
from inference_server.not_covered import NotCovered
from inference_server.pickles.unresolved_values import Instance, StoredValues

# The minors whose numbers the evaluation is tested with; others may mean something else by them.
FIRST, LAST = (1, 2), (1, 9)


class Fields:
    """The attributes of one estimator; every reader raises ``NotCovered`` where something else is there."""

    def __init__(self, value: Any) -> None:
        if not isinstance(value, Instance) or not isinstance(value.state, dict):
            raise NotCovered(f"a {type(value).__name__} in the place of an estimator")
        self.name = value.name
        self.module = value.module
        self._state = value.state

    def has(self, name: str) -> bool:
        """Tell whether the attribute is there and is not None."""
        return self._state.get(name) is not None

    def any(self, name: str, default: Any = ...) -> Any:
        """Return the attribute as it was read."""
        value = self._state.get(name, default)
        if value is ...:
            raise NotCovered(f"a {self.name} without {name}")
        return value

    def number(self, name: str) -> float:
        """Return a finite number."""
        value = self.any(name)
        if not isinstance(value, (int, float)) or not np.isfinite(value):
            raise NotCovered(f"a {self.name} whose {name} is no number")
        return float(value)

    def count(self, name: str) -> int:
        """Return an integer of at least 1."""
        value = self.any(name)
        if type(value) is not int or not 1 <= value < 2**31:
            raise NotCovered(f"a {self.name} whose {name} is no count")
        return value

    def numbers(self, name: str, shape: tuple[int | None, ...] | None = None) -> np.ndarray:
        """Return an array of float64 of its own in C order; None in ``shape`` is any length."""
        return as_numbers(self.any(name), f"{self.name}.{name}", shape)

    def items(self, name: str) -> list[Any]:
        """Return a list, or the objects of an array of one or two dimensions, row by row."""
        value = self.any(name)
        value = value.values if isinstance(value, StoredValues) else value
        if not isinstance(value, list):
            raise NotCovered(f"a {self.name} whose {name} is no list")
        return value

    def labels(self, name: str) -> np.ndarray:
        """Return the classes, or names of features: numbers or text, one dimension."""
        return self._as_labels(self.any(name), name)

    def label_lists(self, name: str) -> list[np.ndarray]:
        """Return the classes of each of several outputs."""
        values = self.any(name)
        if not isinstance(values, list) or not values:
            raise NotCovered(f"a {self.name} whose {name} is no list of lists of labels")
        return [self._as_labels(value, name) for value in values]

    def _as_labels(self, value: Any, name: str) -> np.ndarray:
        if not isinstance(value, StoredValues) or len(value.shape) != 1:
            raise NotCovered(f"a {self.name} whose {name} is no list of labels")
        if isinstance(value.values, np.ndarray):
            return value.values.copy()
        if not all(isinstance(item, (str, int, float)) for item in value.values):
            raise NotCovered(f"a {self.name} whose {name} is no list of labels")
        return np.array(value.values, dtype=object)

    def class_count_of_several(self) -> int:
        """Return how many classes there are. Of one alone scikit-learn 1.2 to 1.9 give two probabilities, or none."""
        count = len(self.labels("classes_"))
        if count < 2:
            raise ModelError(
                f"The {self.name} was trained on rows of one class, for which scikit-learn has no probabilities: "
                "train it on rows of several classes."
            )
        return count

    @property
    def version(self) -> tuple[int, int]:
        """The minor of scikit-learn that wrote the estimator."""
        parts = str(self.any("_sklearn_version", "")).split(".")
        if len(parts) < 2 or not (parts[0].isdigit() and parts[1].isdigit() and len(parts[1]) < 4):
            raise NotCovered(f"a {self.name} that does not say which scikit-learn wrote it")
        found = int(parts[0]), int(parts[1])
        if not FIRST <= found <= LAST:
            raise NotCovered(f"a {self.name} written by scikit-learn {parts[0]}.{parts[1]}")
        return found


def as_numbers(value: Any, what: str, shape: tuple[int | None, ...] | None = None) -> np.ndarray:
    """Return numbers, one or an array of them, as float64; the file's own memory is not kept."""
    if isinstance(value, (int, float)):
        value = np.array(value, dtype=np.float64)
    elif isinstance(value, StoredValues) and isinstance(value.values, np.ndarray) and value.values.dtype.kind in "biuf":
        value = value.values
    else:
        raise NotCovered(f"{what} in a form other than numbers")
    if shape is not None and (
        value.ndim != len(shape) or any(a not in (None, b) for a, b in zip(shape, value.shape, strict=True))
    ):
        raise ModelError(f"The model file holds a {what} of shape {value.shape}: it is damaged or crafted.")
    return np.array(value, dtype=np.float64, order="C")
