"""The author's rows: columns, and what makes rows of cells into the form that the author's library was trained on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sagemaker_deployer.pack.data.data_column import DataColumn

Cells = list[list[Any]]


@dataclass(frozen=True)
class Data:
    """``make``: rows of numbers, texts, bool and None (missing) -> a DataFrame, array or list, as ``predict`` takes it.

    ``source``: how messages call it.
    """

    columns: tuple[DataColumn, ...]
    make: Callable[[Cells], Any]
    source: str = "X"

    @property
    def count(self) -> int:
        """The number of rows."""
        return len(self.columns[0].cells) if self.columns else 0

    @property
    def names(self) -> list[str] | None:
        """The names of the columns, None where they have none."""
        names = [column.name for column in self.columns]
        return None if None in names else names

    def rows(self, places: Sequence[int]) -> Cells:
        """Return some of the rows as lists of cells, None for what is missing."""
        columns = [column.cells[list(places)].tolist() for column in self.columns]
        return [[None if cell is None or cell != cell else cell for cell in row] for row in zip(*columns, strict=True)]
