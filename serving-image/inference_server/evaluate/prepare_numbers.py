"""Preprocessing of numbers: scalers, norms, thresholds and polynomial features, in numpy.

Each reader takes a fitted transformer and its columns, and returns the step and the columns after it. The order of
operations is scikit-learn's own, so the numbers are too.
"""

from __future__ import annotations

import itertools
import math

import numpy as np

from inference_server.evaluate.fields import Fields
from inference_server.evaluate.inputs import Columns, made, suggest, use_as_numbers
from inference_server.evaluate.refuse import refuse
from inference_server.evaluate.step import Step, refuse_row
from inference_server.not_covered import NotCovered

MAX_COLUMNS = 100_000


def call_numpy(function: np.ufunc, checked: bool) -> Step:
    """Return one of numpy's functions of one number as a step; ``checked``: it refuses what is not finite."""

    def of_table(table: np.ndarray) -> np.ndarray:
        if checked:
            refuse(table)
        with np.errstate(all="ignore"):
            return function(table)

    return Step(of_table, lambda row: of_table(np.array(row)).tolist())


def read_standard(fields: Fields, columns: Columns) -> tuple[Step, Columns]:
    width = use_as_numbers(columns)
    mean = fields.numbers("mean_", (width,)) if fields.any("with_mean") else None
    scale = fields.numbers("scale_", (width,)) if fields.any("with_std") else None
    if fields.has("mean_"):
        suggest(columns, fields.numbers("mean_", (width,)).tolist())
    return _center_and_scale(mean, scale), made(width)


def read_robust(fields: Fields, columns: Columns) -> tuple[Step, Columns]:
    width = use_as_numbers(columns)
    center = fields.numbers("center_", (width,)) if fields.any("with_centering") else None
    scale = fields.numbers("scale_", (width,)) if fields.any("with_scaling") else None
    if center is not None:
        suggest(columns, center.tolist())
    return _center_and_scale(center, scale), made(width)


def read_largest(fields: Fields, columns: Columns) -> tuple[Step, Columns]:
    width = use_as_numbers(columns)
    if fields.any("clip", False):
        raise NotCovered("a MaxAbsScaler that clips")
    return _center_and_scale(None, fields.numbers("scale_", (width,))), made(width)


def _center_and_scale(center: np.ndarray | None, scale: np.ndarray | None) -> Step:
    def of_table(table: np.ndarray) -> np.ndarray:
        refuse(table, missing_allowed=True)
        if center is not None:
            table = table - center
        return table if scale is None else table / scale

    # Python raises where numpy says infinity.
    if scale is not None and not scale.all():
        return Step(of_table)
    centers, scales = (None if array is None else array.tolist() for array in (center, scale))

    def of_row(row: list[float]) -> list[float]:
        refuse_row(row, missing_allowed=True)
        if centers is not None:
            row = [value - middle for value, middle in zip(row, centers, strict=True)]
        return row if scales is None else [value / width for value, width in zip(row, scales, strict=True)]

    return Step(of_table, of_row)


def read_smallest_largest(fields: Fields, columns: Columns) -> tuple[Step, Columns]:
    width = use_as_numbers(columns)
    scale, least = fields.numbers("scale_", (width,)), fields.numbers("min_", (width,))
    if fields.has("data_min_"):
        suggest(columns, ((fields.numbers("data_min_") + fields.numbers("data_max_")) / 2).tolist())
    bounds = None
    if fields.any("clip"):
        bounds = fields.any("feature_range")
        if not (isinstance(bounds, tuple) and len(bounds) == 2 and all(isinstance(b, (int, float)) for b in bounds)):
            raise NotCovered("a MinMaxScaler whose range is no pair of numbers")

    def of_table(table: np.ndarray) -> np.ndarray:
        refuse(table, missing_allowed=True)
        table = table * scale + least
        return table if bounds is None else np.clip(table, *bounds)

    if bounds is not None:
        return Step(of_table), made(width)
    scales, leasts = scale.tolist(), least.tolist()

    def of_row(row: list[float]) -> list[float]:
        refuse_row(row, missing_allowed=True)
        return [value * factor + added for value, factor, added in zip(row, scales, leasts, strict=True)]

    return Step(of_table, of_row), made(width)


def read_norm(fields: Fields, columns: Columns) -> tuple[Step, Columns]:
    width = use_as_numbers(columns)
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

    return Step(step), made(width)


def read_binary(fields: Fields, columns: Columns) -> tuple[Step, Columns]:
    width = use_as_numbers(columns)
    threshold = fields.number("threshold")

    def step(table: np.ndarray) -> np.ndarray:
        refuse(table)
        return (table > threshold).astype(np.float64)

    return Step(step), made(width)


def read_polynomial(fields: Fields, columns: Columns) -> tuple[Step, Columns]:
    width = use_as_numbers(columns)
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

    return Step(step), made(step(np.zeros((1, width))).shape[1])
