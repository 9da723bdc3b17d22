"""A cell of a row into the number that models compute with."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from inference_server.table.column import Column


def cell_reader(column: Column) -> Callable[[Any], float | None]:
    """Return what makes a number of a cell: NaN where it is missing, None where the cell is wrong."""
    if column.codes is not None:
        codes, is_text, unknown = column.codes, column.is_text, column.unknown
        is_number = len(codes) > 0 and all(isinstance(one, (int, float)) for one in codes)

        def read_code(cell: Any) -> float | None:
            if cell is None:
                return math.nan
            if isinstance(cell, str):
                return None if is_number or not _is_whole(cell) else codes.get(cell, unknown)
            number = read_number(cell)
            if is_text:
                return number if column.by_code else None
            return None if number is None else codes.get(cell, unknown)

        return read_code
    if not column.takes_gaps:
        return lambda cell: None if cell is None else _read_text(cell)
    return {"text": _read_text, "any": _read_anything}.get(column.type, read_number)


def read_number(cell: Any) -> float | None:
    """Return a finite number, NaN where it is missing, None for anything else."""
    if cell is None:
        return math.nan
    if not isinstance(cell, (int, float)):
        return None
    try:
        number = float(cell)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _read_text(cell: Any) -> float | None:
    return math.nan if cell is None or (isinstance(cell, str) and _is_whole(cell)) else None


def _read_anything(cell: Any) -> float | None:
    if isinstance(cell, str):
        return math.nan if _is_whole(cell) else None
    return read_number(cell)


def _is_whole(text: str) -> bool:
    """Tell whether there is no half of a surrogate pair in it, which could not be written back."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
