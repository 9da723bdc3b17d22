"""Preprocessing in numpy: pipelines and column transformers, and which reader reads each transformer in them.

Each reader takes a fitted transformer and its columns, and returns the step and the columns after it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from inference_server.evaluate.column_parts import Part, column_parts, union_parts
from inference_server.evaluate.fields import Fields
from inference_server.evaluate.inputs import Columns, made, use_as_numbers
from inference_server.evaluate.prepare_bins import read_bins, read_indicator
from inference_server.evaluate.prepare_categories import read_one_hot, read_ordinal, read_target
from inference_server.evaluate.prepare_components import read_components, read_singular
from inference_server.evaluate.prepare_distributions import read_power, read_quantiles
from inference_server.evaluate.prepare_imputer import read_imputer
from inference_server.evaluate.prepare_numbers import (
    MAX_COLUMNS,
    call_numpy,
    read_binary,
    read_largest,
    read_norm,
    read_polynomial,
    read_robust,
    read_smallest_largest,
    read_standard,
)
from inference_server.evaluate.prepare_selection import SELECTORS, read_selection
from inference_server.evaluate.step import SAME, Step, chain
from inference_server.not_covered import NotCovered
from inference_server.pickles.numpy_functions import is_numpy_function, numpy_function
from inference_server.pickles.unresolved_values import Instance, Name
from inference_server.table.estimator_input import VECTORIZERS


def read_step(transformer: Any, columns: Columns) -> tuple[Step, Columns]:
    """Read any of the transformers, or "passthrough"."""
    if transformer is None or (isinstance(transformer, str) and transformer == "passthrough"):
        return SAME, columns
    fields = Fields(transformer)
    if fields.name not in _READERS:
        raise NotCovered(f"a {fields.name}")
    if fields.name not in _OF_ANY_WIDTH and fields.count("n_features_in_") != len(columns):
        raise NotCovered(f"a {fields.name} of another number of columns than it gets")
    if len(columns) > MAX_COLUMNS:
        raise NotCovered(f"more than {MAX_COLUMNS} columns")
    return _READERS[fields.name](fields, columns)


def _read_function(fields: Fields, columns: Columns) -> tuple[Step, Columns]:
    function = fields.any("func", None)
    if fields.any("kw_args", None):
        raise NotCovered("a FunctionTransformer with kw_args")
    if isinstance(function, Name) and is_numpy_function(function.module, function.name):
        return call_numpy(numpy_function(function.name), checked=bool(fields.any("validate"))), made(
            use_as_numbers(columns)
        )
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
    return _side_by_side(column_parts(fields, len(columns)), fields, columns)


def _read_union(fields: Fields, columns: Columns) -> tuple[Step, Columns]:
    return _side_by_side(union_parts(fields, len(columns)), fields, columns)


def _side_by_side(given: list[Part], fields: Fields, columns: Columns) -> tuple[Step, Columns]:
    parts: list[tuple[np.ndarray, Step]] = []
    after: list[Any] = []
    for part in given:
        step, own = read_steps([part.transformer], [columns[place] for place in part.places])
        if part.weight is not None:
            own = made(use_as_numbers(own))
            step = chain([step, _weigh(part.weight)])
        parts.append((part.places, step))
        after += own
    if not after:
        raise NotCovered(f"a {fields.name} without columns")

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


def _weigh(weight: float) -> Step:
    return Step(lambda table: table * weight, lambda row: [value * weight for value in row])


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


def first_with_columns(members: list[Any]) -> Fields:
    """Return the first of them that says how many features it takes: the model's inputs."""
    for member in members:
        if member is None or isinstance(member, str):
            continue
        inner = pipeline_members(member)
        fields = Fields(member) if inner is None else first_with_columns(inner)
        if fields.name == "FeatureUnion":
            fields = first_with_columns([part.transformer for part in union_parts(fields, 0)])
        if fields.has("n_features_in_"):
            return fields
        if found := _within(fields):
            return first_with_columns(found)
    raise NotCovered("a model that does not say how many features it takes")


def begins_with_texts(members: list[Any]) -> bool:
    """Tell whether what gets the rows first is a vectorizer, whose only input is a column of texts."""
    for member in members:
        if member is None or isinstance(member, str):
            continue
        inner = pipeline_members(member)
        if inner is not None:
            return begins_with_texts(inner)
        fields = Fields(member)
        if fields.name == "FeatureUnion":
            return begins_with_texts([part.transformer for part in union_parts(fields, 0)])
        return fields.name in VECTORIZERS
    return False


def _within(fields: Fields) -> list[Any]:
    """Return the estimators that say it for one that does not: votes, stacks, regressions of a transformed target."""
    for name in ("regressor_", "estimator_", "estimator"):
        if fields.has(name) and isinstance(fields.any(name), Instance):
            return [fields.any(name)]
    return fields.items("estimators_")[:1] if fields.has("estimators_") else []


# scikit-learn lets the parts of a FeatureUnion say how many features it takes.
_OF_ANY_WIDTH = ("FeatureUnion", "FunctionTransformer")
_READERS: dict[str, Callable[[Fields, Columns], tuple[Step, Columns]]] = {
    "Binarizer": read_binary,
    "ColumnTransformer": _read_columns,
    "FeatureUnion": _read_union,
    "FunctionTransformer": _read_function,
    "IncrementalPCA": read_components,
    "KBinsDiscretizer": read_bins,
    "MaxAbsScaler": read_largest,
    "MinMaxScaler": read_smallest_largest,
    "MissingIndicator": read_indicator,
    "Normalizer": read_norm,
    "OneHotEncoder": read_one_hot,
    "OrdinalEncoder": read_ordinal,
    "PCA": read_components,
    "PolynomialFeatures": read_polynomial,
    "PowerTransformer": read_power,
    "QuantileTransformer": read_quantiles,
    "RobustScaler": read_robust,
    "SimpleImputer": read_imputer,
    "StandardScaler": read_standard,
    "TargetEncoder": read_target,
    "TruncatedSVD": read_singular,
    **dict.fromkeys(SELECTORS, read_selection),
}
