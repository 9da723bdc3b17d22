"""Reads a large body of plain numbers into an array; leaves everything else, and every mistake, to ``read_request``."""

from __future__ import annotations

import ctypes
from collections.abc import Callable

import numpy as np

from inference_server.formats.read_csv import has_header
from inference_server.formats.read_npy import read_array
from inference_server.formats.read_request import header_parameter
from inference_server.number_bodies.library import library
from inference_server.table.number_table import NumberTable
from inference_server.table.schema import Schema

# Below it the lists of the general path cost less than what is done here once for a request.
LEAST_BYTES = 4096


def read_number_body(content_type: str, body: bytes, schema: Schema) -> NumberTable | None:
    """Return the table that ``read_request`` would return, or None for what it has to look at.

    Raises ``InvalidInput`` for npy that is not as it should be, with ``read_request``'s words.
    """
    if len(body) < LEAST_BYTES or not schema.is_numeric:
        return None
    name, *parameters = (part.strip().lower() for part in content_type.split(";"))
    if name == "application/x-npy":
        return _check(read_array(body, schema).astype(np.float64, order="C"), schema)
    loaded = library()
    if loaded is None or name not in ("application/json", "text/csv"):
        return None
    body = bytes(body)
    if name == "application/json":
        return _read(loaded.read_json, body, schema)
    header = header_parameter(parameters)
    first, _, rest = body.partition(b"\n")
    cells = first.decode("utf-8", "replace").rstrip("\r").split(",")
    if header == "present" or (header != "absent" and has_header(cells, schema)):
        is_usual = tuple(cells) == schema.names and len(set(cells)) == len(cells)
        return _read(loaded.read_csv, rest, schema) if is_usual else None
    return _read(loaded.read_csv, body, schema)


def _read(read: Callable[..., int], body: bytes, schema: Schema) -> NumberTable | None:
    # An empty cell of CSV is its comma. What is not written takes no memory.
    values, gaps = np.empty(len(body) + 1), ctypes.c_int64()
    rows = read(body, len(body), schema.width, values.ctypes.data, ctypes.byref(gaps))
    if rows < 1:
        return None
    # A copy: the rest of the room is given back.
    return _check(values[: rows * schema.width].reshape(rows, schema.width).copy(), schema, gaps.value > 0)


def _check(values: np.ndarray, schema: Schema, has_gaps: bool | None = None) -> NumberTable | None:
    """Return None for what is refused: the general path knows the words."""
    if np.isinf(values).any() or not len(values):
        return None
    if has_gaps is None:
        has_gaps = bool(np.isnan(values).any())
    return None if has_gaps and not schema.takes_gaps else NumberTable(schema, values, has_gaps)
