"""From the trees of a model file to flat arrays, checked so that every walk stays inside and ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from inference_server.evaluate.trees import NODE, TREE
from inference_server.model_error import ModelError

# 1.2 GB of nodes; the file of such a forest is twice as large.
MAX_NODES = 50_000_000
MAX_VALUES = 200_000_000
# scikit-learn's trees are unbounded by default, but balanced enough: a million rows give about 60 levels.
MAX_LEVELS = 10_000


@dataclass(frozen=True)
class StoredTree:
    """One tree as its file holds it: indexes of children within the tree, a leaf has ``feature`` -1.

    ``sets`` (uint32): of the nodes that split categories; their thresholds say where in it each begins.
    """

    nodes: np.ndarray
    values: np.ndarray
    covers: np.ndarray | None = None
    sets: np.ndarray | None = None


def flatten(trees: Sequence[StoredTree], columns: Sequence[int], feature_count: int) -> dict[str, Any]:
    """Return ``nodes``, ``trees``, ``values``, ``covers``, ``sets`` for ``Trees``; tree i adds from ``columns[i]`` on.

    Raises ``ModelError`` where a child does not stand behind its only parent, a feature or a number is out of
    range, or the trees are larger than is served.
    """
    require(len(trees) >= 1)
    sizes = np.array([len(tree.nodes) for tree in trees])
    widths = np.array([tree.values.shape[1] for tree in trees])
    if int(sizes.sum()) > MAX_NODES or int((sizes * widths).sum()) > MAX_VALUES:
        raise ModelError(f"The model has more than {MAX_NODES} nodes or {MAX_VALUES} values, the most that is served.")
    nodes = np.concatenate([tree.nodes for tree in trees])
    begin = np.repeat(np.cumsum(sizes) - sizes, sizes)
    end = begin + np.repeat(sizes, sizes)
    inner = nodes["feature"] >= 0
    index = np.flatnonzero(inner)
    require(bool((nodes["feature"][index] < feature_count).all()))
    children = []
    for side in ("left", "right"):
        child = nodes[side][index].astype(np.int64) + begin[index]
        require(bool(((child > index) & (child < end[index])).all()))
        nodes[side][index] = child
        children.append(child)
    _check_shape(nodes, index, np.concatenate(children), roots=np.cumsum(sizes) - sizes)
    require(all(bool(np.isfinite(tree.values).all()) for tree in trees))
    # Only leaves are added up; of forests inner nodes have values in the file, too.
    values = np.concatenate([tree.values[tree.nodes["feature"] < 0].ravel() for tree in trees])
    leaf = np.flatnonzero(~inner)
    taken = np.repeat(widths, sizes)[leaf]
    nodes["left"][leaf] = np.cumsum(taken) - taken
    flat = np.zeros(len(trees), TREE)
    flat["root"], flat["column"], flat["width"] = np.cumsum(sizes) - sizes, columns, widths
    covers = [tree.covers for tree in trees if tree.covers is not None]
    return {
        "nodes": nodes,
        "trees": flat,
        "values": values,
        "covers": np.concatenate(covers) if len(covers) == len(trees) else None,
        "sets": _place_sets(trees, nodes),
    }


def single_leaf(value: float = 0.0) -> StoredTree:
    """Return a tree that adds the same to each row: boosting that stopped before its first tree has none."""
    nodes = np.zeros(1, NODE)
    nodes["feature"] = -1
    return StoredTree(nodes, np.full((1, 1), value), np.ones(1))


def _place_sets(trees: Sequence[StoredTree], nodes: np.ndarray) -> np.ndarray | None:
    """Join the sets of categories, and make the thresholds of their nodes point into what comes out."""
    category = np.flatnonzero((nodes["category"] != 0) & (nodes["feature"] >= 0))
    if not len(category):
        return None
    sets = [np.zeros(0, np.uint32) if tree.sets is None else tree.sets for tree in trees]
    sizes = np.array(list(map(len, sets)))
    first = np.cumsum(sizes) - sizes
    tree = np.repeat(np.arange(len(trees)), [len(one.nodes) for one in trees])[category]
    within = nodes["threshold"][category]
    require(bool(((within >= 0) & (within < sizes[tree]) & (within == np.floor(within))).all()))
    at = within.astype(np.int64) + first[tree]
    joined = np.concatenate(sets)
    require(bool((at + 1 + (joined[at].astype(np.int64) + 31) // 32 <= first[tree] + sizes[tree]).all()))
    nodes["threshold"][category] = at
    return joined


def _check_shape(nodes: np.ndarray, inner: np.ndarray, children: np.ndarray, roots: np.ndarray) -> None:
    # One parent each, except the roots: then the levels below are no larger than the trees.
    parents = np.bincount(children, minlength=len(nodes))
    parents[roots] += 1
    require(bool((parents == 1).all()))
    level = roots
    for _ in range(MAX_LEVELS):
        level = level[nodes["feature"][level] >= 0]
        if not len(level):
            return
        level = np.concatenate([nodes["left"][level], nodes["right"][level]])
    raise ModelError(f"The model has a tree of more than {MAX_LEVELS} levels, the most that is served.")


def put_in_order(left: np.ndarray, right: np.ndarray, inner: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Number the nodes that can be reached from node 0 so that children stand behind their parents.

    Returns the old number of each, and its children's new ones, 0 for leaves. Raises ``ModelError`` for cycles,
    shared nodes and children that are not there. XGBoost leaves pruned nodes in its files, for one.
    """
    count = len(inner)
    require(1 <= count <= MAX_NODES)
    for side in (left, right):
        require(bool(((side[inner] > 0) & (side[inner] < count)).all()))
    levels = [np.zeros(1, np.int64)]
    reached = 1
    while len(parents := levels[-1][inner[levels[-1]]]):
        require(len(levels) <= MAX_LEVELS and reached + 2 * len(parents) <= count)
        levels.append(np.stack([left[parents], right[parents]], axis=1).ravel().astype(np.int64))
        reached += len(levels[-1])
    old = np.concatenate(levels)
    new = np.full(count, -1)
    new[old] = np.arange(len(old))
    require(bool((new[old] == np.arange(len(old))).all()))
    return old, *(np.where(inner[old], new[np.where(inner[old], side[old], 0)], 0) for side in (left, right))


def require(condition: bool) -> None:
    """Raise ``ModelError`` unless the trees are sound."""
    if not condition:
        raise ModelError("The model file holds a tree whose nodes do not fit together: it is damaged or crafted.")
