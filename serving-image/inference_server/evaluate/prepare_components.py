"""Projections onto components, PCA and TruncatedSVD: sklearn/decomposition/_base.py and _truncated_svd.py."""

from __future__ import annotations

import numpy as np

from inference_server.evaluate.fields import Fields
from inference_server.evaluate.inputs import Columns, made, suggest, use_as_numbers
from inference_server.evaluate.refuse import refuse
from inference_server.evaluate.step import Step
from inference_server.not_covered import NotCovered
from inference_server.pickles.unresolved_values import StoredValues


def read_components(fields: Fields, columns: Columns) -> tuple[Step, Columns]:
    """PCA and IncrementalPCA; since scikit-learn 1.5 the center is taken off behind the projection."""
    width = use_as_numbers(columns)
    components = _components(fields, width)
    mean = fields.numbers("mean_", (width,))
    suggest(columns, mean.tolist())
    scale = None
    centers_behind = fields.version >= (1, 5)
    if fields.any("whiten"):
        scale = np.sqrt(fields.numbers("explained_variance_", (components.shape[1],)))
        if centers_behind:
            scale = np.maximum(scale, np.finfo(np.float64).eps)
    offset = mean[None] @ components

    def of_table(table: np.ndarray) -> np.ndarray:
        refuse(table)
        projected = table @ components - offset if centers_behind else (table - mean) @ components
        if scale is None:
            return projected
        with np.errstate(all="ignore"):
            return projected / scale

    return Step(of_table), made(components.shape[1])


def read_singular(fields: Fields, columns: Columns) -> tuple[Step, Columns]:
    """TruncatedSVD: the projection alone."""
    components = _components(fields, use_as_numbers(columns))

    def of_table(table: np.ndarray) -> np.ndarray:
        refuse(table)
        return table @ components

    return Step(of_table), made(components.shape[1])


def component_count(fields: Fields, width: int) -> int:
    """How many columns there are behind it."""
    return _components(fields, width).shape[1]


def _components(fields: Fields, width: int) -> np.ndarray:
    stored = fields.any("components_")
    # Of float32 scikit-learn computes in float32.
    if not (
        isinstance(stored, StoredValues) and isinstance(stored.values, np.ndarray) and stored.values.dtype == "<f8"
    ):
        raise NotCovered(f"a {fields.name} of another type than float64")
    return fields.numbers("components_", (None, width)).T
