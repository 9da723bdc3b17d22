"""Rows on which an evaluation goes wrong if it can: on every threshold, one step beside it, rounded, extreme.

Uniform random rows find nothing: only a value within half a float32 step of a threshold tells rounding
errors apart.
"""

from __future__ import annotations

import numpy as np

from inference_server.evaluate.evaluator import Evaluator
from inference_server.evaluate.trees import NEAR_ZERO, Trees

_LARGEST = float(np.finfo(np.float32).max)
_EXTREMES = np.array([0.0, -0.0, 1e-45, -1e-45, 1e30, -1e30, _LARGEST, -_LARGEST])
_MOST_THRESHOLDS = 400
# Of a wide model fewer values of each feature: rows x features grow with the square of its width.
_MOST_ROWS = 60_000


def adversarial_rows(evaluator: Evaluator, typical: np.ndarray, seed: int = 0) -> np.ndarray:
    """Return rows x features of float64 around the model's thresholds and the typical rows.

    ``typical``: at least one row as in training. Where the model takes NaN, some rows hold it.
    """
    random = np.random.default_rng(seed)
    width = evaluator.n_features_in_
    trees = evaluator.sums if isinstance(evaluator.sums, Trees) and not evaluator.steps else None
    # The minima keep a constant column: a row on it alone may not reach a threshold elsewhere.
    candidates = [_candidates(trees, feature, typical[:, feature], random) for feature in range(width)]
    rows = []
    most = max(8, _MOST_ROWS // width)
    for feature, every in enumerate(candidates):
        values = every if len(every) <= most else random.permutation(every)[:most]
        table = np.stack([random.choice(other, len(values)) for other in candidates], axis=1)
        table[::2] = typical[random.integers(len(typical), size=len(table[::2]))]
        table[:, feature] = values
        rows.append(table)
    rows.append(typical)
    table = np.concatenate(rows)
    if trees is not None:
        extreme = table[: 20 * width].copy()
        extreme[np.arange(len(extreme)), np.arange(len(extreme)) % width] = np.resize(_EXTREMES, len(extreme))
        table = np.concatenate([table, extreme])
        if trees.missing_allowed:
            holes = table[random.integers(len(table), size=500)]
            holes[random.random(holes.shape) < 0.3] = np.nan
            table = np.concatenate([table, holes])
    return table


# On both sides of what LightGBM takes for zero.
_NEAR_ZERO = np.array([sign * np.nextafter(NEAR_ZERO, side) for sign in (-1, 1) for side in (0, NEAR_ZERO, 1)])


def _candidates(trees: Trees | None, feature: int, typical: np.ndarray, random: np.random.Generator) -> np.ndarray:
    values = np.unique(typical[~np.isnan(typical)])
    if not len(values):
        values = np.zeros(1)
    if trees is not None:
        nodes = trees.nodes
        nodes = nodes[nodes["feature"] == feature]
        if nodes["category"].any():
            return _category_candidates(trees, nodes)
        thresholds = np.unique(nodes["threshold"])
        thresholds = thresholds[np.isfinite(thresholds)]
        values = np.concatenate([values, random.permutation(thresholds)[:_MOST_THRESHOLDS]])
    values = random.permutation(values)[: 2 * _MOST_THRESHOLDS]
    single = values.astype(np.float32)
    with np.errstate(over="ignore"):
        beside = [np.nextafter(single, np.float32(side)) for side in (-np.inf, np.inf)]
    found = [values, single, *beside, *(np.nextafter(values, side) for side in (-np.inf, np.inf))]
    found += [np.round(values, digits) for digits in (0, 1, 2)]
    if trees is not None and trees.zeros is not None:
        found.append(_NEAR_ZERO)
    every = np.concatenate([one.astype(np.float64) for one in found])
    return every[np.abs(every) <= _LARGEST]


def _category_candidates(trees: Trees, nodes: np.ndarray) -> np.ndarray:
    """Every category that any node knows, some beyond, and what lies between and below them."""
    begin = nodes["threshold"][nodes["category"] != 0].astype(int)
    known = np.arange(min(int(trees.sets[begin].max()), _MOST_THRESHOLDS))
    beyond = np.array([-2.0, -1.0, -0.5, known[-1] + 1.0, known[-1] + 33.0, 255.0])
    return np.concatenate([known, known + 0.5, np.nextafter(known, -1.0), np.nextafter(known, 1000.0), beyond])
