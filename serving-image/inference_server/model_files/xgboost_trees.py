"""One tree of XGBoost: nodes, sets of categories, and leaves of one number or of several."""

from __future__ import annotations

from typing import Any

import numpy as np

from inference_server.evaluate.flatten_trees import StoredTree, put_in_order, require
from inference_server.evaluate.trees import CATEGORY, NODE

# As XGBoost: a category is a float32 that holds every integer up to here.
_MOST_CATEGORIES = 2**24
_MOST_SET_WORDS = 50_000_000

_single = np.float32


def read_tree(tree: dict[str, Any], weight: np.float32, groups: int) -> StoredTree:
    """Return a tree, its leaves times ``weight``; ``groups``: how many numbers a leaf has that has several.

    Raises ``ModelError`` where its arrays do not fit together.
    """
    left, right, feature = (as_integers(tree[key]) for key in ("left_children", "right_children", "split_indices"))
    conditions, default_left = as_singles(tree["split_conditions"]), as_integers(tree["default_left"])
    count = len(left)
    kinds = as_integers(tree["split_type"]) if "split_type" in tree else np.zeros(count, np.int64)
    require(all(len(column) == count for column in (right, feature, conditions, default_left, kinds)))
    old, left, right = put_in_order(left, right, inner=left != -1)
    inner = left > 0
    require(bool(((feature[old][inner] >= 0) & (feature[old][inner] < 2**31)).all()))
    nodes = np.zeros(len(old), NODE)
    nodes["left"], nodes["right"] = left, right
    nodes["feature"] = np.where(inner, feature[old], -1)
    nodes["missing_left"] = default_left[old] != 0
    # x < t is x <= the float32 before t.
    thresholds = np.nextafter(conditions[old], _single(-np.inf)).astype(np.float64)
    category = inner & (kinds[old] == 1)
    require(bool(np.isfinite(thresholds[inner & ~category]).all()))
    nodes["threshold"] = np.where(inner, thresholds, 0.0)
    # In float32, as XGBoost multiplies: before it adds.
    values = np.where(inner, 0.0, (conditions[old] * weight).astype(np.float64)).reshape(-1, 1)
    covers = _covers(tree, old)
    if int(tree.get("tree_param", {}).get("size_leaf_vector", "1")) > 1:
        # Rows count for several outputs in one, there: explanations would be of nothing.
        values, covers = _read_leaves(tree, old, ~inner, weight, groups), None
    if not category.any():
        return StoredTree(nodes, values, covers)
    begins, sets = _read_sets(tree)
    nodes["category"] = np.where(category, CATEGORY, 0)
    nodes["threshold"][category] = [begins[node] for node in old[category].tolist()]
    return StoredTree(nodes, values, covers, sets)


def _read_leaves(
    tree: dict[str, Any], old: np.ndarray, leaf: np.ndarray, weight: np.float32, groups: int
) -> np.ndarray:
    """Return a number for each group (``multi_strategy=multi_output_tree``).

    Since XGBoost 3.2 a leaf's right child says which of ``leaf_weights`` are its own; before, all nodes have numbers in
    ``base_weights`` (src/tree/multi_target_tree_model.cc).
    """
    require(int(tree["tree_param"]["size_leaf_vector"]) == groups)
    given = as_singles(tree["leaf_weights"] if "leaf_weights" in tree else tree["base_weights"])
    require(len(given) % groups == 0)
    table = given.reshape(-1, groups)
    places = as_integers(tree["right_children"])[old[leaf]] if "leaf_weights" in tree else old[leaf]
    require(bool(((places >= 0) & (places < len(table))).all()))
    values = np.zeros((len(old), groups))
    values[leaf] = (table[places] * weight).astype(np.float64)
    return values


def _covers(tree: dict[str, Any], old: np.ndarray) -> np.ndarray | None:
    return as_singles(tree["sum_hessian"])[old].astype(np.float64) if "sum_hessian" in tree else None


def _read_sets(tree: dict[str, Any]) -> tuple[dict[int, int], np.ndarray]:
    """Return where the set of each node begins, and the sets: the categories that go right."""
    categories = as_integers(tree["categories"])
    segments = [
        as_integers(tree[key]).tolist() for key in ("categories_nodes", "categories_segments", "categories_sizes")
    ]
    begins: dict[int, int] = {}
    sets: list[np.ndarray] = []
    words = 0
    for node, begin, size in zip(*segments, strict=True):
        require(begin >= 0 and 0 < size <= len(categories) - begin)
        chosen = categories[begin : begin + size]
        require(int(chosen.min()) >= 0 and int(chosen.max()) < _MOST_CATEGORIES)
        count = int(chosen.max()) + 1
        bits = np.zeros(1 + (count + 31) // 32, np.uint32)
        bits[0] = count
        np.bitwise_or.at(bits, 1 + chosen // 32, np.uint32(1) << (chosen % 32).astype(np.uint32))
        begins[node] = words
        sets.append(bits)
        words += len(bits)
        require(words <= _MOST_SET_WORDS)
    return begins, np.concatenate(sets)


def as_integers(values: Any) -> np.ndarray:
    """Return a list of whole numbers; raise ``ModelError`` for anything else."""
    column = np.asarray(values)
    require(column.ndim == 1 and (column.dtype.kind in "biu" or not len(column)))
    return column.astype(np.int64)


def as_singles(values: Any) -> np.ndarray:
    """Return a list of numbers as float32; raise ``ModelError`` for anything else."""
    column = np.asarray(values)
    require(column.ndim == 1 and column.dtype.kind in "biuf")
    with np.errstate(over="ignore"):
        return column.astype(_single)
