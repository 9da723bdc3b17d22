"""The author's rows out of a file: CSV, Parquet, JSON, JSON Lines or npy; problems with their lines and columns."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from sagemaker_deployer.pack.data.read_csv import NOTHING_KNOWN, KnownTypes, read_csv
from sagemaker_deployer.pack.data.select_columns import name_columns
from sagemaker_deployer.pack.problems import Problems

ENDINGS = (".csv", ".parquet", ".json", ".jsonl", ".npy")
_MOST_PROBLEMS = 10


def find_file_problems(path: Path, option: str = "--data") -> list[str]:
    """Return what is wrong with the file's name, or that there is none."""
    if path.suffix.lower() not in ENDINGS:
        return [f"{option} {path}: the name must end in {', '.join(ENDINGS)}."]
    return [] if path.is_file() else [f"{option} {path}: no such file."]


def read_file(path: Path, known: KnownTypes = NOTHING_KNOWN, option: str = "--data") -> Any:
    """Return the rows of the file: a DataFrame where columns have names, else an array or a list of rows.

    ``known``: what the model knows of columns, for a CSV file, which does not say. Raises ``Problems``.
    """
    source = f"{option} {path}"
    try:
        return _READERS[path.suffix.lower()](path, known, source)
    except OSError as error:
        raise Problems([f"{source}: {error.strerror or 'cannot be read'}."]) from error
    except UnicodeDecodeError as error:
        raise Problems([f"{source}: is not UTF-8 at byte {error.start}. Save it as UTF-8."]) from error


def _read_parquet(path: Path, known: KnownTypes, source: str) -> Any:
    try:
        import pandas

        return pandas.read_parquet(path)
    except ImportError as error:
        raise Problems([f"{source}: reading Parquet needs pandas and pyarrow: pip install pandas pyarrow"]) from error
    except Exception as error:
        raise Problems([f"{source}: cannot be read as Parquet ({type(error).__name__})."]) from error


def _read_npy(path: Path, known: KnownTypes, source: str) -> Any:
    try:
        return np.load(path, allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise Problems([f"{source}: is no npy file of numbers."]) from error


def _read_json(path: Path, known: KnownTypes, source: str) -> Any:
    try:
        content = json.loads(path.read_text("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise Problems([f"{source}: line {error.lineno}, column {error.colno}: {error.msg}."]) from error
    except RecursionError as error:
        raise Problems([f"{source}: is nested too deeply."]) from error
    return _of_json(content if isinstance(content, list) else [content], lambda index: f"row {index + 1}", source)


def _read_json_lines(path: Path, known: KnownTypes, source: str) -> Any:
    rows, numbers = [], []
    for number, line in _lines(path):
        try:
            rows.append(json.loads(line))
        except (ValueError, RecursionError) as error:
            raise Problems([f"{source}: line {number} is no JSON."]) from error
        numbers.append(number)
    return _of_json(rows, lambda index: f"line {numbers[index]}", source)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    with path.open(encoding="utf-8-sig") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                yield number, line


def _of_json(rows: list[Any], where: Callable[[int], str], source: str) -> Any:
    """Lists of one length, or objects with the names of the columns; a name that is left out is a missing value."""
    if not rows:
        raise Problems([f"{source}: holds no row."])
    kind = type(rows[0])
    if kind not in (list, dict):
        raise Problems([f"{source}: {where(0)} is neither a list nor an object."])
    wrong = [
        f"{source}: {where(index)} is no {'list' if kind is list else 'object'} as the first."
        for index, row in enumerate(rows)
        if type(row) is not kind
    ]
    if kind is list:
        wrong += [
            f"{source}: {where(index)} has {len(row)} cells, the first {len(rows[0])}."
            for index, row in enumerate(rows)
            if type(row) is list and len(row) != len(rows[0])
        ]
    if wrong:
        raise Problems(wrong[:_MOST_PROBLEMS])
    if kind is list:
        return rows
    names = list(dict.fromkeys(name for row in rows for name in row))
    return name_columns([[row.get(name) for row in rows] for name in names], names)


_READERS: dict[str, Callable[[Path, KnownTypes, str], Any]] = {
    ".csv": read_csv,
    ".json": _read_json,
    ".jsonl": _read_json_lines,
    ".npy": _read_npy,
    ".parquet": _read_parquet,
}
