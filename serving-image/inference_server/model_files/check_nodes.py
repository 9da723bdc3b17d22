"""Refuses trees whose nodes do not fit together, before scikit-learn has them.

scikit-learn 1.8 takes the nodes of a pickled tree as they are, and can crash on those that training never writes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.tree._tree import Tree

from inference_server.model_error import ModelError

_LEAF = -1


def check_tree_state(tree: Tree, state: Any) -> None:
    """Check the state of a decision tree before it is set."""
    nodes = state["nodes"]
    require(isinstance(nodes, np.ndarray) and nodes.ndim == 1 and state["node_count"] == len(nodes) >= 1)
    _check_nodes(nodes["left_child"], nodes["right_child"], nodes["feature"], nodes["left_child"] == _LEAF)
    inner = nodes["left_child"] != _LEAF
    require(bool((nodes["feature"][inner] < tree.n_features).all()))


def check_predictor_state(state: Any) -> None:
    """Check the state of one tree of histogram gradient boosting before it is set."""
    nodes = state["nodes"]
    require(isinstance(nodes, np.ndarray) and nodes.ndim == 1 and len(nodes) >= 1)
    leaf = nodes["is_leaf"] != 0
    _check_nodes(nodes["left"].astype(np.int64), nodes["right"].astype(np.int64), nodes["feature_idx"], leaf)
    categorical = nodes["bitset_idx"][(nodes["is_categorical"] != 0) & ~leaf]
    for bitsets in (state["binned_left_cat_bitsets"], state["raw_left_cat_bitsets"]):
        require(not len(categorical) or (bitsets.ndim == 2 and bitsets.shape[1] == 8))
        require(not len(categorical) or int(categorical.max()) < len(bitsets))


def check_ensemble(estimator: Any) -> None:
    """Check that the trees of an ensemble take no more columns than the ensemble lets through."""
    width = getattr(estimator, "n_features_in_", None)
    for predictor in (p for iteration in getattr(estimator, "_predictors", ()) for p in iteration):
        inner = predictor.nodes["is_leaf"] == 0
        require(bool((predictor.nodes["feature_idx"][inner] < width).all()))
    members = np.array(getattr(estimator, "estimators_", ()), dtype=object)
    chosen = getattr(estimator, "estimators_features_", None)
    for index, member in enumerate(members.ravel()):
        tree = getattr(member, "tree_", None)
        if tree is not None:
            require(tree.n_features == (width if chosen is None else len(chosen[index])))
    if hasattr(estimator, "n_trees_per_iteration_") and members.ndim == 2:
        require(members.shape[1] == estimator.n_trees_per_iteration_)


def _check_nodes(left: np.ndarray, right: np.ndarray, feature: np.ndarray, leaf: np.ndarray) -> None:
    # A child always stands behind its parent, so every walk ends.
    index = np.arange(len(left))[~leaf]
    for child in (left[~leaf], right[~leaf]):
        require(bool(((child > index) & (child < len(left))).all()))
    require(bool((feature[~leaf] >= 0).all()))


def require(condition: bool) -> None:
    """Raise ``ModelError`` unless the trees are sound."""
    if not condition:
        raise ModelError("The model file holds a tree whose nodes do not fit together: it is damaged or crafted.")
