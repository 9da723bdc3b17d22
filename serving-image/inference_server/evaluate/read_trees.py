"""The trees of scikit-learn, as their files hold them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from inference_server.evaluate.fields import Fields, as_numbers
from inference_server.evaluate.flatten_trees import MAX_NODES, StoredTree, require
from inference_server.evaluate.trees import CATEGORY, MEMBERS_LEFT, NODE
from inference_server.not_covered import NotCovered
from inference_server.pickles.unresolved_values import Instance, StoredValues

# With missing values in the training data, each of their splits differs from the rule with a chance of about a half.
_FEWEST_SPLITS = 20


def read_decision_tree(
    estimator: Any, feature_count: int, widths: Sequence[int] = (1,), holds_counts: bool = False
) -> StoredTree:
    """Read a fitted DecisionTree or ExtraTree.

    ``widths``: how many numbers a leaf has for each output, its classes, or 1. ``holds_counts``: they are counts, of
    which shares are made.
    """
    fields = Fields(estimator)
    tree = fields.any("tree_")
    if not isinstance(tree, Instance) or (tree.module, tree.name) != ("sklearn.tree._tree", "Tree"):
        raise NotCovered(f"a {fields.name} without a tree")
    state = Fields(tree)
    arguments = tree.arguments
    require(len(arguments) == 3 and arguments[0] == feature_count and arguments[2] == len(widths))
    stored = _structured(state.any("nodes"), ("left_child", "right_child", "feature", "threshold"))
    values = as_numbers(state.any("values"), "tree", (len(stored), len(widths), max(widths)))
    leaf = stored["left_child"] == -1
    require(state.any("node_count") == len(stored))
    nodes = np.zeros(len(stored), NODE)
    nodes["threshold"] = stored["threshold"]
    nodes["feature"] = _narrow(stored["feature"], leaf)
    nodes["left"] = _narrow(stored["left_child"], leaf)
    nodes["right"] = _narrow(stored["right_child"], leaf)
    if "missing_go_to_left" in stored.dtype.names:
        nodes["missing_left"] = stored["missing_go_to_left"] != 0
    _check_thresholds(nodes["threshold"])
    if holds_counts:
        _make_shares(values, widths)
    # Of an output of fewer classes than another the last numbers stand for none.
    used = np.concatenate([values[:, output, :width] for output, width in enumerate(widths)], axis=1)
    return StoredTree(nodes, used, _numbers(stored, "weighted_n_node_samples"))


def _make_shares(values: np.ndarray, widths: Sequence[int]) -> None:
    for output, width in enumerate(widths):
        counts = values[:, output, :width]
        total = counts.sum(axis=1)[:, np.newaxis]
        total[total == 0.0] = 1.0
        counts /= total


def sample_counts(estimator: Any) -> np.ndarray:
    """Return how many rows of training reached each node of a DecisionTree or ExtraTree."""
    stored = _structured(Fields(Fields(estimator).any("tree_")).any("nodes"), ("n_node_samples",))
    return np.array(stored["n_node_samples"], dtype=np.int64)


def were_trained_without_gaps(estimators: list[Any]) -> bool:
    """Tell whether no split of these DecisionTrees or ExtraTrees has learned where missing values go.

    Without any, scikit-learn sends them where most samples went
    (https://github.com/scikit-learn/scikit-learn/blob/main/sklearn/tree/_splitter.pyx). A few splits do not tell.
    """
    splits = 0
    for estimator in estimators:
        stored = _structured(Fields(Fields(estimator).any("tree_")).any("nodes"), ("left_child", "right_child"))
        if not {"missing_go_to_left", "n_node_samples"} <= set(stored.dtype.names):
            return True  # Before scikit-learn 1.3 nothing of the kind was learned.
        inner = stored[stored["left_child"] != -1]
        left, right = (stored["n_node_samples"][inner[side]] for side in ("left_child", "right_child"))
        if not np.isfinite(inner["threshold"]).all() or ((inner["missing_go_to_left"] != 0) != (left > right)).any():
            return False
        splits += len(inner)
    return splits >= _FEWEST_SPLITS


def read_predictor(predictor: Any, known: dict[int, np.ndarray]) -> StoredTree:
    """Read one tree of histogram gradient boosting; ``known``: the 256 bits of each column of categories."""
    names = (
        "value",
        "feature_idx",
        "num_threshold",
        "missing_go_to_left",
        "left",
        "right",
        "is_leaf",
        "is_categorical",
    )
    fields = Fields(predictor)
    stored = _structured(fields.any("nodes"), names)
    leaf = stored["is_leaf"] != 0
    nodes = np.zeros(len(stored), NODE)
    nodes["threshold"] = np.where(leaf, 0.0, stored["num_threshold"])
    nodes["feature"] = _narrow(stored["feature_idx"], leaf)
    nodes["left"] = _narrow(stored["left"], leaf)
    nodes["right"] = _narrow(stored["right"], leaf)
    nodes["missing_left"] = stored["missing_go_to_left"] != 0
    category = np.flatnonzero((stored["is_categorical"] != 0) & ~leaf)
    sets = _read_sets(fields, stored, nodes, category, known) if len(category) else None
    _check_thresholds(nodes["threshold"])
    values = np.array(stored["value"], dtype=np.float64).reshape(-1, 1)
    return StoredTree(nodes, values, _numbers(stored, "count"), sets)


def _read_sets(
    fields: Fields, stored: np.ndarray, nodes: np.ndarray, category: np.ndarray, known: dict[int, np.ndarray]
) -> np.ndarray:
    """Return the sets of the nodes that split categories, and set these nodes up.

    Known categories go left if they are in the node's set, else right; all other values go where NaN goes. So one
    set says all: of those that go left, or, where NaN goes left, of those that go right.
    """
    left = fields.any("raw_left_cat_bitsets")
    left = left.values if isinstance(left, StoredValues) else None
    require(isinstance(left, np.ndarray) and left.ndim == 2 and left.shape[1] == 8 and left.dtype == np.uint32)
    chosen = stored["bitset_idx"][category].astype(np.int64)
    columns = nodes["feature"][category].tolist()
    require(bool((chosen < len(left)).all()) and set(columns) <= set(known))
    missing_left = nodes["missing_left"][category] != 0
    bits = left[chosen]
    rest = np.stack([known[column] for column in columns]) & ~bits
    sets = np.concatenate(
        [np.full((len(bits), 1), 256, np.uint32), np.where(missing_left[:, None], rest, bits)], axis=1
    )
    nodes["category"][category] = np.where(missing_left, CATEGORY, CATEGORY | MEMBERS_LEFT)
    nodes["threshold"][category] = np.arange(len(category)) * sets.shape[1]
    return sets.ravel()


def read_known_categories(bin_mapper: Any, width: int) -> dict[int, np.ndarray]:
    """Return the 256 bits of each column of categories that training has seen."""
    fields = Fields(bin_mapper)
    flags, values = fields.numbers("is_categorical_", (width,)), fields.items("bin_thresholds_")
    require(len(values) == width)
    known = {}
    for column in np.flatnonzero(flags).tolist():
        seen = as_numbers(values[column], "categories", (None,))
        require(bool(((seen >= 0) & (seen < 256)).all()))
        known[column] = np.zeros(8, np.uint32)
        np.bitwise_or.at(known[column], seen.astype(int) // 32, np.uint32(1) << (seen.astype(np.uint32) % 32))
    return known


def _numbers(stored: np.ndarray, name: str) -> np.ndarray | None:
    return stored[name].astype(np.float64) if name in (stored.dtype.names or ()) else None


def _structured(value: Any, names: tuple[str, ...]) -> np.ndarray:
    nodes = value.values if isinstance(value, StoredValues) else None
    if not isinstance(nodes, np.ndarray) or nodes.ndim != 1 or not set(names) <= set(nodes.dtype.names or ()):
        raise NotCovered("a tree in a form of its own")
    require(1 <= len(nodes) <= MAX_NODES)
    return nodes


def _check_thresholds(thresholds: np.ndarray) -> None:
    # A split between present and missing values has the threshold +inf, in trees since scikit-learn 1.3.
    require(not np.isnan(thresholds).any() and not np.isneginf(thresholds).any())


def _narrow(column: np.ndarray, leaf: np.ndarray) -> np.ndarray:
    # int64 and uint32 in the files, int32 here: a value that wraps around must not become a good one.
    inner = column[~leaf]
    require(not len(inner) or (int(inner.min()) >= 0 and int(inner.max()) < 2**31))
    # numpy 2.5 raises OverflowError for -1 beside a column of uint32.
    return np.where(leaf, -1, column.astype(np.int64)).astype(np.int32)
