"""The author's rows out of a file: CSV, Parquet, JSON, JSON Lines or npy; problems with their lines and columns."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Container, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from sagemaker_deployer.pack.data.select_columns import name_columns
from sagemaker_deployer.pack.problems import Problems

ENDINGS = (".csv", ".parquet", ".json", ".jsonl", ".npy")
# What pandas.read_csv takes for a missing value unless it is told otherwise (parameter na_values):
# https://pandas.pydata.org/docs/reference/api/pandas.read_csv.html
_MISSING = {"", "#N/A N/A"}.union(
    [
        "#N/A",
        "#NA",
        "-1.#IND",
        "-1.#QNAN",
        "-NaN",
        "-nan",
        "1.#IND",
        "1.#QNAN",
        "<NA>",
        "N/A",
        "NA",
        "NULL",
        "NaN",
        "None",
        "n/a",
        "nan",
        "null",
    ]
)
_MOST_PROBLEMS = 10


def find_file_problems(path: Path, option: str = "--data") -> list[str]:
    """Return what is wrong with the file's name, or that there is none."""
    if path.suffix.lower() not in ENDINGS:
        return [f"{option} {path}: the name must end in {', '.join(ENDINGS)}."]
    return [] if path.is_file() else [f"{option} {path}: no such file."]


def read_file(path: Path, texts: Container[str] = (), option: str = "--data") -> Any:
    """Return the rows of the file: a DataFrame where columns have names, else an array or a list of rows.

    ``texts`` names the columns of a CSV file whose cells stay texts, whatever they look like.
    A first line of a CSV file that holds no number alone is its header. Raises ``Problems``.
    """
    source = f"{option} {path}"
    try:
        return _READERS[path.suffix.lower()](path, texts, source)
    except OSError as error:
        raise Problems([f"{source}: {error.strerror or 'cannot be read'}."]) from error
    except UnicodeDecodeError as error:
        raise Problems([f"{source}: is not UTF-8 at byte {error.start}. Save it as UTF-8."]) from error


def _read_csv(path: Path, texts: Container[str], source: str) -> Any:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        try:
            lines = [(reader.line_num, line) for line in reader if line]
        except csv.Error as error:
            raise Problems([f"{source}: line {reader.line_num}: {error}."]) from error
    if not lines:
        raise Problems([f"{source}: is empty."])
    header = (
        None if any(_number(cell) is not None for cell in lines[0][1]) else [cell.strip() for cell in lines.pop(0)[1]]
    )
    width = len(header or lines[0][1])
    wrong = [
        f"{source}: line {number} has {len(line)} cells, {'the header' if header else 'the first line'} {width}."
        for number, line in lines
        if len(line) != width
    ]
    if header and (twice := sorted({name for name in header if header.count(name) > 1})):
        wrong.append(f"{source}: line 1 names a column twice: {', '.join(map(repr, twice[:5]))}.")
    if not lines:
        wrong.append(f"{source}: has a header, but no row.")
    if wrong:
        more = len(wrong) - _MOST_PROBLEMS
        raise Problems([*wrong[:_MOST_PROBLEMS], *([f"{source}: {more} more lines are wrong."] if more > 0 else [])])
    names = header or [None] * width
    columns = [
        _typed([line[place] for _, line in lines], name in texts if name else False) for place, name in enumerate(names)
    ]
    return _table(columns, header)


def _typed(cells: list[str], is_text: bool) -> list[Any]:
    """Numbers where all cells are some, as pandas.read_csv decides; texts otherwise."""
    numbers = [np.nan if cell.strip() in _MISSING else _number(cell) for cell in cells]
    if not is_text and None not in numbers:
        return numbers
    if not is_text and all(cell.strip() in _MISSING or cell.strip() in _BOOLEANS for cell in cells):
        return [_BOOLEANS.get(cell.strip()) for cell in cells]
    return [None if cell.strip() in _MISSING else cell for cell in cells]


_BOOLEANS = {"True": 1.0, "TRUE": 1.0, "true": 1.0, "False": 0.0, "FALSE": 0.0, "false": 0.0}


def _number(cell: str) -> float | None:
    try:
        return float(cell) if "_" not in cell else None
    except ValueError:
        return None


def _table(columns: list[list[Any]], names: list[str] | None) -> Any:
    return list(map(list, zip(*columns, strict=True))) if names is None else name_columns(columns, names)


def _read_parquet(path: Path, texts: Container[str], source: str) -> Any:
    try:
        import pandas

        return pandas.read_parquet(path)
    except ImportError as error:
        raise Problems([f"{source}: reading Parquet needs pandas and pyarrow: pip install pandas pyarrow"]) from error
    except Exception as error:
        raise Problems([f"{source}: cannot be read as Parquet ({type(error).__name__})."]) from error


def _read_npy(path: Path, texts: Container[str], source: str) -> Any:
    try:
        return np.load(path, allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise Problems([f"{source}: is no npy file of numbers."]) from error


def _read_json(path: Path, texts: Container[str], source: str) -> Any:
    try:
        content = json.loads(path.read_text("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise Problems([f"{source}: line {error.lineno}, column {error.colno}: {error.msg}."]) from error
    except RecursionError as error:
        raise Problems([f"{source}: is nested too deeply."]) from error
    return _of_json(content if isinstance(content, list) else [content], lambda index: f"row {index + 1}", source)


def _read_json_lines(path: Path, texts: Container[str], source: str) -> Any:
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
    return _table([[row.get(name) for row in rows] for name in names], names)


_READERS: dict[str, Callable[[Path, Container[str], str], Any]] = {
    ".csv": _read_csv,
    ".json": _read_json,
    ".jsonl": _read_json_lines,
    ".npy": _read_npy,
    ".parquet": _read_parquet,
}
