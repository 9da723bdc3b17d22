"""The tensors of an inference request as rows of numbers: every name, type, shape and value is checked.

https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_rest.md
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from inference_server.formats.check_rows import check_rows
from inference_server.invalid_input import InvalidInput

# The one tensor that holds all features; or each feature is sent as a tensor of its own name.
TABLE = "input"

_INTEGERS = {f"{sign}INT{bits}": (sign, bits) for sign in ("", "U") for bits in (8, 16, 32, 64)}
_KNOWN = ("BOOL", *_INTEGERS, "FP32", "FP64")
_FIELDS = {"name": str, "shape": list, "datatype": str, "data": list}


def read_tensors(inputs: Any, feature_names: Sequence[str]) -> list[list[float]]:
    """Return the rows that ``inputs`` of an inference request holds, or raise ``InvalidInput``.

    Either one tensor ``input`` of shape [rows, features], or one of shape [rows] or [rows, 1] for each
    feature, in any order. Data may be flat or nested as the shape says.
    """
    if not isinstance(inputs, list) or not inputs:
        raise InvalidInput('"inputs" must be a list of at least one tensor')
    tensors: dict[str, dict[str, Any]] = {}
    for index, tensor in enumerate(inputs):
        _check_fields(tensor, index)
        if tensor["name"] in tensors:
            raise InvalidInput(f"Two inputs have the name {_shown(tensor['name'])}")
        tensors[tensor["name"]] = tensor
    is_table = list(tensors) == [TABLE] and len(tensors[TABLE]["shape"]) == 2
    rows = _read_table(tensors[TABLE], len(feature_names)) if is_table else _read_columns(tensors, feature_names)
    return check_rows(rows, len(feature_names))


def _read_table(tensor: dict[str, Any], width: int) -> list[list[float]]:
    if tensor["shape"][1] != width:
        raise InvalidInput(f'Input "{TABLE}" must have the shape [rows, {width}]')
    numbers = _read_numbers(tensor)
    return [numbers[start : start + width] for start in range(0, len(numbers), width)]


def _read_columns(tensors: dict[str, dict[str, Any]], names: Sequence[str]) -> list[list[float]]:
    choice = f'Send one input "{TABLE}" of shape [rows, {len(names)}], or one for each feature'
    for name in tensors:
        if name not in names:
            raise InvalidInput(f"{choice}: {_shown(name)} is none of them")
    for name in names:
        if name not in tensors:
            raise InvalidInput(f"{choice}: {_shown(name)} is missing")
    count = tensors[names[0]]["shape"][0]
    for name in names:
        if tensors[name]["shape"] not in ([count], [count, 1]):
            raise InvalidInput(f"Input {_shown(name)} must have the shape [rows] or [rows, 1], like the others")
    return [list(row) for row in zip(*(_read_numbers(tensors[name]) for name in names), strict=True)]


def _check_fields(tensor: Any, index: int) -> None:
    if not isinstance(tensor, dict):
        raise InvalidInput(f"Input {index} must be an object")
    for field, kind in _FIELDS.items():
        if not isinstance(tensor.get(field), kind):
            what = {str: "a string", list: "a list"}[kind]
            raise InvalidInput(f'Input {index} must have "{field}", {what}')
    check_parameters(tensor, f"Input {index}")
    if "binary_data_size" in tensor.get("parameters", {}):
        raise InvalidInput("Binary tensor data is not an extension of this server: send data as JSON")
    if tensor["datatype"] not in _KNOWN:
        known = ", ".join(_KNOWN)
        raise InvalidInput(f"Input {index} has the datatype {_shown(tensor['datatype'])}; features are one of {known}")
    if not tensor["shape"] or not all(type(size) is int and 0 <= size < 2**64 for size in tensor["shape"]):
        raise InvalidInput(f"The shape of input {index} must be a list of whole numbers")


def check_parameters(holder: dict[str, Any], what: str) -> None:
    """Raise ``InvalidInput`` where ``parameters`` are not what the protocol has: strings, numbers and booleans."""
    parameters = holder.get("parameters", {})
    if not isinstance(parameters, dict) or not all(
        isinstance(value, (str, int, float)) for value in parameters.values()
    ):
        raise InvalidInput(f'{what} has "parameters" that are not an object of strings, numbers and booleans')


def _read_numbers(tensor: dict[str, Any]) -> list[float]:
    """Return the tensor's numbers in row-major order."""
    name, shape, datatype = tensor["name"], tensor["shape"], tensor["datatype"]
    data = tensor["data"]
    if any(isinstance(value, list) for value in data):
        data = list(_flatten(data, shape, name))
    if len(data) != math.prod(shape):
        raise InvalidInput(f"Input {_shown(name)} holds {len(data)} values; its shape says {math.prod(shape)}")
    if datatype == "BOOL":
        if not all(isinstance(value, bool) for value in data):
            raise InvalidInput(f"Input {_shown(name)} is BOOL: every value must be true or false")
        return [float(value) for value in data]
    if datatype in _INTEGERS:
        sign, bits = _INTEGERS[datatype]
        least, most = (0, 2**bits) if sign else (-(2 ** (bits - 1)), 2 ** (bits - 1))
        if not all(type(value) is int and least <= value < most for value in data):
            raise InvalidInput(f"Input {_shown(name)} is {datatype}: every value must be a whole number in its range")
        return [float(value) for value in data]
    if not all(type(value) in (int, float) for value in data):
        raise InvalidInput(f"Input {_shown(name)} is {datatype}: every value must be a number")
    if datatype == "FP64":
        return data
    try:
        with np.errstate(over="ignore"):
            return np.array(data, dtype=np.float64).astype(np.float32).tolist()
    except OverflowError:  # an integer beyond the range of a double
        raise InvalidInput(f"Input {_shown(name)} holds a value that is not finite") from None


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
