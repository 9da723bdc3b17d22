"""application/x-npy: a table of numbers in numpy's own format, read as data only.

Nothing but header and numbers is decoded, without numpy.load (https://cwe.mitre.org/data/definitions/502.html).
"""

from __future__ import annotations

import io
import warnings
from typing import Any

import numpy as np
from numpy.lib import format as npy

from inference_server.invalid_input import InvalidInput
from inference_server.table.read_rows import read_rows
from inference_server.table.schema import Schema
from inference_server.table.table import Table


def read_npy(body: bytes, schema: Schema) -> Table:
    """Read a two-dimensional array of numbers or booleans, or raise ``InvalidInput``; NaN is a missing value."""
    table = read_array(body, schema)
    rows: list[list[Any]] = table.tolist()
    if table.dtype.kind == "f" and np.isnan(table).any():
        rows = [[None if value != value else value for value in row] for row in rows]
    return read_rows(rows, schema)


def read_array(body: bytes, schema: Schema) -> np.ndarray:
    """Return the array itself, of whatever type of numbers it has. Raises ``InvalidInput``."""
    file = io.BytesIO(body)
    try:
        version = npy.read_magic(file)
        read_header = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}[version]
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # headers of Python 2 are parsed a second time, with a warning
            shape, is_fortran, dtype = read_header(file)
    except Exception:
        # read_array_header evaluates a literal: what it raises depends on the bytes.
        raise InvalidInput("Request body is not a valid npy file of version 1 or 2") from None
    if dtype.kind not in "biuf" or dtype.itemsize > 8:
        raise InvalidInput("Invalid input: the array must hold integers, floats of at most 64 bits or booleans")
    if len(shape) != 2 or shape[1] != schema.width:
        raise InvalidInput(f"Invalid input: the array must have the shape (rows, {schema.width})")
    numbers = memoryview(body)[file.tell() :]
    if shape[0] < 0 or shape[0] * shape[1] * dtype.itemsize != len(numbers):
        raise InvalidInput("Invalid input: the array is not as long as its header says")
    return np.frombuffer(numbers, dtype).reshape(shape, order="F" if is_fortran else "C")
