"""number_bodies.c, compiled when the process begins to serve: no request must wait for a compiler."""

from __future__ import annotations

import ctypes
import functools

from inference_server.evaluate.build import NUMBERS_SOURCE, load_library


class Text(ctypes.Structure):
    """A piece of bytes that somebody else keeps."""

    _fields_ = [("text", ctypes.c_char_p), ("size", ctypes.c_int64)]


@functools.cache
def library() -> ctypes.CDLL | None:
    """Return the library, or None without a compiler: then the general path reads and writes everything."""
    loaded = load_library(NUMBERS_SOURCE)
    if loaded is not None:
        for read in (loaded.read_json, loaded.read_csv):
            read.argtypes = [ctypes.c_char_p, ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p, ctypes.c_void_p]
            read.restype = ctypes.c_int64
        pointers = [ctypes.c_void_p] * 5
        loaded.write_rows.argtypes = [ctypes.c_char_p, ctypes.c_int64, ctypes.c_int64, *pointers]
        loaded.write_rows.restype = ctypes.c_int64
    return loaded
