"""Decompresses what joblib compresses, up to a bound: the size of a file says little about what it unpacks to."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zlib
from collections.abc import Callable
from io import BytesIO

from inference_server.model_error import ModelError

# 30 million nodes of scikit-learn's, 64 bytes each.
MAX_BYTES = 2 * 1024**3
# Most models become 2 to 30 times smaller, but an honest forest of scikit-learn 1.9 with constant sample weights 680
# times. What unpacks to more than this is refused, in whatever format; MAX_BYTES bounds the memory.
# As MAXIMUM_COMPRESSION_RATIO in lambdas/core/archive/limits.ts.
SMALL_BYTES, MAX_RATIO = 128 * 1024**2, 1000
_LZMA_MEMORY = 256 * 1024**2


def decompress(content: bytes, limit: int | None = None) -> bytes:
    """Return the content, decompressed where it is gzip, bz2, xz, lzma, zlib or a frame of lz4.

    Raises ``ModelError`` where it would exceed the limit, or cannot be decompressed. Without a limit it is
    ``MAX_BYTES``, and less for what is much smaller than that when it is compressed.
    """
    if limit is None:
        limit = min(MAX_BYTES, max(SMALL_BYTES, MAX_RATIO * len(content)))
    for magic, start in _FORMATS.items():
        if content.startswith(magic):
            try:
                content = start(content, limit + 1)
            except (OSError, EOFError, ValueError, RuntimeError, zlib.error, lzma.LZMAError) as error:
                raise ModelError(f"The model file is compressed, and damaged ({type(error).__name__}).") from error
            break
    if len(content) > limit:
        raise ModelError(f"The model file holds more than {limit} bytes.")
    return content


def _read_lzma(content: bytes, size: int) -> bytes:
    return lzma.LZMADecompressor(memlimit=_LZMA_MEMORY).decompress(content, size)


def _read_lz4(content: bytes, size: int) -> bytes:
    try:
        # A megabyte of code that few models need, and not there where an author packs without it.
        from lz4.frame import LZ4FrameDecompressor
    except ImportError as error:
        raise ModelError(
            "The model file is compressed with lz4, and the package lz4 is not installed: install it, or save it "
            "with joblib.dump(model, path, compress=3)."
        ) from error
    return LZ4FrameDecompressor().decompress(content, max_length=size)


_FORMATS: dict[bytes, Callable[[bytes, int], bytes]] = {
    b"\x1f\x8b": lambda content, size: gzip.GzipFile(fileobj=BytesIO(content)).read(size),
    b"BZ": lambda content, size: bz2.BZ2Decompressor().decompress(content, size),
    b"\xfd7zXZ": _read_lzma,
    b"\x5d\x00": _read_lzma,
    b"\x04\x22\x4d\x18": _read_lz4,
    b"\x78": lambda content, size: zlib.decompressobj().decompress(content, size),
}
