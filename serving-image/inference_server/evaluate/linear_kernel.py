"""linear.c: sums and probabilities of linear models, or None without a compiler, where numpy does their work."""

from __future__ import annotations

import ctypes
import functools

import numpy as np

from inference_server.evaluate.build import LINEAR_SOURCE, load_library

# So few rows are copied in less time than numpy takes to say where they lie.
_FEW_BYTES = 8192


@functools.cache
def linear_library() -> ctypes.CDLL | None:
    """Return the library, whose functions take what ``address`` returns."""
    library = load_library(LINEAR_SOURCE)
    if library is not None:
        address, whole = ctypes.c_void_p, ctypes.c_int64
        library.add_up.argtypes = [address, whole, whole, address, address, whole, address]
        library.add_up.restype = ctypes.c_int
        library.share.argtypes = [address, whole, address, address]
        library.share.restype = None
    return library


def address(array: np.ndarray) -> int | bytes:
    """Return what ctypes takes as the address of contiguous float64, which the caller keeps."""
    return array.tobytes() if array.nbytes < _FEW_BYTES else array.ctypes.data


@functools.lru_cache(maxsize=64)
def doubles(count: int) -> type[ctypes.Array[ctypes.c_double]]:
    """Return room for so many."""
    return ctypes.c_double * count


@functools.lru_cache(maxsize=64)
def integers(count: int) -> type[ctypes.Array[ctypes.c_int64]]:
    """Return room for so many."""
    return ctypes.c_int64 * count
