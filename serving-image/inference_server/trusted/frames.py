"""What the server and its child say to each other: a head of JSON and plain arrays, in frames; never pickles."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable
from typing import Any

import numpy as np

# Of one frame. The largest body is 100 MB of text; its rows and their answers are smaller.
MAX_BYTES = 1 << 30
MAX_HEAD_BYTES = 64 << 20
# Of what the server sends, which may hold the texts of many requests.
MAX_HEAD_OF_SERVER = 1 << 30
_DTYPES = frozenset(("<f8", "<i8", "|b1"))
_LENGTH = struct.Struct("<I")


class BrokenFrame(Exception):
    """The other side said something that is no frame."""


def pack_frame(head: dict[str, Any], arrays: list[np.ndarray]) -> list[bytes | memoryview]:
    """Return the pieces of a frame; ``arrays`` have the types float64, int64 or bool, little-endian."""
    shapes = [[array.dtype.str, list(array.shape)] for array in arrays]
    text = json.dumps(head | {"arrays": shapes}).encode()
    return [_LENGTH.pack(len(text)), text, *(memoryview(np.ascontiguousarray(array)).cast("B") for array in arrays)]


def read_frame(
    read: Callable[[int], bytearray], most_head: int = MAX_HEAD_BYTES
) -> tuple[dict[str, Any], list[np.ndarray]]:
    """Read one frame through ``read``, which returns exactly as many bytes as it is asked for.

    Nothing that the other side sends is believed: sizes are bounded, types are those of ``pack_frame``.
    Raises ``BrokenFrame``.
    """
    (length,) = _LENGTH.unpack(read(_LENGTH.size))
    if length > most_head:
        raise BrokenFrame("a head that is too long")
    try:
        head = json.loads(read(length))
    except (ValueError, RecursionError) as error:
        raise BrokenFrame("a head that is no JSON") from error
    if not isinstance(head, dict) or not isinstance(head.get("arrays"), list):
        raise BrokenFrame("a head without arrays")
    left = MAX_BYTES
    arrays = []
    for entry in head.pop("arrays")[:4]:
        dtype, shape = _check(entry)
        size = math.prod(shape) * dtype.itemsize
        if size > left:
            raise BrokenFrame("arrays that are too large")
        left -= size
        arrays.append(np.frombuffer(read(size), dtype=dtype).reshape(shape))
    return head, arrays


def _check(entry: Any) -> tuple[np.dtype, list[int]]:
    match entry:
        case [str(name), [*shape]] if name in _DTYPES and 1 <= len(shape) <= 2:
            if all(type(length) is int and 0 <= length <= MAX_BYTES for length in shape):
                return np.dtype(name), shape
    raise BrokenFrame("an array of an unknown type or shape")
