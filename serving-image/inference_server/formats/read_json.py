"""application/json: `{"instances": [[5.1, 3.5], ...]}`, and the other shapes in which people have rows.

Rows are lists in the model's order, or objects by column name in any order; null is a missing value. Shapes: the
recipe's and SageMaker's `instances`, a bare list, MLflow's `dataframe_split` and `dataframe_records`, TensorFlow
Serving's `inputs`. Other keys beside them are ignored.
https://mlflow.org/docs/latest/ml/deployment/deploy-model-locally
https://www.tensorflow.org/tfx/serving/api_rest
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from inference_server.formats.parse_json import parse_json
from inference_server.invalid_input import InvalidInput
from inference_server.table.by_name import find_places, place_by_name, reorder
from inference_server.table.read_rows import read_rows
from inference_server.table.schema import Schema
from inference_server.table.table import Table

_RECIPE = "instances"
_NO_ROWS = "Invalid input: Input must be a list of feature arrays"


def read_json(body: bytes, schema: Schema) -> Table:
    """Read the rows, or raise ``InvalidInput``."""
    content = parse_json(body)
    if isinstance(content, dict):
        for key, read in _SHAPES.items():
            if key in content:
                return read_rows(read(content[key], schema), schema, brief=key == _RECIPE)
    if not isinstance(content, list):
        raise InvalidInput('Input must contain "instances" key')
    return read_rows(content, schema)


def _read_rows(rows: Any, _: Schema) -> list[Any]:
    if not isinstance(rows, list):
        raise InvalidInput(_NO_ROWS)
    return rows


def _read_split(split: Any, schema: Schema) -> list[Any]:
    rows = split.get("data") if isinstance(split, dict) else None
    if not isinstance(rows, list):
        raise InvalidInput('Invalid input: "dataframe_split" must be an object with "columns" and "data"')
    if "columns" not in split:
        return rows
    names = split["columns"]
    if not isinstance(names, list):
        raise InvalidInput('Invalid input: "columns" must be a list of names')
    return reorder(rows, find_places(names, schema, '"columns"'), len(names))


def _read_inputs(inputs: Any, schema: Schema) -> list[Any]:
    """A list of rows, or an object of columns by name, or of one table under any name."""
    if not isinstance(inputs, dict):
        return _read_rows(inputs, schema)
    if len(inputs) == 1 and schema.width > 1:
        return _read_rows(next(iter(inputs.values())), schema)
    if not all(isinstance(column, list) for column in inputs.values()):
        raise InvalidInput('Invalid input: "inputs" must hold a list for each column')
    if len({len(column) for column in inputs.values()}) > 1:
        raise InvalidInput('Invalid input: the columns of "inputs" are not of the same length')
    columns = place_by_name({name: list(map(_cell, column)) for name, column in inputs.items()}, schema, '"inputs"')
    count = len(next(iter(inputs.values()), []))
    return [list(row) for row in zip(*(column or [None] * count for column in columns), strict=True)]


def _cell(value: Any) -> Any:
    # TensorFlow's columns have the shape [rows, 1].
    return value[0] if isinstance(value, list) and len(value) == 1 else value


_SHAPES: dict[str, Callable[[Any, Schema], list[Any]]] = {
    _RECIPE: _read_rows,
    "dataframe_split": _read_split,
    "dataframe_records": _read_rows,
    "inputs": _read_inputs,
}
