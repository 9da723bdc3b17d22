"""Rows that were read: as they were sent, and as the numbers that models compute with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from inference_server.table.schema import Schema


@dataclass(slots=True)  # not frozen: that costs a microsecond for each row
class Table:
    """``rows`` hold numbers, texts, booleans and None for what is missing.

    ``values``: rows x columns of float64, with NaN for what is missing and codes in place of texts.
    """

    schema: Schema
    rows: list[list[Any]]
    values: np.ndarray
    has_gaps: bool = False

    def part(self, first: int, last: int) -> Table:
        """Return some of the rows."""
        return Table(self.schema, self.rows[first:last], self.values[first:last], self.has_gaps)

    def with_columns_of(self, other: Table, columns: slice) -> Table:
        """Return these rows with some columns of the first row of another table."""
        rows = [list(row) for row in self.rows]
        values = self.values.copy()
        values[:, columns] = other.values[0, columns]
        for row in rows:
            row[columns] = other.rows[0][columns]
        return Table(self.schema, rows, values, has_gaps=True)

    def as_sent(self) -> list[dict[str, Any]]:
        """Return each row by name, for an answer: numbers as floats, what is missing as None."""
        names = self.schema.names
        if self.schema.is_numeric and not self.has_gaps:
            return [dict(zip(names, map(float, row), strict=True)) for row in self.rows]
        return [
            {
                name: float(value) if type(value) in (int, float) or (is_numeric and value is not None) else value
                for name, value, is_numeric in zip(names, row, self.schema.numeric, strict=True)
            }
            for row in self.rows
        ]
