"""Trees that lead out of their arrays, in circles, or nowhere: real models with a few numbers changed."""

from __future__ import annotations

import pickle
import re
from collections.abc import Iterator

import numpy as np
from sklearn.datasets import load_iris
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
)
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from hostile.hostile_file import Hostile

# The field of the first node, and what it is set to.
_CHANGES = {
    "a child that is its own parent": ("left_child", 0),
    "a child beyond the tree": ("left_child", 10_000),
    "a child that wraps around 32 bits": ("left_child", 2**32 + 1),
    "a child before the tree": ("right_child", -2),
    "two children that are one": ("right_child", 1),
    "a feature beyond the row": ("feature", 400),
    "a feature before the row": ("feature", -3),
    "a feature that wraps around": ("feature", 2**32),
    "a threshold that is no number": ("threshold", np.nan),
    "a threshold below everything": ("threshold", -np.inf),
}
_HISTOGRAM_CHANGES = {
    "a child beyond the tree": ("left", 10_000),
    "a child that is its own parent": ("right", 0),
    "a child of 32 bits": ("left", 2**32 - 1),
    "a feature beyond the row": ("feature_idx", 400),
    "a category that is nowhere": ("bitset_idx", 2**32 - 1),
}


def tree_files() -> Iterator[Hostile]:
    """Yield files of scikit-learn, read by the server itself and, of ensembles that it does not know, by scikit-learn."""
    rows, answers = load_iris(return_X_y=True)
    tree = DecisionTreeClassifier(random_state=0).fit(rows, answers)
    for title, change in _CHANGES.items():
        yield _changed(f"{title}, in a tree", tree, tree.tree_.__getstate__()["nodes"], *change)
    members = {
        "a forest": (RandomForestClassifier(3, random_state=0), lambda model: model.estimators_[1]),
        "extra trees": (ExtraTreesClassifier(3, random_state=0), lambda model: model.estimators_[1]),
        "boosting": (GradientBoostingClassifier(n_estimators=2, random_state=0), lambda model: model.estimators_[1, 1]),
        "AdaBoost": (AdaBoostClassifier(n_estimators=3, random_state=0), lambda model: model.estimators_[1]),
        "bagging": (BaggingClassifier(n_estimators=3, random_state=0), lambda model: model.estimators_[1]),
    }
    for where, (model, member) in members.items():
        nodes = member(model.fit(rows, answers)).tree_.__getstate__()["nodes"]
        for title in ("a child that is its own parent", "a child beyond the tree", "a feature beyond the row"):
            yield _changed(f"{title}, in {where}", model, nodes, *_CHANGES[title])
    histogram = HistGradientBoostingRegressor(max_iter=1, random_state=0).fit(rows, answers)
    for title, (field, value) in _HISTOGRAM_CHANGES.items():
        nodes = histogram._predictors[0][0].nodes
        changed = nodes.copy()
        changed[field][0] = value
        if field == "bitset_idx":
            changed["is_categorical"][0] = 1
        yield Hostile(f"{title}, in histogram boosting", "memory beside the nodes", _swap(histogram, nodes, changed))
    leaves = tree.tree_.value.copy()
    leaves[-1] = np.inf
    yield Hostile("a leaf that is infinite", "answers that are no numbers", _swap(tree, tree.tree_.value, leaves))
    counts = pickle.dumps(DecisionTreeRegressor(max_depth=3, random_state=0).fit(rows, answers), protocol=2)
    lied, found = re.subn(rb"(node_countq.)K.", lambda match: match[1] + b"J\xff\xff\xff\x7f", counts, flags=re.DOTALL)
    assert found == 1
    yield Hostile("a number of nodes that lies", "memory behind the nodes", lied)


def _changed(title: str, model: object, nodes: np.ndarray, field: str, value: float) -> Hostile:
    changed = nodes.copy()
    changed[field][0] = value
    return Hostile(title, "memory beside the nodes, or a walk without an end", _swap(model, nodes, changed))


def _swap(model: object, old: np.ndarray, new: np.ndarray) -> bytes:
    content = pickle.dumps(model)
    assert content.count(old.tobytes()) >= 1
    return content.replace(old.tobytes(), new.tobytes(), 1)
