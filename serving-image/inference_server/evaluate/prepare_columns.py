"""Preprocessing in numpy: pipelines and column transformers, and which reader reads each transformer in them.

Each reader takes a fitted transformer and its columns, and returns the step and the columns after it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from inference_server.evaluate.choose_columns import choose_columns
from inference_server.evaluate.fields import Fields
from inference_server.evaluate.inputs import Columns, use_as_numbers
from inference_server.evaluate.prepare_categories import read_one_hot, read_ordinal
from inference_server.evaluate.prepare_imputer import read_imputer
from inference_server.evaluate.prepare_numbers import (
    MAX_COLUMNS,
    read_binary,
    read_largest,
    read_norm,
    read_polynomial,
    read_robust,
    read_smallest_largest,
    read_standard,
    read_varied,
)
from inference_server.evaluate.step import SAME, Step, chain
from inference_server.not_covered import NotCovered
from inference_server.pickles.unresolved_values import Instance, Name


def read_step(transformer: Any, columns: Columns) -> tuple[Step, Columns]:
    """Read any of the transformers, or "passthrough"."""
    if transformer is None or (isinstance(transformer, str) and transformer == "passthrough"):
        return SAME, columns
    fields = Fields(transformer)
    if fields.name not in _READERS:
        raise NotCovered(f"a {fields.name}")
    if fields.name != "FunctionTransformer" and fields.count("n_features_in_") != len(columns):
        raise NotCovered(f"a {fields.name} of another number of columns than it gets")
    if len(columns) > MAX_COLUMNS:
        raise NotCovered(f"more than {MAX_COLUMNS} columns")
    return _READERS[fields.name](fields, columns)


def _read_function(fields: Fields, columns: Columns) -> tuple[Step, Columns]:
    function = fields.any("func", None)
    # Histogram boosting lets numbers pass through check_array, which changes nothing.
    is_check = isinstance(function, Instance) and function.name == "partial" and _names(function, "check_array")
    if function is not None and not is_check:
        raise NotCovered("a FunctionTransformer with a function")
    if is_check:
        use_as_numbers(columns)
    return SAME, columns


def _names(partial: Instance, name: str) -> bool:
    return all(
        isinstance(given, tuple) and len(given) > 0 and isinstance(given[0], Name) and given[0].name == name
        for given in (partial.arguments, partial.state)
    )


def _read_columns(fields: Fields, columns: Columns) -> tuple[Step, Columns]:
    if fields.has("transformer_weights"):
        raise NotCovered("a ColumnTransformer with weights")
    parts: list[tuple[np.ndarray, Step]] = []
    after: list[Any] = []
    for part, places in column_parts(fields, len(columns)):
        step, own = read_steps([part], [columns[place] for place in places])
        parts.append((places, step))
        after += own
    if not parts:
        raise NotCovered("a ColumnTransformer without columns")

    def of_table(table: np.ndarray) -> np.ndarray:
        return np.concatenate([part(table[:, places]) for places, part in parts], axis=1)

    rows = [(places.tolist(), part.of_row) for places, part in parts if part.of_row is not None]
    if len(rows) < len(parts):
        return Step(of_table), after

    def of_row(row: list[float]) -> list[float]:
        found: list[float] = []
        for places, part in rows:
            found += part([row[place] for place in places])
        return found

    return Step(of_table, of_row), after


def column_parts(fields: Fields, width: int) -> list[tuple[Any, np.ndarray]]:
    """Return each transformer of a ColumnTransformer that is not dropped, and the places of its columns."""
    names = fields.labels("feature_names_in_").tolist() if fields.has("feature_names_in_") else None
    parts = []
    for entry in fields.items("transformers_"):
        if not isinstance(entry, tuple) or len(entry) != 3:
            raise NotCovered("a ColumnTransformer in a form of its own")
        if isinstance(entry[1], str) and entry[1] == "drop":
            continue
        places = choose_columns(entry[2], width, names)
        if len(places):
            parts.append((entry[1], places))
    return parts


def read_steps(transformers: list[Any], columns: Columns) -> tuple[Step, Columns]:
    """Read transformers that follow one another, among them pipelines of transformers."""
    steps: list[Step] = []
    for transformer in transformers:
        inner = pipeline_members(transformer)
        step, columns = read_step(transformer, columns) if inner is None else read_steps(inner, columns)
        steps.append(step)
    return chain(steps), columns


def pipeline_members(value: Any) -> list[Any] | None:
    """Return the members of a Pipeline in order, or None for anything else."""
    if not (isinstance(value, Instance) and value.name == "Pipeline"):
        return None
    members = Fields(value).items("steps")
    if not members or not all(isinstance(member, tuple) and len(member) == 2 for member in members):
        raise NotCovered("a Pipeline in a form of its own")
    return [member[1] for member in members]


_READERS: dict[str, Callable[[Fields, Columns], tuple[Step, Columns]]] = {
    "Binarizer": read_binary,
    "ColumnTransformer": _read_columns,
    "FunctionTransformer": _read_function,
    "MaxAbsScaler": read_largest,
    "MinMaxScaler": read_smallest_largest,
    "Normalizer": read_norm,
    "OneHotEncoder": read_one_hot,
    "OrdinalEncoder": read_ordinal,
    "PolynomialFeatures": read_polynomial,
    "RobustScaler": read_robust,
    "SimpleImputer": read_imputer,
    "StandardScaler": read_standard,
    "VarianceThreshold": read_varied,
}
