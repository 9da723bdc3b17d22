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
        explain, ensemble, layout = self._compiled
        features, columns = self._trees.feature_count, len(self.base)
        if table.ndim != 2 or table.shape[1] != features or table.dtype != np.float64:
            raise ValueError(f"rows of {features} float64 are needed")
        out = np.empty((len(table), features, columns))
        if explain(ensemble, layout, table.tobytes(), len(table), out.ctypes.data):
            raise MemoryError
        return out

    @property
    def is_compiled(self) -> bool:
        """Whether rows are explained by C."""
        return self._compiled is not None

    @functools.cached_property
    def _compiled(self) -> tuple[Any, Any, Any] | None:
        library = _library()
        if library is None:
            return None
        layout = self._layout
        arrays = (layout.places, layout.counts, layout.points, layout.weights)
        placed = _Layout(
            *(array.ctypes.data for array in arrays),
            len(layout.points),
            int(layout.places["level"].max()) + 1,
            int(self._trees.trees["width"].max()),
        )
        # The addresses stay good: this object holds the layout and the trees.
        return library.explain, ctypes.byref(self._trees.as_structure()), ctypes.byref(placed)

    def explain_with_numpy(self, table: np.ndarray) -> np.ndarray:
        """Do the same without compiled code; sums are taken in another order."""
        trees, layout = self._trees, self._layout
        table = trees.read_table(table)
        out = np.zeros((len(table), trees.feature_count, len(self.base)))
        ends = np.cumsum(layout.counts)
        for tree, begin, end in zip(trees.trees, ends - layout.counts, ends, strict=True):
            width = int(tree["width"])
            columns = slice(tree["column"], tree["column"] + width)
            step = max(1, _DOUBLES_AT_ONCE // (int(end - begin) * len(layout.points) * width))
            for first in range(0, len(table), step):
                rows = slice(first, first + step)
                out[rows, :, columns] += _explain_tree(layout, slice(begin, end), trees, width, table[rows])
        return out / trees.divisor


def _explain_tree(layout: Layout, chosen: slice, trees: Trees, width: int, table: np.ndarray) -> np.ndarray:
    """Return rows x features x ``width``; the tables in here are places x rows (x points (x width))."""
    places = layout.places[chosen]
    nodes = trees.nodes[places["node"]]
    parent = layout.parent[chosen] - chosen.start
    before = np.where(layout.before[chosen] < 0, -1, layout.before[chosen] - chosen.start)
    t, rest = layout.points, 1.0 - layout.points
    value = table.T[np.maximum(nodes["feature"], 0)]
    goes_left = trees.goes_left(np.broadcast_to(nodes[:, None], value.shape), value)
    takes = goes_left[np.maximum(parent, 0)] == (places["is_left"][:, None] != 0)
    levels = [np.flatnonzero(places["level"] == level) for level in range(int(places["level"].max()) + 1)]
    followed, follows = np.ones(takes.shape, bool), np.ones(takes.shape, bool)
    products = np.ones((*takes.shape, len(t)))
    old = t + np.where(before < 0, 1.0, places["share"][before])[:, None] * rest
    alone = places["share"][:, None] * rest
    for at in levels[1:]:
        followed[at] = (before[at] < 0)[:, None] | follows[before[at]]
        follows[at] = followed[at] & takes[at]
        factor = (alone[at][:, None] + follows[at][..., None] * t) / old[at][:, None]
        factor = np.where(followed[at][..., None], factor, places["ratio"][at][:, None, None])
        products[at] = products[parent[at]] * factor
    sums = np.zeros((*products.shape, width))
    leaf = np.flatnonzero(nodes["feature"] < 0)
    values = trees.values[nodes["left"][leaf][:, None] + np.arange(width)]
    sums[leaf] = products[leaf][..., None] * values[:, None, None]
    for at in reversed(levels[1:]):
        for side in (0, 1):
            child = at[places["is_left"][at] == side]
            sums[parent[child]] += sums[child]
    share = places["share"][:, None]
    change = np.where(follows[..., None], ((1.0 - share) / (t + share * rest))[:, None], -1.0 / rest)
    earlier = np.where(before < 0, 1.0, places["share"][before])[:, None]
    change -= ((1.0 - earlier) / (t + earlier * rest))[:, None]
    change *= layout.weights * followed[..., None]
    moved = np.einsum("nrq,nrqw->nrw", change[1:], sums[1:])
    out = np.zeros((table.shape[1], len(table), width))
    np.add.at(out, places["led_by"][1:], moved)
    return out.transpose(1, 0, 2)


class _Layout(ctypes.Structure):
    _fields_ = [
        *((name, ctypes.c_void_p) for name in ("places", "counts", "points", "weights")),
        *((name, ctypes.c_int64) for name in ("points_count", "levels_count", "widest")),
    ]


@functools.cache
def _library() -> ctypes.CDLL | None:
    library = load_library(SOURCE)
    if library is not None:
        library.explain.argtypes = [*[ctypes.c_void_p] * 3, ctypes.c_int64, ctypes.c_void_p]
        library.explain.restype = ctypes.c_int
    return library
