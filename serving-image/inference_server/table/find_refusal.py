"""Which cell it is that a model does not take: found by asking it with ever fewer of the rows, and of their columns."""

from __future__ import annotations

from collections.abc import Callable

from inference_server.invalid_input import InvalidInput
from inference_server.table.column import UNKNOWN, Column, listed
from inference_server.table.refused_values import RefusedValues
from inference_server.table.table import Table

_LARGEST_FLOAT32 = 3.4028234663852886e38


def find_refusal(ask: Callable[[Table], object], table: Table, example: Table | None) -> InvalidInput:
    """Return the caller's mistake in rows that ``ask`` raises ``RefusedValues`` for.

    ``example``: a row that it answers, where one is known. Asks about twice as many rows as there are, and one row
    as often as the number of columns has binary digits.
    """
    index = _first_refused(ask, table)
    row = table.part(index, index + 1)
    place = None if example is None else _find_column(ask, row, example)
    if place is None:
        place = _guess(row)
    if place is None:
        return InvalidInput(f"Invalid input: Instance {index} holds values that this model does not take")
    return InvalidInput(f"Invalid input: Instance {index}: {_describe(row, place)}")


def _first_refused(ask: Callable[[Table], object], table: Table) -> int:
    first, last = 0, len(table.rows)
    while last - first > 1:
        middle = (first + last) // 2
        if _is_refused(ask, table.part(first, middle)):
            last = middle
        else:
            first = middle
    return first


def _find_column(ask: Callable[[Table], object], row: Table, example: Table) -> int | None:
    first, last = 0, row.schema.width
    while last - first > 1:
        middle = (first + last) // 2
        # What lies outside is the example's; so is the second half of what is left.
        half = row.with_columns_of(example, slice(0, first)).with_columns_of(example, slice(middle, None))
        if _is_refused(ask, half):
            last = middle
        else:
            first = middle
    alone = row.with_columns_of(example, slice(0, first)).with_columns_of(example, slice(last, None))
    return first if _is_refused(ask, alone) else None


def _is_refused(ask: Callable[[Table], object], table: Table) -> bool:
    try:
        ask(table)
    except RefusedValues:
        return True
    return False


def _guess(row: Table) -> int | None:
    """A cell that models are known to refuse, where no row that is answered is known."""
    for place, (value, column) in enumerate(zip(row.values[0].tolist(), row.schema.columns, strict=True)):
        if column.is_used and (abs(value) > _LARGEST_FLOAT32 or (column.codes is not None and value == UNKNOWN)):
            return place
    return next((place for place, cell in enumerate(row.rows[0]) if cell is None), None)


def _describe(row: Table, place: int) -> str:
    column: Column = row.schema.columns[place]
    name = repr(column.name[:60])
    cell, value = row.rows[0][place], float(row.values[0, place])
    if cell is None:
        return f"{name} is missing, and this model takes no missing value there; send {column.allowed}"
    if abs(value) > _LARGEST_FLOAT32:
        return f"{name} is too large for this model (float32)"
    if column.codes is None and column.typical and column.type in ("category", "integer", "boolean"):
        return f"{name} holds a value that this model does not take; it knows {listed(list(column.typical))}"
    if column.codes is not None or column.type in ("text", "any"):
        return f"{name} holds a value that this model does not take; send {column.allowed}"
    return f"{name} holds a number that this model cannot compute with"
