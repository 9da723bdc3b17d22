"""One step of preprocessing: for a table, in numpy; and, of most, for one row, in plain Python, to the same bits.

numpy takes a microsecond for each of its calls, however short the row. A step of plain arithmetic and look-ups takes
less for all of its columns together.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from inference_server.evaluate.refuse import InfiniteValue, MissingValue

TableStep = Callable[[np.ndarray], np.ndarray]
RowStep = Callable[[list[float]], list[float]]


class Step:
    """``of_row`` is None where only a table will do. Both raise ``RefusedValues`` for the same values."""

    __slots__ = ("_of_table", "of_row")

    def __init__(self, of_table: TableStep, of_row: RowStep | None = None) -> None:
        self._of_table = of_table
        self.of_row = of_row

    def __call__(self, table: np.ndarray) -> np.ndarray:
        """Return the columns that become of these."""
        return self._of_table(table)


SAME = Step(lambda table: table, lambda row: row)


def chain(steps: Sequence[Step]) -> Step:
    """Return the steps one after the other as one."""
    if len(steps) == 1:
        return steps[0]

    def of_table(table: np.ndarray) -> np.ndarray:
        for step in steps:
            table = step(table)
        return table

    rows = [step.of_row for step in steps]
    known = [of_row for of_row in rows if of_row is not None]
    if len(known) < len(rows):
        return Step(of_table)

    def of_row(row: list[float]) -> list[float]:
        for one in known:
            row = one(row)
        return row

    return Step(of_table, of_row)


def refuse_row(row: list[float], missing_allowed: bool = False) -> None:
    """Raise as ``refuse`` does for a table."""
    if math.inf in row or -math.inf in row:
        raise InfiniteValue
    if not missing_allowed and any(value != value for value in row):
        raise MissingValue
