"""Rows as they were sent into a table: at least one, each as long as the model is wide, with values of their types."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from inference_server.invalid_input import InvalidInput
from inference_server.table.by_name import place_by_name
from inference_server.table.read_cell import read_number
from inference_server.table.schema import Schema
from inference_server.table.table import Table

_EMPTY = "Invalid input: instances must hold at least one feature array"


def read_rows(rows: list[Any], schema: Schema, *, brief: bool = False) -> Table:
    """Return the table of rows that are lists in the order of the columns, objects by their names, or texts alone.

    Raises ``InvalidInput`` with the first row that is wrong. true and false count as 1 and 0, as they do for
    Python's float. ``brief``: of lists for a model of numbers, none of which may be missing, what is no number is told
    in the recipe's words, to the byte; its callers know them.
    """
    if not rows:
        raise InvalidInput(_EMPTY)
    width = schema.width
    brief = brief and not schema.takes_gaps
    for index, row in enumerate(rows):
        if type(row) is dict:
            brief = False
            rows[index] = row = place_by_name(row, schema, f"Instance {index}")
        if width == 1 and isinstance(row, str) and not schema.is_numeric:
            rows[index] = row = [row]  # one column of texts needs no brackets
        if not isinstance(row, list) or len(row) != width:
            raise InvalidInput(f"Invalid input: Instance {index} must have exactly {width} features")
    return _read_numbers(rows, schema, brief) if schema.is_numeric else _read_cells(rows, schema)


def _read_numbers(rows: list[list[Any]], schema: Schema, brief: bool) -> Table:
    has_gaps = False
    for index, row in enumerate(rows):
        is_whole = True
        for value in row:
            if not isinstance(value, (int, float)):
                if brief:
                    raise InvalidInput(f"Invalid input: Instance {index} contains non-numeric values")
                if value is not None:
                    raise _wrong(index, row.index(value), schema)
                if not schema.takes_gaps:
                    raise _missing(index, row.index(None), schema)
                is_whole = False
        has_gaps = has_gaps or not is_whole
        if not _are_finite(row if is_whole else [value for value in row if value is not None]):
            raise _not_finite(rows, schema)
    # None becomes NaN.
    return Table(schema, rows, np.array(rows, dtype=np.float64), has_gaps)


def _are_finite(numbers: list[Any]) -> bool:
    try:
        return all(map(math.isfinite, numbers))
    except OverflowError:  # an integer beyond the range of a double
        return False


def _read_cells(rows: list[list[Any]], schema: Schema) -> Table:
    values = np.empty((len(rows), schema.width))
    has_gaps = False
    for index, row in enumerate(rows):
        numbers = [read(cell) for read, cell in zip(schema.readers, row, strict=True)]
        if None in numbers:
            place = numbers.index(None)
            column = schema.columns[place]
            if column.codes is None and not column.is_text and isinstance(row[place], (int, float)):
                raise _not_finite(rows, schema)
            raise _wrong(index, place, schema, row[place])
        values[index] = numbers
        has_gaps = has_gaps or None in row
    return Table(schema, rows, values, has_gaps)


def _wrong(index: int, place: int, schema: Schema, cell: Any = None) -> InvalidInput:
    column = schema.columns[place]
    what = "non-numeric values" if column.is_numeric else "a value of another type"
    if column.codes and isinstance(cell, (str, int, float)) and isinstance(cell, str) == column.is_text:
        what = "a category that the model does not know"
    return InvalidInput(
        f"Invalid input: Instance {index} contains {what}: {column.name[:60]!r} must be {column.allowed}"
    )


def _missing(index: int, place: int, schema: Schema) -> InvalidInput:
    return InvalidInput(
        f"Invalid input: Instance {index} contains non-numeric values: {schema.names[place][:60]!r} is missing, and "
        "this model was trained without missing values"
    )


def _not_finite(rows: list[list[Any]], schema: Schema) -> InvalidInput:
    for index, row in enumerate(rows):
        for place, value in enumerate(row):
            if isinstance(value, (int, float)) and read_number(value) is None:
                return InvalidInput(
                    f"Invalid input: Instance {index} contains a value that is not finite: {schema.names[place][:60]!r}"
                )
    return InvalidInput("Invalid input: a value is not finite")
