"""text/csv as RFC 4180 has it: rows of numbers and texts, with or without a line of names before them.

SageMaker's own algorithms take no header: https://docs.aws.amazon.com/sagemaker/latest/dg/cdf-inference.html
`text/csv; header=present` or `absent` says it; else the first line is a header where it holds the model's names.
"""

from __future__ import annotations

import csv
import io
from typing import Any

from inference_server.formats.parse_cell import parse_cell
from inference_server.invalid_input import InvalidInput
from inference_server.table.by_name import find_places, reorder
from inference_server.table.read_rows import read_rows
from inference_server.table.schema import Schema
from inference_server.table.table import Table

_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}
# A cell of a request cannot be longer than its body.
csv.field_size_limit(2**31 - 1)


def read_csv(body: bytes, schema: Schema, header: str = "") -> Table:
    """Read the rows, or raise ``InvalidInput``; empty lines are skipped.

    ``header``: present, absent, or "" where nobody says. An empty cell and `nan` are missing values.
    """
    try:
        # Quoted cells may hold ends of lines.
        lines = io.StringIO(body.decode("utf-8-sig"), newline="")
        rows = [row for row in csv.reader(lines, strict=True) if row]
    except UnicodeDecodeError:
        raise InvalidInput("Request body is not valid CSV: it is not UTF-8") from None
    except csv.Error as error:
        raise InvalidInput(f"Request body is not valid CSV: {error}") from None
    if rows:
        _check_separator(rows[0], schema)
    named = header == "present" or (header != "absent" and bool(rows) and has_header(rows[0], schema))
    if named and rows:
        names = [name.strip() for name in rows.pop(0)]
        rows = reorder(rows, find_places(names, schema, "The header"), len(names))
    return read_rows([_parse(row, index, schema, named) for index, row in enumerate(rows)], schema)


def has_header(first: list[str], schema: Schema) -> bool:
    """Tell whether the cells of the first line are the names of columns."""
    names = [cell.strip() for cell in first]
    return len(set(names)) == len(names) and len(set(names) & set(schema.places)) > len(names) // 2


def _check_separator(first: list[str], schema: Schema) -> None:
    if schema.width == 1 or len(first) > 1:
        return
    for separator, name in _SEPARATORS.items():
        if separator in first[0]:
            raise InvalidInput(f"Request body is not valid CSV: its cells are separated by {name}, not by commas")


def _parse(row: list[str | None], index: int, schema: Schema, named: bool) -> list[Any]:
    if len(row) != schema.width:
        raise InvalidInput(f"Invalid input: Instance {index} must have exactly {schema.width} features")
    try:
        cells = list(map(parse_cell, row, schema.columns))
    except ValueError as error:
        raise InvalidInput(
            f"Invalid input: Instance {index} contains non-numeric values: {error}{_hint(index, schema, named)}"
        ) from None
    return cells


def _hint(index: int, schema: Schema, named: bool) -> str:
    if index or named:
        return ""
    names = ",".join(schema.names[:6]) + (",..." if schema.width > 6 else "")
    return f" (a header holds the model's names: {names[:200]})"
