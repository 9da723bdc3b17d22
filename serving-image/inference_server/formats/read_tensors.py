"""The tensors of an inference request as a table: every name, type, shape and value is checked.

https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_rest.md
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from inference_server.formats.parse_cell import parse_cell
from inference_server.formats.parse_json import parse_json
from inference_server.invalid_input import InvalidInput
from inference_server.table.column import Column
from inference_server.table.read_rows import read_rows
from inference_server.table.schema import Schema
from inference_server.table.table import Table

# What the one tensor that holds all features is called; each feature may be sent as a tensor of its own name too.
TABLE = "input"
_TEXT = "BYTES"

_INTEGERS = {f"{sign}INT{bits}": (sign, bits) for sign in ("", "U") for bits in (8, 16, 32, 64)}
_FLOATS = {"FP16": np.float16, "FP32": np.float32}
_KNOWN = ("BOOL", *_INTEGERS, *_FLOATS, "FP64", _TEXT)
_FIELDS = {"name": str, "shape": list, "datatype": str, "data": list}


def read_tensors(inputs: Any, schema: Schema) -> Table:
    """Return the rows that ``inputs`` of an inference request holds, or raise ``InvalidInput``.

    Either one tensor of any name and of shape [rows, features], or one of shape [rows] or [rows, 1] for each
    feature, in any order. Data may be flat or nested as the shape says; null is a missing value.
    """
    if not isinstance(inputs, list) or not inputs:
        raise InvalidInput('"inputs" must be a list of at least one tensor')
    tensors: dict[str, dict[str, Any]] = {}
    for index, tensor in enumerate(inputs):
        _check_fields(tensor, index)
        if tensor["name"] in tensors:
            raise InvalidInput(f"Two inputs have the name {_shown(tensor['name'])}")
        tensors[tensor["name"]] = tensor
    name, first = next(iter(tensors.items()))
    is_table = len(tensors) == 1 and (schema.width == 1 or len(first["shape"]) == 2) and name not in schema.places
    return read_rows(_read_table(first, schema) if is_table else _read_columns(tensors, schema), schema)


def _read_table(tensor: dict[str, Any], schema: Schema) -> list[list[Any]]:
    width, shape = schema.width, tensor["shape"]
    if shape[1:] != [width] and not (width == 1 and len(shape) == 1):
        raise InvalidInput(f"Input {_shown(tensor['name'])} must have the shape [rows, {width}]")
    cells = _read_cells(tensor)
    rows = [cells[start : start + width] for start in range(0, len(cells), width)]
    if tensor["datatype"] != _TEXT:
        return rows
    # One tensor has one type: numbers stand in a table of texts as texts.
    parse = _parser(tensor)
    return [[parse(cell, column) for cell, column in zip(row, schema.columns, strict=True)] for row in rows]


def _parser(tensor: dict[str, Any]) -> Callable[[Any, Column], Any]:
    """Return what makes a cell of a text; anything else is a cell already. It raises ``InvalidInput``."""
    is_binary = "binary_data_size" in parameters_of(tensor)

    def parse(cell: Any, column: Column) -> Any:
        if not isinstance(cell, str):
            return cell
        # Binary data has no null; tritonclient writes None by its name.
        if is_binary and cell == "None" and cell not in (column.codes or ()):
            return None
        try:
            return parse_cell(cell, column)
        except ValueError as error:
            raise InvalidInput(f"Input {_shown(tensor['name'])}: {error}") from None

    return parse


def _read_columns(tensors: dict[str, dict[str, Any]], schema: Schema) -> list[list[Any]]:
    needed = [column.name for column in schema.columns if column.is_used or column.name in tensors]
    choice = f"Send one input of shape [rows, {schema.width}], or one for each feature"
    for name in tensors:
        if name not in schema.places:
            raise InvalidInput(f"{choice}: {_shown(name)} is none of them")
    for name in needed:
        if name not in tensors:
            raise InvalidInput(f"{choice}: {_shown(name)} is missing")
    count = next(iter(tensors.values()))["shape"][0]
    for name, tensor in tensors.items():
        if tensor["shape"] not in ([count], [count, 1]):
            raise InvalidInput(f"Input {_shown(name)} must have the shape [rows] or [rows, 1], like the others")
    read = {name: _read_column(tensor, schema.columns[schema.places[name]]) for name, tensor in tensors.items()}
    columns = [read.get(name) or [None] * len(read[needed[0]]) for name in schema.names]
    return [list(row) for row in zip(*columns, strict=True)]


def _read_column(tensor: dict[str, Any], column: Column) -> list[Any]:
    cells = _read_cells(tensor)
    if tensor["datatype"] != _TEXT or "binary_data_size" not in parameters_of(tensor):
        return cells
    parse = _parser(tensor)
    return [parse(cell, column) for cell in cells]


def _check_fields(tensor: Any, index: int) -> None:
    if not isinstance(tensor, dict):
        raise InvalidInput(f"Input {index} must be an object")
    for field, kind in _FIELDS.items():
        if not isinstance(tensor.get(field), kind):
            what = {str: "a string", list: "a list"}[kind]
            raise InvalidInput(f'Input {index} must have "{field}", {what}')
    check_parameters(tensor, f"Input {index}")
    if tensor["datatype"] not in _KNOWN:
        known = ", ".join(_KNOWN)
        raise InvalidInput(f"Input {index} has the datatype {_shown(tensor['datatype'])}; features are one of {known}")
    if not tensor["shape"] or not all(type(size) is int and 0 <= size < 2**64 for size in tensor["shape"]):
        raise InvalidInput(f"The shape of input {index} must be a list of whole numbers")


def parameters_of(holder: dict[str, Any]) -> Any:
    """Return the parameters; some clients write null for none."""
    found = holder.get("parameters")
    return {} if found is None else found


def check_parameters(holder: dict[str, Any], what: str) -> None:
    """Raise ``InvalidInput`` where ``parameters`` are not what the protocol has: strings, numbers and booleans."""
    parameters = parameters_of(holder)
    if not isinstance(parameters, dict) or not all(
        isinstance(value, (str, int, float)) for value in parameters.values()
    ):
        raise InvalidInput(f'{what} has "parameters" that are not an object of strings, numbers and booleans')


def _read_cells(tensor: dict[str, Any]) -> list[Any]:
    """Return the tensor's values in row-major order, None for what is missing."""
    name, shape, datatype = tensor["name"], tensor["shape"], tensor["datatype"]
    data = tensor["data"]
    if any(isinstance(value, list) for value in data):
        data = list(_flatten(data, shape, name))
    if len(data) != math.prod(shape):
        raise InvalidInput(f"Input {_shown(name)} holds {len(data)} values; its shape says {math.prod(shape)}")
    present = [value for value in data if value is not None]
    if datatype == "BOOL":
        if not all(isinstance(value, bool) for value in present):
            raise InvalidInput(f"Input {_shown(name)} is BOOL: every value must be true or false")
        return data
    if datatype == _TEXT:
        return _read_texts(tensor, data, present)
    if datatype in _INTEGERS:
        sign, bits = _INTEGERS[datatype]
        least, most = (0, 2**bits) if sign else (-(2 ** (bits - 1)), 2 ** (bits - 1))
        if not all(type(value) is int and least <= value < most for value in present):
            raise InvalidInput(f"Input {_shown(name)} is {datatype}: every value must be a whole number in its range")
        return [None if value is None else float(value) for value in data]
    if not all(type(value) in (int, float) for value in present):
        raise InvalidInput(f"Input {_shown(name)} is {datatype}: every value must be a number")
    if datatype == "FP64":
        return data
    try:
        with np.errstate(over="ignore"):
            rounded = np.array(data, dtype=np.float64).astype(_FLOATS[datatype]).tolist()
    except OverflowError:  # an integer beyond the range of a double
        raise InvalidInput(f"Input {_shown(name)} holds a value that is not finite") from None
    return rounded if len(present) == len(data) else [None if value != value else value for value in rounded]


def _read_texts(tensor: dict[str, Any], data: list[Any], present: list[Any]) -> list[Any]:
    """Texts; or, as MLServer's codecs have arrays of objects, any cells (`np`), or JSON of them (`pd_json`)."""
    content_type = parameters_of(tensor).get("content_type")
    allowed: tuple[type, ...] = (str, int, float) if content_type == "np" else (str,)
    if not all(isinstance(value, allowed) for value in present):
        raise InvalidInput(f"Input {_shown(tensor['name'])} is BYTES: every value must be a text")
    if content_type != "pd_json":
        return data
    try:
        cells = [None if value is None else parse_json(value.encode("utf-8", "surrogatepass")) for value in data]
    except InvalidInput as error:
        raise InvalidInput(f"Input {_shown(tensor['name'])} is pd_json: {error}") from None
    if not all(cell is None or isinstance(cell, (str, int, float)) for cell in cells):
        raise InvalidInput(f"Input {_shown(tensor['name'])} is pd_json: every value must be a text or a number in JSON")
    return cells


def _flatten(data: list[Any], shape: list[int], name: str) -> Iterator[Any]:
    if len(data) != shape[0]:
        raise InvalidInput(f"The data of input {_shown(name)} is not nested as its shape says")
    for value in data:
        if isinstance(value, list) != (len(shape) > 1):
            raise InvalidInput(f"The data of input {_shown(name)} is not nested as its shape says")
        if isinstance(value, list):
            yield from _flatten(value, shape[1:], name)
        else:
            yield value


def _shown(name: str) -> str:
    return repr(name[:60])
