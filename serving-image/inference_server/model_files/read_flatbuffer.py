"""Tables of a FlatBuffers file, read in place: every offset is checked to lie within the file.

https://flatbuffers.dev/internals/: a table begins with the distance to its vtable, which has a place for each field.
"""

from __future__ import annotations

import struct

import numpy as np

from inference_server.model_error import ModelError

_DAMAGED = "The model file holds an offset that points beyond its end: it is damaged or crafted."


class FlatTable:
    """One table. Fields are numbered in the order of the schema; one that is not there has its default."""

    def __init__(self, content: bytes, at: int) -> None:
        self._content = content
        self._at = at
        vtable = at - self._unpack("<i", at)
        size = self._unpack("<H", vtable)
        if size < 4 or size % 2 or vtable < 0 or vtable + size > len(content):
            raise ModelError(_DAMAGED)
        self._fields = struct.unpack_from(f"<{(size - 4) // 2}H", content, vtable + 4)

    @classmethod
    def root(cls, content: bytes) -> FlatTable:
        """Return the table that the file begins with."""
        return cls(content, cls._checked(content, "<I", 0))

    def present(self) -> set[int]:
        """Return the numbers of the fields that are there."""
        return {index for index, place in enumerate(self._fields) if place}

    def scalar(self, field: int, kind: str, default: float = 0) -> int | float:
        """Return a number; ``kind`` is struct's letter."""
        place = self._place(field)
        return default if place is None else self._unpack("<" + kind, place)

    def text(self, field: int) -> str:
        """Return a text, empty where there is none."""
        place = self._place(field)
        return "" if place is None else self._text(place)

    def numbers(self, field: int, dtype: str) -> np.ndarray:
        """Return a vector of numbers, or of structs of them: an array of its own."""
        place = self._place(field)
        if place is None:
            return np.zeros(0, dtype)
        begin, count = self._vector(place)
        size = count * np.dtype(dtype).itemsize
        if begin + size > len(self._content):
            raise ModelError(_DAMAGED)
        return np.frombuffer(self._content, dtype, count, begin).copy()

    def tables(self, field: int) -> list[FlatTable]:
        """Return a vector of tables."""
        return [FlatTable(self._content, place + self._unpack("<I", place)) for place in self._pointers(field)]

    def texts(self, field: int) -> list[str]:
        """Return a vector of texts."""
        return [self._text(place) for place in self._pointers(field)]

    def table(self, field: int) -> FlatTable | None:
        """Return a table within this one."""
        place = self._place(field)
        return None if place is None else FlatTable(self._content, place + self._unpack("<I", place))

    def _pointers(self, field: int) -> list[int]:
        """Return the places of a vector's pointers, each of which counts from its own place."""
        place = self._place(field)
        if place is None:
            return []
        begin, count = self._vector(place)
        if begin + 4 * count > len(self._content):
            raise ModelError(_DAMAGED)
        return [begin + 4 * index for index in range(count)]

    def _place(self, field: int) -> int | None:
        inside = self._fields[field] if field < len(self._fields) else 0
        return self._at + inside if inside else None

    def _vector(self, place: int) -> tuple[int, int]:
        begin = place + self._unpack("<I", place)
        return begin + 4, int(self._unpack("<I", begin))

    def _text(self, place: int) -> str:
        begin, size = self._vector(place)
        if begin + size > len(self._content):
            raise ModelError(_DAMAGED)
        return self._content[begin : begin + size].decode("utf-8")

    def _unpack(self, kind: str, at: int) -> int:
        return self._checked(self._content, kind, at)

    @staticmethod
    def _checked(content: bytes, kind: str, at: int) -> int:
        if not 0 <= at <= len(content) - struct.calcsize(kind):
            raise ModelError(_DAMAGED)
        return struct.unpack_from(kind, content, at)[0]
