"""Every compression in which joblib writes a file."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zlib
from collections.abc import Callable

COMPRESSIONS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "lzma": lambda content: lzma.compress(content, lzma.FORMAT_ALONE),
    "zlib": zlib.compress,
}
