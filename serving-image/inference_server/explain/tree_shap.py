"""SHAP values of an ensemble of trees, in C or, without a compiler, in numpy: tree_shap.c says how."""

from __future__ import annotations

import ctypes
import functools
from pathlib import Path
from typing import Any

import numpy as np

from inference_server.evaluate.build import load_library
from inference_server.evaluate.trees import Trees
from inference_server.explain.lay_out import Layout, lay_out

SOURCE = Path(__file__).with_name("tree_shap.c")

# Doubles that numpy holds at once for each of a handful of tables: 32 MB.
_DOUBLES_AT_ONCE = 4_000_000


class TreeShap:
    """Explains rows x features of float64, which ``trees`` must have answered before: it refuses values.

    ``base`` holds a number per column, what the trees answer on average; ``steps`` is the cost of a row.
    Raises ``NotExplained`` for trees without numbers of training rows.
    """

    def __init__(self, trees: Trees) -> None:
        self._trees = trees
        self._layout = lay_out(trees)
        self.base = self._layout.base
        self.steps = self._layout.steps

    def __call__(self, table: np.ndarray) -> np.ndarray:
        """Return rows x features x columns: by how much each feature moves each column away from ``base``."""
        if self._compiled is None:
            return self.explain_with_numpy(table)
        explain, ensemble = self._compiled
        features, columns = self._trees.feature_count, len(self.base)
        if table.ndim != 2 or table.shape[1] != features or table.dtype != np.float64:
            raise ValueError(f"rows of {features} float64 are needed")
        out = np.empty((len(table), features, columns))
        if explain(ensemble, table.tobytes(), len(table), out.ctypes.data):
            raise MemoryError
        return out

    @functools.cached_property
    def _compiled(self) -> tuple[Any, Any] | None:
        library = _library()
        if library is None:
            return None
        layout, trees = self._layout, self._trees
        arrays = (layout.nodes, layout.trees, trees.values, layout.points, layout.weights)
        ensemble = _Ensemble(
            *(array.ctypes.data for array in arrays),
            len(layout.trees),
            trees.feature_count,
            len(self.base),
            len(layout.points),
            int(layout.nodes["level"].max()) + 1,
            int(layout.trees["width"].max()),
            trees.divisor,
            trees.single_precision,
        )
        # The addresses stay good: this object holds the layout and the trees.
        return library.explain, ctypes.byref(ensemble)

    def explain_with_numpy(self, table: np.ndarray) -> np.ndarray:
        """Do the same without compiled code; sums are taken in another order."""
        if self._trees.single_precision:
            table = table.astype(np.float32).astype(np.float64)
        out = np.zeros((len(table), self._trees.feature_count, len(self.base)))
        for tree in self._layout.trees:
            nodes = slice(tree["first"], tree["first"] + tree["count"])
            size = int(tree["count"]) * len(self._layout.points) * int(tree["width"])
            step = max(1, _DOUBLES_AT_ONCE // size)
            for begin in range(0, len(table), step):
                rows = slice(begin, begin + step)
                columns = slice(tree["column"], tree["column"] + tree["width"])
                moved = _explain_tree(self._layout, nodes, self._trees.values, int(tree["width"]), table[rows])
                out[rows, :, columns] += moved
        return out / self._trees.divisor


def _explain_tree(layout: Layout, chosen: slice, all_values: np.ndarray, width: int, table: np.ndarray) -> np.ndarray:
    """Return rows x features x ``width``; the tables in here are nodes x rows (x points (x width))."""
    nodes, parent = layout.nodes[chosen], np.maximum(layout.parent[chosen] - chosen.start, -1)
    before = np.where(layout.before[chosen] < 0, -1, layout.before[chosen] - chosen.start)
    t, rest = layout.points, 1.0 - layout.points
    value = table.T[np.maximum(nodes["feature"], 0)]
    goes_left = np.where(np.isnan(value), nodes["missing_left"][:, None] != 0, value <= nodes["threshold"][:, None])
    takes = goes_left[parent] == (nodes["is_left"][:, None] != 0)
    levels = [np.flatnonzero(nodes["level"] == level) for level in range(int(nodes["level"].max()) + 1)]
    followed, follows = np.ones(takes.shape, bool), np.ones(takes.shape, bool)
    products = np.ones((*takes.shape, len(t)))
    old = t + np.where(before < 0, 1.0, nodes["share"][before])[:, None] * rest
    alone = nodes["share"][:, None] * rest
    for at in levels[1:]:
        followed[at] = (before[at] < 0)[:, None] | follows[before[at]]
        follows[at] = followed[at] & takes[at]
        factor = (alone[at][:, None] + follows[at][..., None] * t) / old[at][:, None]
        factor = np.where(followed[at][..., None], factor, nodes["ratio"][at][:, None, None])
        products[at] = products[parent[at]] * factor
    sums = np.zeros((*products.shape, width))
    leaf = np.flatnonzero(nodes["feature"] < 0)
    values = all_values[nodes["values"][leaf][:, None] + np.arange(width)]
    sums[leaf] = products[leaf][..., None] * values[:, None, None]
    for at in reversed(levels[1:]):
        for side in (0, 1):
            child = at[nodes["is_left"][at] == side]
            sums[parent[child]] += sums[child]
    share = nodes["share"][:, None]
    change = np.where(follows[..., None], ((1.0 - share) / (t + share * rest))[:, None], -1.0 / rest)
    earlier = np.where(before < 0, 1.0, nodes["share"][before])[:, None]
    change -= ((1.0 - earlier) / (t + earlier * rest))[:, None]
    change *= layout.weights * followed[..., None]
    moved = np.einsum("nrq,nrqw->nrw", change[1:], sums[1:])
    out = np.zeros((table.shape[1], len(table), width))
    np.add.at(out, nodes["led_by"][1:], moved)
    return out.transpose(1, 0, 2)


class _Ensemble(ctypes.Structure):
    _fields_ = [
        *((name, ctypes.c_void_p) for name in ("nodes", "trees", "values", "points", "weights")),
        *(
            (name, ctypes.c_int64)
            for name in ("trees_count", "features_count", "columns_count", "points_count", "levels_count", "widest")
        ),
        ("divisor", ctypes.c_double),
        ("single_precision", ctypes.c_int32),
    ]


@functools.cache
def _library() -> ctypes.CDLL | None:
    library = load_library(SOURCE)
    if library is not None:
        library.explain.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_void_p]
        library.explain.restype = ctypes.c_int
    return library
