"""Changes of a pickle, opcode by opcode: streams that stay mostly well-formed get further than random bytes."""

from __future__ import annotations

import pickletools
import random

# One of each kind that could call, build, name, nest or be remembered.
_PIECES = [
    b"cos\ngetcwd\n", b"cmath\nsqrt\n", b"\x8c\x02os\x8c\x06getcwd\x93", b"(cos\ngetcwd\no", b"(ios\ngetcwd\n",
    b"csklearn.tree._tree\nTree\n", b"cnumpy\nndarray\n", b"cnumpy._core.multiarray\n_reconstruct\n", b"(", b")",
    b"]", b"}", b"\x8f", b"N", b"0", b"1", b"2", b"a", b"e", b"s", b"u", b"d", b"l", b"t", b"\x85", b"\x86", b"\x87",
    b"R", b"b", b"\x81", b"\x92", b"\x90", b"\x91", b"\x94", b"h\x00", b"q\x00", b"j\x00\x00\x00\x00", b"Q", b"P1\n",
    b"\x82\x01", b"\x83\x01\x00", b"\x80\x05", b"\x80\x00", b"\x95\x09\0\0\0\0\0\0\0", b"\x97", b"\x98",
    b"\x8d\2\0\0\0\0\0\0\0ab", b"\x96\2\0\0\0\0\0\0\0ab", b"J\xff\xff\xff\xff",
    b"\x8a\xff" + b"\xff" * 255, b"I99999999999\n", b"F1e400\n", b"G\x7f\xf8\0\0\0\0\0\0", b"K\x00", b"K\x07", b".",
]  # fmt: skip


def mutate_pickle(content: bytes, generator: random.Random) -> bytes:
    """Remove, repeat, move, exchange or insert up to four opcodes; returns the content where it is no pickle."""
    cuts = [0]
    try:
        for _, _, position in pickletools.genops(content):
            cuts.append(position)
    except Exception:
        if len(cuts) < 4:  # the opcodes up to the first that is none are as good
            return content
    pieces = [content[a:b] for a, b in zip(cuts, [*cuts[1:], len(content)], strict=True)]
    for _ in range(generator.randint(1, 4)):
        at = generator.randrange(len(pieces))
        match generator.randrange(6):
            case 0:
                pieces[at] = b""
            case 1:
                pieces.insert(at, pieces[generator.randrange(len(pieces))])
            case 2:
                other = generator.randrange(len(pieces))
                pieces[at], pieces[other] = pieces[other], pieces[at]
            case 3:
                pieces.insert(at, generator.choice(_PIECES))
            case 4:
                pieces[at] = generator.choice(_PIECES)
            case 5 if len(pieces[at]) > 1:
                # The argument, not the opcode.
                changed = bytearray(pieces[at])
                changed[generator.randrange(1, len(changed))] = generator.choice((0, 1, 2, 127, 128, 255))
                pieces[at] = bytes(changed)
    return b"".join(pieces)
