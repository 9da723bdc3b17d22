"""Writes pickles by hand: what pickle.dumps would refuse to write is the point."""

from __future__ import annotations

import struct

MARK, STOP, REDUCE, BUILD, POP, TUPLE, DICT = b"(", b".", b"R", b"b", b"0", b"t", b"d"


def text(value: str) -> bytes:
    encoded = value.encode("utf-8", "surrogatepass")
    return b"X" + struct.pack("<I", len(encoded)) + encoded


def value(one: object) -> bytes:
    """Text, bytes, numbers, None, lists, tuples and dicts of such; bytes that begin with a mark are code already."""
    match one:
        case Code():
            return one.code
        case bool():
            return b"\x88" if one else b"\x89"
        case int():
            return b"J" + struct.pack("<i", one)
        case float():
            return b"G" + struct.pack(">d", one)
        case str():
            return text(one)
        case bytes():
            return b"B" + struct.pack("<I", len(one)) + one
        case None:
            return b"N"
        case list():
            return b"](" + b"".join(map(value, one)) + b"e"
        case tuple():
            return MARK + b"".join(map(value, one)) + TUPLE
        case dict():
            return b"}(" + b"".join(value(part) for item in one.items() for part in item) + b"u"
    raise TypeError(one)


class Code:
    """Opcodes in the place of a value."""

    def __init__(self, *parts: bytes) -> None:
        self.code = b"".join(parts)


def name(module: str, qualified: str) -> Code:
    return Code(b"c", module.encode(), b"\n", qualified.encode(), b"\n")


def call(module: str, qualified: str, *arguments: object) -> Code:
    """The function, called with the arguments."""
    return Code(name(module, qualified).code, value(arguments), REDUCE)


def pickled(*parts: bytes | Code, protocol: int = 4) -> bytes:
    codes = [part.code if isinstance(part, Code) else part for part in parts]
    return b"\x80" + bytes([protocol]) + b"".join(codes) + STOP
