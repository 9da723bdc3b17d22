"""The trees of scikit-learn, as their files hold them."""

from __future__ import annotations

from typing import Any

import numpy as np

from inference_server.evaluate.fields import Fields, as_numbers
from inference_server.evaluate.flatten_trees import MAX_NODES, StoredTree, require
from inference_server.evaluate.trees import NODE
from inference_server.not_covered import NotCovered
from inference_server.stand_ins import Instance, StoredValues


def read_decision_tree(estimator: Any, feature_count: int, width: int) -> StoredTree:
    """Read a fitted DecisionTree or ExtraTree; ``width`` numbers per leaf (classes, or 1)."""
    fields = Fields(estimator)
    tree = fields.any("tree_")
    if not isinstance(tree, Instance) or (tree.module, tree.name) != ("sklearn.tree._tree", "Tree"):
        raise NotCovered(f"a {fields.name} without a tree")
    state = Fields(tree)
    arguments = tree.arguments
    require(len(arguments) == 3 and arguments[0] == feature_count)
    if arguments[2] != 1:
        raise NotCovered("trees of several outputs")
    stored = _structured(state.any("nodes"), ("left_child", "right_child", "feature", "threshold"))
    values = as_numbers(state.any("values"), "tree", (len(stored), 1, width))
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
    return StoredTree(nodes, values.reshape(len(stored), width), _numbers(stored, "weighted_n_node_samples"))


def read_predictor(predictor: Any) -> StoredTree:
    """Read one tree of histogram gradient boosting."""
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
    stored = _structured(Fields(predictor).any("nodes"), names)
    leaf = stored["is_leaf"] != 0
    if stored["is_categorical"][~leaf].any():
        raise NotCovered("histogram boosting of categories")
    nodes = np.zeros(len(stored), NODE)
    nodes["threshold"] = np.where(leaf, 0.0, stored["num_threshold"])
    nodes["feature"] = _narrow(stored["feature_idx"], leaf)
    nodes["left"] = _narrow(stored["left"], leaf)
    nodes["right"] = _narrow(stored["right"], leaf)
    nodes["missing_left"] = stored["missing_go_to_left"] != 0
    _check_thresholds(nodes["threshold"])
    values = np.array(stored["value"], dtype=np.float64).reshape(-1, 1)
    return StoredTree(nodes, values, _numbers(stored, "count"))


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
    return np.where(leaf, -1, column).astype(np.int32)
