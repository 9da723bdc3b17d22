"""Tensors whose data follows the JSON as bytes: what tritonclient sends unless it is told otherwise.

https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/extension_binary_data.md
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from inference_server.invalid_input import InvalidInput

_TYPES = {
    "BOOL": "?",
    "FP16": "<f2",
    "FP32": "<f4",
    "FP64": "<f8",
    **{f"{sign}INT{bits}": f"<{kind}{bits // 8}" for sign, kind in (("", "i"), ("U", "u")) for bits in (8, 16, 32, 64)},
}
_LENGTH_BYTES = 4


def take_binary_data(inputs: list[Any], binary: bytes) -> None:
    """Put ``data`` into each tensor that says how many bytes of ``binary`` are its own, in order.

    NaN becomes None: a missing value. Raises ``InvalidInput`` where sizes and types do not fit.
    """
    at = 0
    for tensor in inputs:
        parameters = tensor.get("parameters") if isinstance(tensor, dict) else None
        size = parameters.get("binary_data_size") if isinstance(parameters, dict) else None
        if size is None:
            continue
        name = repr(str(tensor.get("name"))[:60])
        if type(size) is not int or not 0 <= size <= len(binary) - at:
            raise InvalidInput(f'Input {name} has a "binary_data_size" of more bytes than follow the JSON')
        if "data" in tensor:
            raise InvalidInput(f'Input {name} has both "data" and "binary_data_size"')
        tensor["data"] = _decode(binary[at : at + size], tensor, name)
        if tensor.get("datatype") == "FP16":
            tensor["datatype"] = "FP32"
        at += size
    if at != len(binary):
        raise InvalidInput("More bytes follow the JSON than the inputs have")


def _decode(content: bytes, tensor: dict[str, Any], name: str) -> list[Any]:
    datatype, shape = tensor.get("datatype"), tensor.get("shape")
    if datatype == "BYTES":
        return _decode_texts(content, name)
    dtype = np.dtype(_TYPES[datatype]) if isinstance(datatype, str) and datatype in _TYPES else None
    if dtype is None:
        raise InvalidInput(f"Input {name} has a datatype that has no binary form here")
    sizes = shape if isinstance(shape, list) and all(type(one) is int and one >= 0 for one in shape) else [0]
    if len(content) != math.prod(sizes) * dtype.itemsize:
        raise InvalidInput(f"Input {name} has {len(content)} bytes, which is not what its shape and datatype say")
    values = np.frombuffer(content, dtype)
    if dtype.kind == "f" and np.isnan(values).any():
        return [None if value != value else value for value in values.tolist()]
    return values.tolist()


def _decode_texts(content: bytes, name: str) -> list[str]:
    """Each text follows its length, four bytes, little-endian."""
    texts, at = [], 0
    while at < len(content):
        end = at + _LENGTH_BYTES + int.from_bytes(content[at : at + _LENGTH_BYTES], "little")
        if at + _LENGTH_BYTES > len(content) or end > len(content):
            raise InvalidInput(f"Input {name} has texts that are not as long as they say")
        try:
            texts.append(content[at + _LENGTH_BYTES : end].decode())
        except UnicodeDecodeError:
            raise InvalidInput(f"Input {name} has texts that are not UTF-8") from None
        at = end
    return texts
