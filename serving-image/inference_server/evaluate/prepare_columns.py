"""Preprocessing: scalers, imputers, encoders, polynomial features and column transformers, in numpy.

Each reader takes a fitted transformer and the number of its columns, and returns the step and the number
of columns after it. The order of operations is scikit-learn's own, so the numbers are too.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from inference_server.evaluate.evaluator import Step
from inference_server.evaluate.fields import Fields
from inference_server.evaluate.prepare_categories import read_one_hot, read_ordinal
from inference_server.evaluate.refuse import refuse
from inference_server.not_covered import NotCovered
from inference_server.pickles.unresolved_values import Instance, Name, StoredType, StoredValues

MAX_COLUMNS = 100_000


def read_step(transformer: Any, width: int) -> tuple[Step, int]:
    """Read any of the transformers, or "passthrough"."""
    if transformer is None or (isinstance(transformer, str) and transformer == "passthrough"):
        return _same, width
    fields = Fields(transformer)
    if fields.name not in _READERS:
        raise NotCovered(f"a {fields.name}")
    if fields.name != "FunctionTransformer" and fields.count("n_features_in_") != width:
        raise NotCovered(f"a {fields.name} of another number of columns than it gets")
    if width > MAX_COLUMNS:
        raise NotCovered(f"more than {MAX_COLUMNS} columns")
    return _READERS[fields.name](fields, width)


def _same(table: np.ndarray) -> np.ndarray:
    return table


def _read_function(fields: Fields, width: int) -> tuple[Step, int]:
    function = fields.any("func", None)
    # Histogram boosting lets numbers pass through check_array, which changes nothing.
    is_check = isinstance(function, Instance) and function.name == "partial" and _names(function, "check_array")
    if function is not None and not is_check:
        raise NotCovered("a FunctionTransformer with a function")
    return _same, width


def _names(partial: Instance, name: str) -> bool:
    return all(
        isinstance(given, tuple) and len(given) > 0 and isinstance(given[0], Name) and given[0].name == name
        for given in (partial.arguments, partial.state)
    )


def _read_standard(fields: Fields, width: int) -> tuple[Step, int]:
    mean = fields.numbers("mean_", (width,)) if fields.any("with_mean") else None
    scale = fields.numbers("scale_", (width,)) if fields.any("with_std") else None
    return _center_and_scale(mean, scale), width


def _read_robust(fields: Fields, width: int) -> tuple[Step, int]:
    center = fields.numbers("center_", (width,)) if fields.any("with_centering") else None
    scale = fields.numbers("scale_", (width,)) if fields.any("with_scaling") else None
    return _center_and_scale(center, scale), width


def _read_largest(fields: Fields, width: int) -> tuple[Step, int]:
    if fields.any("clip", False):
        raise NotCovered("a MaxAbsScaler that clips")
    return _center_and_scale(None, fields.numbers("scale_", (width,))), width


def _center_and_scale(center: np.ndarray | None, scale: np.ndarray | None) -> Step:
    def step(table: np.ndarray) -> np.ndarray:
        refuse(table, missing_allowed=True)
        if center is not None:
            table = table - center
        return table if scale is None else table / scale

    return step


def _read_smallest_largest(fields: Fields, width: int) -> tuple[Step, int]:
    scale, least = fields.numbers("scale_", (width,)), fields.numbers("min_", (width,))
    bounds = None
    if fields.any("clip"):
        bounds = fields.any("feature_range")
        if not (isinstance(bounds, tuple) and len(bounds) == 2 and all(isinstance(b, (int, float)) for b in bounds)):
            raise NotCovered("a MinMaxScaler whose range is no pair of numbers")

    def step(table: np.ndarray) -> np.ndarray:
        refuse(table, missing_allowed=True)
        table = table * scale + least
        return table if bounds is None else np.clip(table, *bounds)

    return step, width


def _read_imputer(fields: Fields, width: int) -> tuple[Step, int]:
    if not isinstance(fields.any("strategy"), str):
        raise NotCovered("a SimpleImputer with a function")
    fitted_on = fields.any("_fit_dtype", None)
    missing = fields.any("missing_values")
    if not isinstance(missing, (int, float)) or (
        isinstance(fitted_on, StoredType) and fitted_on.dtype.kind not in "biuf"
    ):
        raise NotCovered("a SimpleImputer of something other than numbers")
    statistics = fields.numbers("statistics_", (width,))
    kept, indicated = imputed_columns(fields, width)
    fill = statistics[kept]
    is_nan = math.isnan(missing)

    def step(table: np.ndarray) -> np.ndarray:
        refuse(table, missing_allowed=is_nan)
        holes = np.isnan(table) if is_nan else table == missing
        filled = np.where(holes[:, kept], fill, table[:, kept])
        return np.concatenate([filled, holes[:, indicated]], axis=1) if len(indicated) else filled

    return step, len(kept) + len(indicated)


def imputed_columns(fields: Fields, width: int) -> tuple[np.ndarray, np.ndarray]:
    """The columns that a SimpleImputer keeps (not those that were empty), and those whose holes it then tells."""
    keeps_all = fields.any("strategy") == "constant" or bool(fields.any("keep_empty_features", False))
    kept = np.flatnonzero(keeps_all | ~np.isnan(fields.numbers("statistics_", (width,))))
    if not fields.any("add_indicator"):
        return kept, np.zeros(0, int)
    indicated = Fields(fields.any("indicator_")).numbers("features_", (None,)).astype(int)
    if not ((indicated >= 0) & (indicated < width)).all():
        raise NotCovered("a SimpleImputer that indicates columns that are not there")
    return kept, indicated


def _read_norm(fields: Fields, width: int) -> tuple[Step, int]:
    measure = {
        "l1": lambda table: np.abs(table).sum(axis=1),
        "l2": lambda table: np.sqrt(np.einsum("ij,ij->i", table, table)),
        "max": lambda table: np.abs(table).max(axis=1),
    }.get(str(fields.any("norm")))
    if measure is None:
        raise NotCovered("a Normalizer of such a norm")

    def step(table: np.ndarray) -> np.ndarray:
        refuse(table)
        norms = measure(table)
        norms[norms == 0.0] = 1.0
        return table / norms[:, None]

    return step, width


def _read_binary(fields: Fields, width: int) -> tuple[Step, int]:
    threshold = fields.number("threshold")

    def step(table: np.ndarray) -> np.ndarray:
        refuse(table)
        return (table > threshold).astype(np.float64)

    return step, width


def _read_varied(fields: Fields, width: int) -> tuple[Step, int]:
    kept = varied_columns(fields, width)

    def step(table: np.ndarray) -> np.ndarray:
        refuse(table, missing_allowed=True)
        return table[:, kept]

    return step, len(kept)


def varied_columns(fields: Fields, width: int) -> np.ndarray:
    """The columns that a VarianceThreshold keeps."""
    kept = np.flatnonzero(fields.numbers("variances_", (width,)) > fields.number("threshold"))
    if not len(kept):
        raise NotCovered("a VarianceThreshold that keeps no column")
    return kept


def _read_polynomial(fields: Fields, width: int) -> tuple[Step, int]:
    least, most = fields.any("_min_degree"), fields.any("_max_degree")
    if type(least) is not int or type(most) is not int or not 0 <= least <= most <= 20:
        raise NotCovered("a PolynomialFeatures of such a degree")
    interactions, bias = bool(fields.any("interaction_only")), bool(fields.any("include_bias"))
    if math.comb(width + most, most) > MAX_COLUMNS:
        raise NotCovered(f"more than {MAX_COLUMNS} columns")
    combine = itertools.combinations if interactions else itertools.combinations_with_replacement
    # A product is its first factor times the product of the others, which stands one degree below.
    degrees: list[tuple[np.ndarray, np.ndarray]] = []
    below: dict[tuple[int, ...], int] = {(index,): index for index in range(width)}
    for degree in range(2, most + 1):
        chosen = list(combine(range(width), degree))
        first = np.array([factors[0] for factors in chosen], dtype=np.intp)
        rest = np.array([below[factors[1:]] for factors in chosen], dtype=np.intp)
        degrees.append((first, rest))
        below = {factors: index for index, factors in enumerate(chosen)}

    def step(table: np.ndarray) -> np.ndarray:
        refuse(table)
        blocks = [np.ones((len(table), 1)), table]
        for first, rest in degrees:
            blocks.append(table[:, first] * blocks[-1][:, rest])
        kept = [blocks[0]] if bias else []
        return np.concatenate([*kept, *blocks[max(1, least) : most + 1]], axis=1)

    return step, step(np.zeros((1, width))).shape[1]


def _read_columns(fields: Fields, width: int) -> tuple[Step, int]:
    if fields.has("transformer_weights"):
        raise NotCovered("a ColumnTransformer with weights")
    parts: list[tuple[np.ndarray, Step]] = []
    after = 0
    for entry in fields.items("transformers_"):
        if not isinstance(entry, tuple) or len(entry) != 3:
            raise NotCovered("a ColumnTransformer in a form of its own")
        columns = choose_columns(entry[2], width)
        if (isinstance(entry[1], str) and entry[1] == "drop") or not len(columns):
            continue
        step, size = read_steps([entry[1]], len(columns))
        parts.append((columns, step))
        after += size
    if not parts:
        raise NotCovered("a ColumnTransformer without columns")

    def step(table: np.ndarray) -> np.ndarray:
        return np.concatenate([part(table[:, columns]) for columns, part in parts], axis=1)

    return step, after


def read_steps(transformers: list[Any], width: int) -> tuple[Step, int]:
    """Read transformers that follow one another, among them pipelines of transformers."""
    steps: list[Step] = []
    for transformer in transformers:
        inner = pipeline_members(transformer)
        step, width = read_step(transformer, width) if inner is None else read_steps(inner, width)
        steps.append(step)

    def run(table: np.ndarray) -> np.ndarray:
        for step in steps:
            table = step(table)
        return table

    return run, width


def pipeline_members(value: Any) -> list[Any] | None:
    """Return the members of a Pipeline in order, or None for anything else."""
    if not (isinstance(value, Instance) and value.name == "Pipeline"):
        return None
    members = Fields(value).items("steps")
    if not members or not all(isinstance(member, tuple) and len(member) == 2 for member in members):
        raise NotCovered("a Pipeline in a form of its own")
    return [member[1] for member in members]


def choose_columns(chosen: Any, width: int) -> np.ndarray:
    """Return the indexes that a ColumnTransformer chose: by numbers, a mask or a slice."""
    if isinstance(chosen, Instance) and chosen.name == "_RemainderColsList":
        chosen = Fields(chosen).any("data")
    if isinstance(chosen, StoredValues):
        chosen = chosen.values.tolist() if isinstance(chosen.values, np.ndarray) else chosen.values
    if isinstance(chosen, slice):
        if not all(part is None or type(part) is int for part in (chosen.start, chosen.stop, chosen.step)):
            raise NotCovered("a ColumnTransformer by names")
        return np.arange(width)[chosen]
    if not isinstance(chosen, list) or not all(type(one) in (int, bool) for one in chosen):
        raise NotCovered("a ColumnTransformer by names")
    if chosen and all(type(one) is bool for one in chosen):
        if len(chosen) != width:
            raise NotCovered("a ColumnTransformer with a mask of another length")
        return np.flatnonzero(chosen)
    if not all(type(one) is int and -width <= one < width for one in chosen):
        raise NotCovered("a ColumnTransformer of columns that are not there")
    return np.array(chosen, dtype=np.intp) % width


_READERS: dict[str, Callable[[Fields, int], tuple[Step, int]]] = {
    "Binarizer": _read_binary,
    "ColumnTransformer": _read_columns,
    "FunctionTransformer": _read_function,
    "MaxAbsScaler": _read_largest,
    "MinMaxScaler": _read_smallest_largest,
    "Normalizer": _read_norm,
    "OneHotEncoder": read_one_hot,
    "OrdinalEncoder": read_ordinal,
    "PolynomialFeatures": _read_polynomial,
    "RobustScaler": _read_robust,
    "SimpleImputer": _read_imputer,
    "StandardScaler": _read_standard,
    "VarianceThreshold": _read_varied,
}
