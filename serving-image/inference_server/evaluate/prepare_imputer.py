"""SimpleImputer, of numbers and of texts: what stands in place of missing values, and where they were."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from inference_server.evaluate.fields import Fields
from inference_server.evaluate.inputs import Columns, Input, made, suggest, use_as_numbers
from inference_server.evaluate.refuse import refuse
from inference_server.evaluate.step import Step, refuse_row
from inference_server.not_covered import NotCovered
from inference_server.pickles.unresolved_values import StoredType, StoredValues


def read_imputer(fields: Fields, columns: Columns) -> tuple[Step, Columns]:
    """Read a SimpleImputer; columns of texts are codes before it and behind it."""
    if not isinstance(fields.any("strategy"), str):
        raise NotCovered("a SimpleImputer with a function")
    read = _read_texts if _is_of_texts(fields) else _read_numbers
    statistics, missing = read(fields, columns)
    kept, indicated = imputed_columns(fields, len(columns))
    fill = statistics[kept]
    # Each column has codes of its own.
    is_nan = bool(np.isnan(missing).all())

    def of_table(table: np.ndarray) -> np.ndarray:
        refuse(table, missing_allowed=is_nan)
        holes = np.isnan(table) if is_nan else table == missing
        filled = np.where(holes[:, kept], fill, table[:, kept])
        return np.concatenate([filled, holes[:, indicated]], axis=1) if len(indicated) else filled

    filling = list(zip(kept.tolist(), missing[kept].tolist(), fill.tolist(), strict=True))
    told = indicated.tolist()

    def of_row(row: list[float]) -> list[float]:
        refuse_row(row, missing_allowed=is_nan)
        if is_nan:
            filled = [other if row[place] != row[place] else row[place] for place, _, other in filling]
            return filled + [float(row[place] != row[place]) for place in told] if told else filled
        filled = [other if row[place] == hole else row[place] for place, hole, other in filling]
        return filled + [float(row[place] == missing[place]) for place in told] if told else filled

    return Step(of_table, of_row), [*(columns[index] for index in kept), *made(len(indicated))]


def imputed_columns(fields: Fields, width: int) -> tuple[np.ndarray, np.ndarray]:
    """The columns that a SimpleImputer keeps (not those that were empty), and those whose holes it then tells."""
    keeps_all = fields.any("strategy") == "constant" or bool(fields.any("keep_empty_features", False))
    empty = [value is None or value != value for value in _statistics(fields, width)]
    kept = np.flatnonzero(keeps_all | ~np.array(empty, dtype=bool))
    if not fields.any("add_indicator"):
        return kept, np.zeros(0, int)
    indicated = Fields(fields.any("indicator_")).numbers("features_", (None,)).astype(int)
    if not ((indicated >= 0) & (indicated < width)).all():
        raise NotCovered("a SimpleImputer that indicates columns that are not there")
    return kept, indicated


def _is_of_texts(fields: Fields) -> bool:
    fitted_on = fields.any("_fit_dtype", None)
    if isinstance(fitted_on, StoredType):
        return fitted_on.dtype.kind in "OUS"
    return not isinstance(fields.any("missing_values"), (int, float))


def _statistics(fields: Fields, width: int) -> list[Any]:
    value = fields.any("statistics_")
    values = value.values if isinstance(value, StoredValues) else None
    found = values.tolist() if isinstance(values, np.ndarray) else values
    if not isinstance(found, list) or len(found) != width:
        raise NotCovered("a SimpleImputer in a form of its own")
    return found


def _read_numbers(fields: Fields, columns: Columns) -> tuple[np.ndarray, np.ndarray]:
    missing = fields.any("missing_values")
    if not isinstance(missing, (int, float)):
        raise NotCovered("a SimpleImputer of something other than numbers")
    width = use_as_numbers(columns)
    statistics = fields.numbers("statistics_", (width,))
    suggest(columns, statistics.tolist())
    return statistics, np.full(width, float(missing))


def _read_texts(fields: Fields, columns: Columns) -> tuple[np.ndarray, np.ndarray]:
    missing = fields.any("missing_values")
    if not (missing is None or isinstance(missing, (str, int, float))):
        raise NotCovered("a SimpleImputer of other missing values than NaN, None, texts and numbers")
    found = _statistics(fields, len(columns))
    inputs = [_input(column) for column in columns]
    suggest(inputs, found)
    statistics = [column.code(value) for column, value in zip(inputs, found, strict=True)]
    is_missing = missing is None or missing != missing
    holes = [math.nan if is_missing else column.code(missing) for column in inputs]
    return np.array(statistics, dtype=np.float64), np.array(holes, dtype=np.float64)


def _input(column: Input | None) -> Input:
    if column is None:
        raise NotCovered("a SimpleImputer of texts behind a transformer of numbers")
    return column
