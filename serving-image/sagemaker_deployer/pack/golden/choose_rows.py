"""Which of many rows the deployer shall ask: some of each class, category and gap, none that lies on an edge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sagemaker_deployer.pack.data.data import Cells
from sagemaker_deployer.pack.data.data_column import DataColumn

_OF_EACH_CLASS = 2
_MOST_CLASSES = 20
_MOST_ROWS = 24
# Between the likeliest class and the next: closer rows may get another label from a rounding error.
_LEAST_MARGIN = 0.01


@dataclass(frozen=True)
class Choice:
    """``cases``: a name, and the places of the rows that are asked together. ``notes``: what no row covers."""

    cases: list[tuple[str, list[int]]]
    notes: list[str]


def choose_rows(
    rows: Cells,
    columns: Sequence[DataColumn],
    predicted: Sequence[Any],
    probabilities: np.ndarray | None,
    classes: Sequence[str] | None,
) -> Choice:
    """Choose among rows that were answered with ``predicted`` (the index of the class, or the number)."""
    sure = _sure(probabilities, len(rows))
    cases = _of_classes(predicted, sure, classes) if classes is not None else _of_numbers(predicted)
    taken = {place for _, places in cases for place in places}
    notes = []
    if classes is not None and (missing := [name for index, name in enumerate(classes) if index not in set(predicted)]):
        shown = ", ".join(map(repr, missing[:5])) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
        notes.append(f"No golden row is predicted as {shown}: give some with golden=, or let rows of the data be used.")
    more = _of_cells(rows, columns, sure, taken)
    return Choice([*cases, *more], notes)


def _sure(probabilities: np.ndarray | None, count: int) -> np.ndarray:
    if probabilities is None or probabilities.ndim != 2 or probabilities.shape[1] < 2:
        return np.ones(count, dtype=bool)
    ordered = np.sort(probabilities, axis=1)
    return ordered[:, -1] - ordered[:, -2] >= _LEAST_MARGIN


def _of_classes(predicted: Sequence[Any], sure: np.ndarray, classes: Sequence[str]) -> list[tuple[str, list[int]]]:
    cases = []
    indexes = np.asarray(predicted)
    for index, name in list(enumerate(classes))[:_MOST_CLASSES]:
        places = np.flatnonzero((indexes == index) & sure)[:_OF_EACH_CLASS].tolist()
        if places:
            cases.append((f"class {name}"[:100], places))
    return cases


def _of_numbers(predicted: Sequence[Any]) -> list[tuple[str, list[int]]]:
    order = np.argsort(np.asarray(predicted, dtype=np.float64).reshape(len(predicted), -1)[:, 0], kind="stable")
    places = dict.fromkeys(int(order[int(share * (len(order) - 1))]) for share in (0.05, 0.5, 0.95))
    return [("low, middle and high", list(places))]


def _of_cells(
    rows: Cells, columns: Sequence[DataColumn], sure: np.ndarray, taken: set[int]
) -> list[tuple[str, list[int]]]:
    """Take the row that has most of what no chosen row has yet, until none has anything new."""
    found: list[tuple[str, list[int]]] = []
    gaps = {(place, None) for place, column in enumerate(columns) if column.missing_share}
    choices = {
        (place, choice)
        for place, column in enumerate(columns)
        if column.type == "category"
        for choice in column.choices
    }
    for name, wanted in (("categories", choices), ("missing values", gaps)):
        open_ = wanted - {(place, cell) for row in taken for place, cell in enumerate(rows[row])}
        places: list[int] = []
        candidates = {row: {pair for pair in enumerate(rows[row]) if pair in wanted} for row in np.flatnonzero(sure)}
        while open_ and len(taken) < _MOST_ROWS and candidates:
            best = max(candidates, key=lambda row: len(candidates[row] & open_))
            if not candidates[best] & open_:
                break
            open_ -= candidates[best]
            places.append(int(best))
            taken.add(int(best))
        if places:
            found.append((name, places))
    return found
