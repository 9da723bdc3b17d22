"""Lays trees out for tree_shap.c: in preorder, each node with what the path to it already settles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inference_server.evaluate.trees import Trees
from inference_server.explain.not_explained import NotExplained

# As in tree_shap.c.
PLACE = np.dtype(
    [("share", "f8"), ("ratio", "f8")]
    + [(name, "i4") for name in ("node", "led_by", "level", "before", "is_left", "unused")]
)

# 5 million nodes take 0.3 GB here, and 40 ms a row.
MAX_NODES = 5_000_000
_MAX_WORK_BYTES = 64 * 1024**2


@dataclass(frozen=True)
class Layout:
    """``places`` and ``counts`` as in tree_shap.c; ``parent`` and ``before`` of each place as indexes, or -1.

    ``base`` is the expected answer: each column's mean over the training rows. ``points`` and ``weights``
    are Gauss's, on 0 to 1; ``steps`` is what explaining one row costs: nodes x points x width.
    """

    places: np.ndarray
    counts: np.ndarray
    parent: np.ndarray
    before: np.ndarray
    points: np.ndarray
    weights: np.ndarray
    base: np.ndarray
    steps: int


def lay_out(trees: Trees) -> Layout:
    """Return the layout, or raise ``NotExplained`` where numbers of training rows are missing or senseless."""
    covers, old = trees.covers, trees.nodes
    if covers is None:
        raise NotExplained("its file does not say how many training rows reached each node")
    if len(old) > MAX_NODES:
        raise NotExplained(f"it has more than {MAX_NODES} nodes")
    if not (np.isfinite(covers).all() and (covers > 0).all()):
        raise NotExplained("its file says of some nodes that no training row reached them")
    levels = _levels(trees, old)
    place = _places_in_preorder(old, levels)
    places = np.zeros(len(old), PLACE)
    parent = np.full(len(old), -1)
    places["node"][place] = np.arange(len(old))
    for number, level in enumerate(levels):
        places["level"][place[level]] = number
    inner = np.flatnonzero(old["feature"] >= 0)
    places["led_by"], places["ratio"] = -1, 1.0
    for side, is_left in (("left", 1), ("right", 0)):
        child = place[old[side][inner]]
        parent[child] = place[inner]
        places["led_by"][child] = old["feature"][inner]
        places["is_left"][child] = is_left
        places["ratio"][child] = np.minimum(covers[old[side][inner]], covers[inner]) / covers[inner]
    before = _find_before(places["led_by"], parent)
    places["before"] = np.where(before >= 0, places["level"][before], -1)
    features, reach = np.zeros(len(old), np.int64), np.ones(len(old))
    places["share"] = 1.0
    for level in levels[1:]:
        at = place[level]
        earlier = before[at] >= 0
        places["share"][at] = places["ratio"][at] * np.where(earlier, places["share"][before[at]], 1.0)
        reach[at] = places["ratio"][at] * reach[parent[at]]
        features[at] = features[parent[at]] + ~earlier
    # n points integrate polynomials of degree 2n - 1; a path of d features is one of degree d - 1.
    count = max(1, (int(features.max()) + 1) // 2)
    widest = int(trees.trees["width"].max())
    if len(levels) * count * (1 + widest) * 8 > _MAX_WORK_BYTES:
        raise NotExplained(f"it has trees of {len(levels)} levels")
    points, weights = np.polynomial.legendre.leggauss(count)
    counts = np.diff(np.append(trees.trees["root"], len(old))).astype(np.int32)
    return Layout(
        places=places,
        counts=counts,
        parent=parent,
        before=before,
        points=(points + 1) / 2,
        weights=weights / 2,
        base=_expect(trees, old, places, counts, reach),
        steps=int((counts.astype(np.int64) * trees.trees["width"]).sum()) * count,
    )


def _levels(trees: Trees, old: np.ndarray) -> list[np.ndarray]:
    """The nodes of each level, over all trees."""
    levels = [trees.trees["root"].astype(np.intp)]
    while True:
        nodes = old[levels[-1]]
        inner = nodes[nodes["feature"] >= 0]
        if not len(inner):
            return levels
        levels.append(np.concatenate([inner["left"], inner["right"]]).astype(np.intp))


def _places_in_preorder(old: np.ndarray, levels: list[np.ndarray]) -> np.ndarray:
    left, right = old["left"], old["right"]
    inner = [level[old["feature"][level] >= 0] for level in levels]
    sizes = np.ones(len(old), np.int64)
    for level in reversed(inner):
        sizes[level] += sizes[left[level]] + sizes[right[level]]
    place = np.zeros(len(old), np.intp)
    place[levels[0]] = levels[0]
    for level in inner:
        place[left[level]] = place[level] + 1
        place[right[level]] = place[level] + 1 + sizes[left[level]]
    return place


def _find_before(led_by: np.ndarray, parent: np.ndarray) -> np.ndarray:
    """Return for each node the last one above it that the same feature led to, or -1."""
    before = np.full(len(parent), -1)
    seeking = np.flatnonzero(parent >= 0)
    above = parent[seeking]
    while len(seeking):
        same = led_by[above] == led_by[seeking]
        before[seeking[same]] = above[same]
        above = parent[above]
        open_ = ~same & (above >= 0)
        seeking, above = seeking[open_], above[open_]
    return before


def _expect(trees: Trees, old: np.ndarray, places: np.ndarray, counts: np.ndarray, reach: np.ndarray) -> np.ndarray:
    base = trees.start.astype(np.float64).copy()
    tree = trees.trees[np.repeat(np.arange(len(counts)), counts)]
    nodes = old[places["node"]]
    for width in np.unique(trees.trees["width"]):
        at = np.flatnonzero((nodes["feature"] < 0) & (tree["width"] == width))
        columns = np.arange(width)
        values = trees.values[nodes["left"][at][:, None] + columns] * reach[at][:, None]
        np.add.at(base, tree["column"][at][:, None] + columns, values)
    return base / trees.divisor
