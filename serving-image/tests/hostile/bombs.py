"""Small files that ask for much memory, much time or a deep stack."""

from __future__ import annotations

import bz2
import gzip
import lzma
import struct
import zlib
from collections.abc import Iterator

from hostile.assemble import pickled, text
from hostile.hostile_file import Hostile

NESTED_TUPLES = b")" + b"\x85" * 300_000


def bomb_files() -> Iterator[Hostile]:
    """Yield files of at most 2 MB, each of which stands for gigabytes, hours or hundreds of thousands of frames."""
    beginning = pickled(text("a"))[:-1]
    zeros = beginning + bytes(140_000_000)
    compressors = {
        "gzip": lambda content: gzip.compress(content, 1),
        "bz2": bz2.compress,
        "xz": lambda content: lzma.compress(content, preset=0),
        "lzma": lambda content: lzma.compress(content, lzma.FORMAT_ALONE, preset=0),
        "zlib": lambda content: zlib.compress(content, 1),
    }
    for title, compress in compressors.items():
        yield Hostile(f"a bomb of {title}", "140 MB out of little", compress(zeros), "model.joblib")
    # The dictionary that whoever decompresses has to make: 4 GB, says this header.
    dictionary = b"\x5d" + struct.pack("<I", 2**32 - 1) + b"\xff" * 8 + bytes(100)
    yield Hostile("an lzma dictionary of 4 GB", "memory before the first byte", dictionary, "model.joblib")
    yield Hostile("a gzip in a gzip", "unfolds twice", gzip.compress(gzip.compress(bytes(1000))), "model.joblib")
    for title, content in _streams().items():
        yield Hostile(title, "memory, time or depth", content)


def _streams() -> dict[str, bytes]:
    modulus = 2**61 - 1
    same_hash = b"".join(b"\x8a\x0f" + (modulus * n).to_bytes(15, "little") + b"N" for n in range(1, 60_000))
    return {
        "a text of an exabyte": pickled(b"\x8d", struct.pack("<Q", 2**60)),
        "bytes of an exabyte": pickled(b"\x8e", struct.pack("<Q", 2**60)),
        "a byte array of an exabyte": pickled(b"\x96", struct.pack("<Q", 2**60), protocol=5),
        "a text longer than a file can be": pickled(b"\x8d", struct.pack("<Q", 2**64 - 1)),
        "bytes of a negative size": pickled(b"T", struct.pack("<i", -1)),
        "an integer of a negative size": pickled(b"\x8b", struct.pack("<i", -8)),
        "an integer of two gigabytes": pickled(b"\x8b", struct.pack("<i", 2**31 - 1)),
        "an integer of a million digits": pickled(b"I" + b"9" * 1_000_000 + b"\n"),
        "a long of a million digits": pickled(b"L" + b"9" * 1_000_000 + b"L\n"),
        "a float beyond all": pickled(b"F1e99999\n"),
        "200,000 nested lists": pickled(b"]" * 200_000 + b"a" * 199_999),
        "150,000 nested dicts": pickled(b"}N" * 150_000 + b"}" + b"s" * 150_000),
        "300,000 nested tuples": pickled(NESTED_TUPLES),
        "a key of 300,000 nested tuples": pickled(b"}" + NESTED_TUPLES + b"Ns"),
        "a set of 300,000 nested tuples": pickled(b"\x8f(" + NESTED_TUPLES + b"\x90"),
        "300,000 marks": pickled(b"(" * 300_000),
        "three million values": pickled(b"N0" * 1_500_000 + b"N"),
        "500,000 memos": pickled(b"N" + b"\x94" * 500_000),
        "numbers of one hash as keys": pickled(b"}(", same_hash, b"u"),
        "a line without an end": b"\x80\x04c" + b"a" * 1_900_000,
        "an escape of many backslashes": pickled(b"V" + b"\\u0041" * 300_000 + b"\n"),
    }
