"""The tensors that a model takes: one table of numbers, or one for each column where these are of several types."""

from __future__ import annotations

from typing import Any

from inference_server.formats.read_tensors import TABLE
from inference_server.table.column import Column
from inference_server.table.schema import Schema

_DATATYPES = {"integer": "INT64", "boolean": "BOOL", "number": "FP64"}


def describe_inputs(schema: Schema) -> list[dict[str, Any]]:
    """Return name, type and shape of the tensors, for any number of rows."""
    if schema.is_numeric:
        return [{"name": TABLE, "datatype": "FP64", "shape": [-1, schema.width]}]
    return [{"name": column.name, "datatype": datatype_of(column), "shape": [-1, 1]} for column in schema.columns]


def example_inputs(schema: Schema, row: list[Any]) -> list[dict[str, Any]]:
    """Return the tensors of one row."""
    if schema.is_numeric:
        return [{"name": TABLE, "datatype": "FP64", "shape": [1, schema.width], "data": row}]
    return [
        {"name": column.name, "datatype": datatype_of(column), "shape": [1, 1], "data": [_plain(column, cell)]}
        for column, cell in zip(schema.columns, row, strict=True)
    ]


def datatype_of(column: Column) -> str:
    """Return the protocol's name of the column's type; BYTES for texts, and where anything may stand."""
    if column.codes is not None and not column.is_text:
        numbers = column.codes and all(isinstance(one, (int, float)) for one in column.codes)
        return "FP64" if numbers else "BYTES"
    return _DATATYPES.get(column.type, "BYTES" if not column.is_numeric else "FP64")


def _plain(column: Column, cell: Any) -> Any:
    if cell is None:
        return None
    datatype = datatype_of(column)
    return {"BYTES": str, "INT64": int, "BOOL": bool}.get(datatype, float)(cell)
