"""Rows of nothing but numbers, which are lists only where somebody asks for them."""

from __future__ import annotations

from typing import Any

import numpy as np

from inference_server.table.schema import Schema
from inference_server.table.table import Table


class NumberTable(Table):
    """A ``Table`` that was made of ``values`` alone; its schema is numeric."""

    __slots__ = ("_rows",)

    def __init__(self, schema: Schema, values: np.ndarray, has_gaps: bool) -> None:
        self.schema = schema
        self.values = values
        self.has_gaps = has_gaps
        self._rows: list[list[Any]] | None = None

    @property
    def rows(self) -> list[list[Any]]:
        """The rows as lists, with None for what is missing."""
        if self._rows is None:
            self._rows = self.values.tolist()
            if self.has_gaps:
                self._rows = [[None if value != value else value for value in row] for row in self._rows]
        return self._rows

    def part(self, first: int, last: int) -> NumberTable:
        """Return some of the rows."""
        return NumberTable(self.schema, self.values[first:last], self.has_gaps)
