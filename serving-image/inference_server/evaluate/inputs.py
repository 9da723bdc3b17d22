"""What the file of a model says of its inputs, gathered while its transformers are read: numbers, or texts as codes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from inference_server.not_covered import NotCovered
from inference_server.table.column import Column

# Of a model of more inputs than this nothing is gathered.
MOST = 100_000
_MOST_TYPICAL = 8


class Input:
    """One column of the rows. Whoever reads it says as what; nobody does for a column that is dropped."""

    def __init__(self) -> None:
        self._type: str | None = None
        self._codes: dict[Any, float] | None = None
        self._typical: list[Any] = []

    def use_as_number(self, kind: str = "number") -> None:
        """Note that it holds numbers. Raises ``NotCovered`` where something else reads it as texts."""
        if self._codes is not None or self._type == "text":
            raise NotCovered("a column that is read as text and as a number")
        if self._type in (None, "number"):
            self._type = kind

    def use_as_text(self) -> None:
        """Note that it holds texts of any words. Raises ``NotCovered`` where something else reads it otherwise."""
        if self._codes is not None or self._type not in (None, "text"):
            raise NotCovered("a column that is read as text and otherwise")
        self._type = "text"

    def code(self, value: Any) -> float:
        """Return what stands for a text, or for any other value of a column of objects; NaN for a missing one."""
        if self._type is not None:
            raise NotCovered("a column that is read as text and as a number")
        if self._codes is None:
            self._codes = {}
        if value is None or value != value:
            return math.nan
        if not isinstance(value, (str, int, float)):
            raise NotCovered("categories other than texts and numbers")
        return self._codes.setdefault(value, float(len(self._codes)))

    def suggest(self, values: Iterable[Any]) -> None:
        """Note values that an example may hold."""
        for value in values:
            if len(self._typical) < _MOST_TYPICAL and value is not None and value == value:
                self._typical.append(value)

    def column(self, unread: str) -> Column:
        """Return what is known; ``unread``: the type of an input that nobody has read."""
        if self._codes is not None:
            return Column(type="category", codes=self._codes, typical=tuple(self._typical))
        if self._type is None:
            return Column(type="any", is_used=unread == "any")
        # scikit-learn's vectorizers end on a missing text with one error or another.
        return Column(type=self._type, typical=tuple(self._typical), takes_gaps=self._type != "text")


# Of each column the input that it still is, or None for a number that a transformer made.
Columns = Sequence[Input | None]


def inputs(width: int) -> list[Input]:
    """The inputs themselves, of which nothing is known yet."""
    return [Input() for _ in range(width)]


def made(width: int) -> list[None]:
    """Numbers that a transformer made."""
    return [None] * width


def use_as_numbers(columns: Columns) -> int:
    """Note that these columns are numbers, and return how many they are."""
    for column in columns:
        if column is not None:
            column.use_as_number()
    return len(columns)


def suggest(columns: Columns, values: Sequence[Any]) -> None:
    """Note a value for an example of each column."""
    for column, value in zip(columns, values, strict=True):
        if column is not None:
            column.suggest([value])


def suggest_thresholds(columns: Columns, nodes: np.ndarray) -> None:
    """Note a number in the middle of those that trees compare each column with."""
    for index, column in enumerate(columns):
        if column is not None:
            thresholds = nodes["threshold"][(nodes["feature"] == index) & (nodes["category"] == 0)]
            thresholds = np.sort(thresholds[np.isfinite(thresholds)])
            column.suggest(thresholds[len(thresholds) // 2 :][:1].tolist())
