"""What scikit-learn is given: an array of numbers, or of objects, or the DataFrame that it was trained on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from inference_server.table.table import Table

_DEEPEST = 8
# The name of the column of a model that reads texts, and says no name itself.
TEXT = "text"
VECTORIZERS = ("CountVectorizer", "HashingVectorizer", "TfidfVectorizer")


def reads_texts(estimator: Any) -> bool:
    """Tell whether what gets the rows first is a vectorizer of texts, which takes a list of them and no table."""
    for _ in range(_DEEPEST):
        parts = getattr(estimator, "steps", None) or getattr(estimator, "transformer_list", None)
        if not isinstance(parts, list):
            break
        kept = [part[1] for part in parts if len(part) > 1 and not isinstance(part[1], str)]
        if not kept:
            return False
        estimator = kept[0]
    own = type(estimator)
    return own.__module__ == "sklearn.feature_extraction.text" and own.__name__ in VECTORIZERS


def as_texts(raw: dict[int, list[Any]], count: int) -> np.ndarray:
    """Return the texts of the only column, NaN for those that are missing."""
    texts = np.empty(count, dtype=object)
    texts[:] = [np.nan if cell is None else cell for cell in raw.get(0, [None] * count)]
    return texts


def estimator_input(table: Table, names: Sequence[Any] | None, by_names: bool = True) -> Any:
    """Return the rows for ``predict``; ``names`` are those that the estimator was trained on, None for an array.

    A model of numbers alone takes an array too, unless it chooses its columns ``by_names``.
    """
    return rows_for_estimator(table.values, raw_columns(table), names, by_names)


def raw_columns(table: Table) -> dict[int, list[Any]]:
    """Return the columns that are no numbers, as they were sent, by their places."""
    if table.schema.is_numeric:
        return {}
    columns = {
        place: [row[place] for row in table.rows]
        for place, column in enumerate(table.schema.columns)
        if not column.is_numeric
    }
    return {place: cells for place, cells in columns.items() if _holds_text(table, place, cells)}


def _holds_text(table: Table, place: int, cells: list[Any]) -> bool:
    return table.schema.columns[place].type != "any" or any(isinstance(cell, str) for cell in cells)


def rows_for_estimator(
    values: np.ndarray, raw: dict[int, list[Any]], names: Sequence[Any] | None, by_names: bool
) -> Any:
    """Do the same with what a frame between two processes holds."""
    if not raw and (names is None or not by_names):
        return values
    if names is not None and (frames := _pandas()) is not None:
        columns = {
            place: values[:, place] if place not in raw else _objects(raw[place]) for place in range(values.shape[1])
        }
        frame = frames.DataFrame(columns, copy=False)
        frame.columns = list(names)
        return frame
    if not raw:
        return values
    table = values.astype(object)
    for place, column in raw.items():
        table[:, place] = _objects(column)
    return table


def _objects(column: list[Any]) -> np.ndarray:
    """Return objects with NaN for what is missing; numbers alone as numbers, as pandas reads them.

    Where all are missing they stay objects: of numbers an encoder of texts raises TypeError (scikit-learn 1.9,
    utils/_encode.py, _check_unknown).
    """
    present = [cell for cell in column if cell is not None]
    if present and all(isinstance(cell, (int, float)) for cell in present):
        return np.array(column, dtype=np.float64)
    found = np.empty(len(column), dtype=object)
    found[:] = [np.nan if cell is None else cell for cell in column]
    return found


def _pandas() -> Any:
    try:
        import pandas
    except ImportError:
        return None
    return pandas
