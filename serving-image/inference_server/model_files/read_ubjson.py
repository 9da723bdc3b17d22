"""Universal Binary JSON, as XGBoost writes it, into dicts, lists and arrays: https://ubjson.org/type-reference/"""

from __future__ import annotations

import struct
from typing import Any

import numpy as np

from inference_server.model_error import ModelError

MAX_DEPTH = 32
MAX_VALUES = 10_000_000

_NUMBERS = {b"i": ">i1", b"U": ">u1", b"I": ">i2", b"l": ">i4", b"L": ">i8", b"d": ">f4", b"D": ">f8"}
_CONSTANTS = {b"Z": None, b"T": True, b"F": False}
_FORMATS = {b"i": ">b", b"U": ">B", b"I": ">h", b"l": ">i", b"L": ">q", b"d": ">f", b"D": ">d"}


def read_ubjson(content: bytes) -> Any:
    """Return what the file holds; arrays of one type of number become numpy arrays.

    Raises ``ModelError`` for anything else than one whole value, and for more than is served.
    """
    try:
        reader = _Reader(content)
        value = reader.value(reader.take(1), 0)
    except (struct.error, UnicodeDecodeError) as error:
        raise ModelError("The model file is no whole UBJSON: it is damaged.") from error
    if reader.at != len(content):
        raise ModelError("The model file holds more than one value.")
    return value


class _Reader:
    def __init__(self, content: bytes) -> None:
        self._content = content
        self._values = 0
        self.at = 0

    def take(self, size: int) -> bytes:
        """Return the next bytes; nothing is allocated for more than are there."""
        if not 0 <= size <= len(self._content) - self.at:
            raise ModelError("The model file ends in the middle of a value: it is damaged.")
        self.at += size
        return self._content[self.at - size : self.at]

    def value(self, kind: bytes, depth: int) -> Any:
        self._values += 1
        if depth > MAX_DEPTH or self._values > MAX_VALUES:
            raise ModelError(f"The model file holds more than {MAX_VALUES} values, or more than {MAX_DEPTH} levels.")
        if kind in _FORMATS:
            return struct.unpack(_FORMATS[kind], self.take(struct.calcsize(_FORMATS[kind])))[0]
        if kind in _CONSTANTS:
            return _CONSTANTS[kind]
        if kind == b"S":
            return self._text()
        if kind == b"C":
            return self.take(1).decode("ascii")
        if kind == b"[":
            return self._array(depth)
        if kind == b"{":
            return self._object(depth)
        raise ModelError(f"The model file holds a value of the unknown type {kind!r}: it is damaged.")

    def _length(self, kind: bytes) -> int:
        if kind not in (b"i", b"U", b"I", b"l", b"L"):
            raise ModelError("The model file gives a length that is no integer: it is damaged.")
        return self.value(kind, 0)

    def _text(self) -> str:
        return self.take(self._length(self.take(1))).decode("utf-8")

    def _array(self, depth: int) -> Any:
        kind, count = self._header()
        if kind in _NUMBERS:
            dtype = np.dtype(_NUMBERS[kind])
            return np.frombuffer(self.take(count * dtype.itemsize), dtype).astype(dtype.newbyteorder("="))
        found = []
        while count is None or len(found) < count:
            item = kind or self.take(1)
            if count is None and item == b"]":
                break
            found.append(self.value(item, depth + 1))
        return found

    def _object(self, depth: int) -> dict[str, Any]:
        kind, count = self._header()
        found: dict[str, Any] = {}
        while count is None or count > 0:
            start = self.take(1)
            if count is None and start == b"}":
                break
            key = self.take(self._length(start)).decode("utf-8")
            if key in found:
                raise ModelError("The model file holds a key twice.")
            found[key] = self.value(kind or self.take(1), depth + 1)
            count = None if count is None else count - 1
        return found

    def _header(self) -> tuple[bytes | None, int | None]:
        """Read the type and the number of the values, where a container gives them."""
        kind, count = None, None
        if self._content[self.at : self.at + 1] == b"$":
            self.take(1)
            kind = self.take(1)
            if self._content[self.at : self.at + 1] != b"#":
                raise ModelError("The model file holds an array of unknown length: it is damaged.")
        if self._content[self.at : self.at + 1] == b"#":
            self.take(1)
            count = self._length(self.take(1))
            # Such values take no bytes, so the size of the file bounds nothing.
            if count < 0 or (kind in _CONSTANTS and count > MAX_VALUES):
                raise ModelError("The model file gives a length that cannot be: it is damaged or crafted.")
        return kind, count
