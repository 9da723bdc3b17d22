"""Rows of a model of texts, for the parity gate: drawn from what its file knows, and turned back into texts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from inference_server.evaluate.evaluator import Evaluator
from inference_server.table.column import UNKNOWN
from inference_server.table.schema import Schema
from inference_server.table.table import Table

_UNSEEN = "a text that training did not see"


def schema_of(evaluator: Evaluator, given: Sequence[str] | None = None) -> Schema:
    """Return the columns that the evaluator takes, under ``given`` names where there are any."""
    names = evaluator.feature_names_in_ if given is None else given
    if names is None or len(names) != evaluator.n_features_in_:
        names = [f"feature_{index}" for index in range(evaluator.n_features_in_)]
    return Schema(list(map(str, names)), evaluator.inputs)


def drawn_rows(schema: Schema, count: int, random: np.random.Generator) -> np.ndarray:
    """Return rows as numbers: around the numbers, and any of the codes, that the file holds; some of them missing."""
    rows = np.empty((count, schema.width))
    for place, column in enumerate(schema.columns):
        if column.codes is not None:
            rows[:, place] = random.choice([UNKNOWN, *column.codes.values()], count)
            continue
        known = [float(value) for value in column.typical if isinstance(value, (int, float))] or [0.0]
        spread = np.maximum(1.0, np.abs(known).max())
        near = random.choice(known, count)
        rows[:, place] = np.where(random.random(count) < 0.3, near, near + random.normal(size=count) * spread)
    rows[random.random(rows.shape) < 0.05] = np.nan
    return rows


def only_codes(rows: np.ndarray, schema: Schema) -> np.ndarray:
    """Return the rows with an unknown category wherever a column of texts holds a number that is no code."""
    rows = rows.copy()
    for place, column in enumerate(schema.columns):
        if column.codes is not None:
            codes = list(column.codes.values())
            sound = np.isin(rows[:, place], codes) | np.isnan(rows[:, place])
            rows[:, place] = np.where(sound, rows[:, place], UNKNOWN)
    return rows


def as_table(rows: np.ndarray, schema: Schema) -> Table:
    """Return the rows as a caller would send them, with None for what is missing."""
    cells: list[list[object]] = [[None if value != value else value for value in row] for row in rows.tolist()]
    for place, column in enumerate(schema.columns):
        if column.codes is not None:
            known = {code: value for value, code in column.codes.items()}
            # Where all categories are numbers, another number.
            unseen = _UNSEEN if any(isinstance(value, str) for value in column.codes) else -98765.0
            for row in cells:
                row[place] = None if row[place] is None else known.get(row[place], unseen)
        elif column.type == "text":
            for row in cells:
                row[place] = _UNSEEN if row[place] is None else f"{row[place]:.1f} {_UNSEEN}"
    return Table(schema, cells, rows, has_gaps=True)
