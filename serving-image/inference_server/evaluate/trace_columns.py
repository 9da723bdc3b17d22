"""Follows the inputs through the preprocessing: what each column behind it is made of."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from inference_server.evaluate.column_parts import Part, column_parts, union_parts
from inference_server.evaluate.columns import Columns, inputs
from inference_server.evaluate.fields import Fields
from inference_server.evaluate.inputs import made
from inference_server.evaluate.prepare_bins import bin_sizes, indicated_columns
from inference_server.evaluate.prepare_categories import one_hot_sizes, target_outputs
from inference_server.evaluate.prepare_columns import pipeline_members, read_step
from inference_server.evaluate.prepare_components import component_count
from inference_server.evaluate.prepare_imputer import imputed_columns
from inference_server.evaluate.prepare_selection import SELECTORS, kept_columns


def trace_columns(transformers: list[Any], width: int) -> Columns | None:
    """Follow the inputs through transformers that ``prepare_columns`` reads; None where one is not known here."""
    try:
        return _trace(transformers, inputs(width))
    except KeyError:
        return None


def _trace(transformers: list[Any], columns: Columns) -> Columns:
    for transformer in transformers:
        inner = pipeline_members(transformer)
        if inner is not None:
            columns = _trace(inner, columns)
        elif not (transformer is None or isinstance(transformer, str)):
            fields = Fields(transformer)
            columns = TRACERS[fields.name](fields, transformer, columns)
    return columns


def _scale(fields: Fields, transformer: Any, columns: Columns) -> Columns:
    # Scaling moves a mean as it moves a value.
    step, _ = read_step(transformer, made(len(columns.means)))
    return Columns(columns.origins, step(columns.means[None])[0])


def _standardize(fields: Fields, transformer: Any, columns: Columns) -> Columns:
    if not fields.has("mean_"):
        return _scale(fields, transformer, columns)
    return _scale(fields, transformer, Columns(columns.origins, fields.numbers("mean_", columns.means.shape)))


def _impute(fields: Fields, transformer: Any, columns: Columns) -> Columns:
    kept, indicated = imputed_columns(fields, len(columns.means))
    origins = [columns.origins[index] for index in (*kept, *indicated)]
    means = np.full(len(origins), np.nan)
    if fields.any("strategy") == "mean":
        means[: len(kept)] = fields.numbers("statistics_", columns.means.shape)[kept]
    return Columns(origins, means)


def _encode(fields: Fields, transformer: Any, columns: Columns) -> Columns:
    sizes = [1] * len(columns.origins)
    if fields.name == "OneHotEncoder":
        sizes = one_hot_sizes(fields, len(columns.origins))
    if fields.name == "KBinsDiscretizer":
        sizes = bin_sizes(fields, len(columns.origins))
    if fields.name == "TargetEncoder":
        sizes = [target_outputs(fields)] * len(columns.origins)
    origins = [origin for origin, size in zip(columns.origins, sizes, strict=True) for _ in range(size)]
    return Columns(origins, np.full(len(origins), np.nan))


def _compare(fields: Fields, transformer: Any, columns: Columns) -> Columns:
    return Columns(columns.origins, np.full(len(columns.origins), np.nan))


def _divide_by_norm(fields: Fields, transformer: Any, columns: Columns) -> Columns:
    return _mix(columns, len(columns.origins))


def _project(fields: Fields, transformer: Any, columns: Columns) -> Columns:
    return _mix(columns, component_count(fields, len(columns.origins)))


def _mix(columns: Columns, count: int) -> Columns:
    every = tuple(sorted({index for origin in columns.origins for index in origin}))
    return Columns([every] * count, np.full(count, np.nan))


def _indicate(fields: Fields, transformer: Any, columns: Columns) -> Columns:
    indicated = indicated_columns(fields, len(columns.origins))
    return Columns([columns.origins[index] for index in indicated], np.full(len(indicated), np.nan))


def _choose(fields: Fields, transformer: Any, columns: Columns) -> Columns:
    kept = kept_columns(fields, len(columns.origins))
    return Columns([columns.origins[index] for index in kept], columns.means[kept])


def _multiply(fields: Fields, transformer: Any, columns: Columns) -> Columns:
    least, most = fields.any("_min_degree"), fields.any("_max_degree")
    combine = itertools.combinations if fields.any("interaction_only") else itertools.combinations_with_replacement
    origins, means = [], []
    for degree in range(0 if fields.any("include_bias") else 1, most + 1):
        if 0 < degree < least:
            continue
        for factors in combine(range(len(columns.origins)), degree):
            origins.append(tuple(sorted({index for factor in factors for index in columns.origins[factor]})))
            means.append({0: 1.0, 1: columns.means[factors[0]] if factors else 1.0}.get(degree, np.nan))
    return Columns(origins, np.array(means))


def _split(fields: Fields, transformer: Any, columns: Columns) -> Columns:
    return _side_by_side(column_parts(fields, len(columns.origins)), columns)


def _unite(fields: Fields, transformer: Any, columns: Columns) -> Columns:
    return _side_by_side(union_parts(fields, len(columns.origins)), columns)


def _side_by_side(parts: list[Part], columns: Columns) -> Columns:
    origins, means = [], []
    for part in parts:
        own = Columns([columns.origins[place] for place in part.places], columns.means[part.places])
        traced = _trace([part.transformer], own)
        origins += traced.origins
        means.append(traced.means if part.weight is None else traced.means * part.weight)
    return Columns(origins, np.concatenate(means))


def _call(fields: Fields, transformer: Any, columns: Columns) -> Columns:
    return columns if fields.any("func", None) is None else _compare(fields, transformer, columns)


TRACERS: dict[str, Callable[[Fields, Any, Columns], Columns]] = {
    "Binarizer": _compare,
    "ColumnTransformer": _split,
    "FeatureUnion": _unite,
    "FunctionTransformer": _call,
    "IncrementalPCA": _project,
    "KBinsDiscretizer": _encode,
    "MaxAbsScaler": _scale,
    "MinMaxScaler": _scale,
    "MissingIndicator": _indicate,
    "Normalizer": _divide_by_norm,
    "OneHotEncoder": _encode,
    "OrdinalEncoder": _encode,
    "PCA": _project,
    "PolynomialFeatures": _multiply,
    "PowerTransformer": _compare,
    "QuantileTransformer": _compare,
    "RobustScaler": _scale,
    "SimpleImputer": _impute,
    "StandardScaler": _standardize,
    "TargetEncoder": _encode,
    "TruncatedSVD": _project,
    **dict.fromkeys(SELECTORS, _choose),
}
