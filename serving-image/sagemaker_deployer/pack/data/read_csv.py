"""Rows of a CSV file: typed as pandas.read_csv would, or as the model knows its columns."""

from __future__ import annotations

import csv
from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sagemaker_deployer.pack.data.select_columns import name_columns
from sagemaker_deployer.pack.problems import Problems

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


@dataclass(frozen=True)
class KnownTypes:
    """Names of columns whose cells are texts, whatever they look like, and of columns of numbers alone."""

    texts: Container[str | None] = ()
    numbers: Container[str | None] = ()


NOTHING_KNOWN = KnownTypes()


def read_csv(path: Path, known: KnownTypes, source: str) -> Any:
    """Return a DataFrame where the first line is a header (no cell of it is a number), else a list of rows.

    Raises ``Problems`` with the lines and columns of what is wrong.
    """
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
    if header is not None and width == 1 and ";" in header[0]:
        raise Problems([f"{source}: line 1 separates its cells by semicolons; save the file with commas."])
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
        raise Problems(_first(wrong, source))
    columns, wrong = [], []
    for place, name in enumerate(header or [None] * width):
        cells = [line[place] for _, line in lines]
        if name in known.numbers:
            wrong += _find_texts(cells, [number for number, _ in lines], f"{source}: %s, column {name!r}")
        columns.append(_typed(cells, name in known.texts))
    if wrong:
        raise Problems(_first(wrong, source))
    return list(map(list, zip(*columns, strict=True))) if header is None else name_columns(columns, header)


def _find_texts(cells: list[str], lines: list[int], where: str) -> list[str]:
    return [
        f"{where % f'line {line}'}: {cell[:40]!r} is no number, and the model takes numbers there."
        for cell, line in zip(cells, lines, strict=True)
        if cell.strip() not in _MISSING and cell.strip() not in _BOOLEANS and _number(cell) is None
    ]


def _first(wrong: list[str], source: str) -> list[str]:
    more = len(wrong) - _MOST_PROBLEMS
    return [*wrong[:_MOST_PROBLEMS], *([f"{source}: {more} more problems of this kind."] if more > 0 else [])]


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
