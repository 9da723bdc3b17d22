"""From the trees of a model file to flat arrays, checked so that every walk stays inside and ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from inference_server.evaluate.fields import Fields, as_numbers
from inference_server.evaluate.trees import NODE, TREE
from inference_server.model_error import ModelError
from inference_server.not_covered import NotCovered
from inference_server.stand_ins import Instance, StoredValues

# 1.2 GB of nodes; the file of such a forest is twice as large.
MAX_NODES = 50_000_000
MAX_VALUES = 200_000_000
# scikit-learn's trees are unbounded by default, but balanced enough: a million rows give about 60 levels.
MAX_LEVELS = 10_000


@dataclass(frozen=True)
class StoredTree:
    """One tree as its file holds it: indexes of children within the tree, a leaf has ``feature`` -1."""

    nodes: np.ndarray
    values: np.ndarray
    covers: np.ndarray | None = None


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


def flatten(trees: Sequence[StoredTree], columns: Sequence[int], feature_count: int) -> dict[str, Any]:
    """Return ``nodes``, ``trees``, ``values`` and ``covers`` for ``Trees``; tree i adds from column ``columns[i]`` on.

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
    values = np.concatenate([tree.values.ravel() for tree in trees])
    first = np.repeat(np.cumsum(sizes * widths) - sizes * widths, sizes) + (np.arange(len(nodes)) - begin) * np.repeat(
        widths, sizes
    )
    leaf = np.flatnonzero(~inner)
    nodes["left"][leaf] = first[leaf]
    require(bool(np.isfinite(values).all()))
    flat = np.zeros(len(trees), TREE)
    flat["root"], flat["column"], flat["width"] = np.cumsum(sizes) - sizes, columns, widths
    covers = [tree.covers for tree in trees if tree.covers is not None]
    return {
        "nodes": nodes,
        "trees": flat,
        "values": values,
        "covers": np.concatenate(covers) if len(covers) == len(trees) else None,
    }


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


def require(condition: bool) -> None:
    """Raise ``ModelError`` unless the trees are sound."""
    if not condition:
        raise ModelError("The model file holds a tree whose nodes do not fit together: it is damaged or crafted.")
