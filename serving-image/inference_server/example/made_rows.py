"""Rows made of what the files say: categories, medians, thresholds and ranges first, zeros and ones last."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

from inference_server.feature import Feature
from inference_server.model import Model
from inference_server.table.column import Column

MOST_ROWS = 8
# Of a wider model the rows are zeros and ones alone.
_MOST_COLUMNS = 10_000


def made_rows(model: Model) -> list[list[Any]]:
    """Return at most ``MOST_ROWS`` different rows, the likeliest first; the same for the same files."""
    width = model.schema.width
    if width > _MOST_COLUMNS:
        return [[0.0] * width, [1.0] * width]
    known = [_values(column, feature) for column, feature in zip_longest(model.schema.columns, model.features or ())]
    rows = [[values[index % len(values)] for values in known] for index in range(MOST_ROWS - 2)]
    both = list(zip(model.schema.columns, known, strict=True))
    rows += [[_plain(column, values, number) for column, values in both] for number in (0, 1)]
    return [row for index, row in enumerate(rows) if row not in rows[:index]]


def _values(column: Column, feature: Feature | None) -> list[Any]:
    if not column.is_used:
        return [None]
    found = [] if feature is None else _described(column, feature)
    found += [value for value in (*column.typical, *(column.codes or ())) if value not in found]
    return found[:MOST_ROWS] or ["a" if column.type == "text" else 0.0]


def _described(column: Column, feature: Feature) -> list[Any]:
    """Return what model.json knows of a column: its categories, or the middle of its range."""
    if feature.categories:
        return [one for one in feature.categories if not (column.is_numeric and isinstance(one, str))][:MOST_ROWS]
    if not column.is_numeric:
        return []
    if feature.type == "boolean":
        return [0]
    ends = [end for end in (feature.minimum, feature.maximum) if end is not None]
    if not ends:
        return []
    middle = sum(ends) / len(ends)
    return [round(middle) if feature.type == "integer" else round(middle, 3)]


def _plain(column: Column, values: list[Any], number: int) -> Any:
    return float(number) if column.is_numeric or column.type == "any" else values[number % len(values)]
