"""Writes pickles by hand, opcode by opcode: pickle.dumps writes only what it can read again."""

from __future__ import annotations

import struct

MARK, STOP, REDUCE, BUILD, POP, TUPLE = b"(", b".", b"R", b"b", b"0", b"t"
NEWOBJ, NEWOBJ_EX, OBJ, STACK_GLOBAL, MEMOIZE = b"\x81", b"\x92", b"o", b"\x93", b"\x94"
LOGISTIC = ("sklearn.linear_model._logistic", "LogisticRegression")


def text(value: str) -> bytes:
    encoded = value.encode()
    return b"X" + struct.pack("<I", len(encoded)) + encoded


def value(one: object) -> bytes:
    """Text, bytes, numbers, None, lists, tuples and dicts of such, and code where it stands."""
    match one:
        case Code():
            return one.code
        case bool():
            return b"\x88" if one else b"\x89"
        case int():
            return b"\x8a\x0a" + one.to_bytes(10, "little", signed=True)
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


def instance(module: str, qualified: str, state: object) -> Code:
    """An instance, made without arguments, and its state."""
    return Code(name(module, qualified).code, value(()), NEWOBJ, value(state), BUILD)


def pickled(*parts: bytes | Code, protocol: int = 4) -> bytes:
    """A whole stream; protocols 0 and 1 have no opcode that says so."""
    codes = [part.code if isinstance(part, Code) else part for part in parts]
    head = b"\x80" + bytes([protocol]) if protocol > 1 else b""
    return head + b"".join(codes) + STOP
