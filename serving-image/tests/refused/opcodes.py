"""The opcodes that each reader of pickles takes, and a stream in which any opcode finds what it needs."""

from __future__ import annotations

import pickle
import pickletools

from refused.assemble import STOP, name

_BOTH = (
    "PROTO FRAME STOP MARK POP POP_MARK NONE NEWTRUE NEWFALSE INT BININT BININT1 BININT2 LONG LONG1 LONG4 FLOAT "
    "BINFLOAT UNICODE BINUNICODE SHORT_BINUNICODE BINUNICODE8 BINBYTES SHORT_BINBYTES BINBYTES8 EMPTY_LIST LIST "
    "EMPTY_TUPLE TUPLE TUPLE1 TUPLE2 TUPLE3 EMPTY_DICT EMPTY_SET PUT BINPUT LONG_BINPUT MEMOIZE GET BINGET "
    "LONG_BINGET GLOBAL STACK_GLOBAL BYTEARRAY8 APPEND APPENDS SETITEM SETITEMS DICT ADDITEMS FROZENSET REDUCE NEWOBJ "
    "BUILD"
)
INERT: frozenset[bytes] = frozenset(getattr(pickle, one) for one in _BOTH.split())
# Python's own reader takes these in addition; none of them makes, names or calls anything.
_MORE = "STRING BINSTRING SHORT_BINSTRING DUP NEXT_BUFFER READONLY_BUFFER"
LISTED = INERT | {getattr(pickle, one) for one in _MORE.split()}

_ARGUMENTS = {
    "stringnl_noescape_pair": b"numpy\nndarray\n",
    "stringnl_noescape": b"a\n",
    "stringnl": b"'a'\n",
    "decimalnl_short": b"1\n",
    "decimalnl_long": b"1L\n",
    "floatnl": b"1\n",
    "unicodestringnl": b"a\n",
}
# The bytes of a length, which is 0, where the argument says its own size.
_EMPTY = {pickletools.TAKEN_FROM_ARGUMENT1: 1, pickletools.TAKEN_FROM_ARGUMENT4: 4}
_EMPTY |= {pickletools.TAKEN_FROM_ARGUMENT4U: 4, pickletools.TAKEN_FROM_ARGUMENT8U: 8}
# What the opcodes put something into.
_CONTAINERS = {b"a": b"]N", b"e": b"](N", b"s": b"}NN", b"u": b"}(NN", b"\x90": b"\x8f(N"}


def used_in_a_stream(opcode: bytes) -> bytes:
    """Return a stream that uses the opcode on a full stack, with an argument that is small."""
    kind = next((one for one in pickletools.opcodes if one.code.encode("latin1") == opcode), None)
    argument = b""
    if kind is not None and kind.arg is not None:
        size = kind.arg.n
        argument = _ARGUMENTS.get(kind.arg.name) or bytes(_EMPTY.get(size, size))
    before = _CONTAINERS.get(opcode, name("numpy", "ndarray").code + b"]((NNN")
    return b"\x80\x05" + before + opcode + argument + b"N" + STOP
