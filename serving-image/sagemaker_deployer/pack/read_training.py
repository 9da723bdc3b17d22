"""The training rows, out of a file: numbers, or what a DataFrame holds, as the model's own columns take them."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from inference_server.formats.read_request import read_request
from inference_server.invalid_input import InvalidInput
from inference_server.table.schema import Schema
from inference_server.table.table import Table
from sagemaker_deployer.pack.problems import Problems

_TYPES = {".csv": "text/csv", ".json": "application/json", ".jsonl": "application/jsonlines"}


def find_training_problems(path: Path) -> list[str]:
    """Return what is wrong with the file's name, or that there is none."""
    if path.suffix not in (".npy", *_TYPES):
        return [f"--training {path}: the name must end in .npy, {', '.join(_TYPES)}."]
    return [] if path.is_file() else [f"--training {path}: no such file."]


def read_training(path: Path, schema: Schema, own_names: Iterable[str] = ()) -> Table:
    """Read rows of numbers from .npy (never unpickled), .csv (with or without a header) or .json.

    A header may have the names of the columns, or ``own_names``, which they had in training, in any order.
    For a model of texts and gaps they are read as requests are: .csv with empty cells, .json and .jsonl with lists or
    objects. Raises ``Problems`` where it is anything else.
    """
    if not schema.is_numeric:
        return _read_mixed(path, schema)
    values = _read_numbers(path)
    header = _header(path) if path.suffix == ".csv" else []
    for names in (list(schema.names), list(own_names)):
        if len(header) == values.shape[1] and sorted(header) == sorted(names):
            values = values[:, [header.index(name) for name in names]]
            break
    if values.shape[1] != schema.width:
        raise Problems([f"--training {path}: has {values.shape[1]} columns, the model {schema.width}."])
    return Table(schema, [], values, has_gaps=True)


def _read_mixed(path: Path, schema: Schema) -> Table:
    try:
        if path.suffix == ".npy":
            raise InvalidInput("holds numbers alone, and the model takes texts: send .csv, .json or .jsonl")
        return read_request(_TYPES[path.suffix], path.read_bytes(), schema)
    except InvalidInput as error:
        message = str(error).removeprefix("Invalid input: ")
        # In a file people count rows from 1.
        message = re.sub(r"\bInstance (\d+)\b", lambda found: f"row {int(found[1]) + 1}", message)
        raise Problems([f"--training {path}: {message}."]) from error
    except OSError as error:
        raise Problems([f"--training {path}: {error.strerror or 'cannot be read'}."]) from error


def _read_numbers(path: Path) -> np.ndarray:
    try:
        if path.suffix == ".npy":
            rows = np.load(path, allow_pickle=False)
        elif path.suffix == ".csv":
            rows = np.loadtxt(path, delimiter=",", skiprows=int(bool(_header(path))), ndmin=2, converters=_number)
        elif path.suffix == ".jsonl":
            rows = np.array([json.loads(line) for line in path.read_text("utf-8").splitlines() if line], np.float64)
        else:
            rows = np.array(json.loads(path.read_text("utf-8")), dtype=np.float64)
    except OSError as error:
        raise Problems([f"--training {path}: {error.strerror or 'cannot be read'}."]) from error
    except (ValueError, TypeError) as error:
        raise Problems([f"--training {path}: holds something else than rows of numbers."]) from error
    if not isinstance(rows, np.ndarray) or rows.ndim != 2 or rows.dtype.kind not in "biuf" or not rows.size:
        raise Problems([f"--training {path}: must hold rows of numbers, all of one length."])
    return rows.astype(np.float64)


def _number(cell: str) -> float:
    return float(cell or "nan")


def _header(path: Path) -> list[str]:
    """Return the names in the first line, none where it holds numbers."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        first = [cell.strip() for cell in next(csv.reader(file), [])]
    try:
        [_number(cell) for cell in first]
    except ValueError:
        return first
    return []
