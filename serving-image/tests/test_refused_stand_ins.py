"""The same for the server's own evaluation: stand-ins of real models, with numbers changed in memory."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor, RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from inference_server.evaluate import flatten_trees, trees
from inference_server.evaluate.compile_model import compile_model
from inference_server.evaluate.fields import Fields
from inference_server.model_error import ModelError
from inference_server.not_covered import NotCovered
from inference_server.pickles.read_inert import read_inert
from inference_server.pickles.unresolved_values import Name


def stand_in(estimator: object, iris_data: tuple[np.ndarray, np.ndarray]) -> object:
    return read_inert(pickle.dumps(estimator.fit(*iris_data)))


def change(values: object, field: str, at: int, to: float) -> None:
    values.values = values.values.copy()
    values.values[field][at] = to


@pytest.mark.parametrize(
    ("field", "to"),
    [
        ("left_child", 0), ("left_child", 10_000), ("left_child", 2**32 + 1), ("left_child", -2), ("right_child", 0),
        ("right_child", 1), ("right_child", -1), ("feature", 4), ("feature", 400), ("feature", -2), ("feature", 2**32),
        ("threshold", np.nan), ("threshold", -np.inf),
    ],
)  # fmt: skip
def test_stand_ins_of_trees_are_checked(iris_data, field, to):
    content = stand_in(DecisionTreeClassifier(random_state=0), iris_data)
    compile_model(content)
    change(Fields(content).any("tree_").state["nodes"], field, 0, to)
    with pytest.raises(ModelError, match="damaged or crafted"):
        compile_model(content)


@pytest.mark.parametrize(
    ("field", "to"),
    [("left", 0), ("left", 10_000), ("left", 2**32 - 1), ("right", 0), ("right", 1), ("feature_idx", 4)],
)
def test_stand_ins_of_histogram_trees_are_checked(iris_data, field, to):
    content = stand_in(HistGradientBoostingRegressor(max_iter=1, random_state=0), iris_data)
    compile_model(content)
    change(Fields(content.state["_predictors"][0][0]).any("nodes"), field, 0, to)
    with pytest.raises(ModelError, match="damaged or crafted"):
        compile_model(content)


def test_stand_ins_of_categories_are_checked(iris_data):
    rows, answers = iris_data
    boosting = HistGradientBoostingClassifier(max_iter=1, categorical_features=[0], random_state=0)
    for field, to in (("bitset_idx", 2**32 - 1), ("bitset_idx", 10_000)):
        content = stand_in(boosting, ((rows * 10).astype(int) % 50, answers))
        tree = Fields(content.state["_predictors"][0][0])
        change(tree.any("nodes"), field, 0, to)
        change(tree.any("nodes"), "is_categorical", 0, 1)
        with pytest.raises(ModelError, match="damaged or crafted"):
            compile_model(content)


def test_a_tree_has_its_tree(iris_data):
    for other in (None, "a tree", Name("sklearn.tree._tree", "Tree")):
        content = stand_in(DecisionTreeClassifier(random_state=0), iris_data)
        content.state["tree_"] = other
        with pytest.raises(NotCovered, match="DecisionTreeClassifier without a tree"):
            compile_model(content)
    content = stand_in(DecisionTreeClassifier(random_state=0), iris_data)
    content.state["tree_"].module = "sklearn.tree"
    with pytest.raises(NotCovered, match="DecisionTreeClassifier without a tree"):
        compile_model(content)


def test_leaves_are_numbers(iris_data):
    content = stand_in(DecisionTreeClassifier(random_state=0), iris_data)
    values = Fields(content).any("tree_").state["values"]
    values.values = values.values.copy()
    values.values[-1] = np.inf
    with pytest.raises(ModelError, match="damaged or crafted"):
        compile_model(content)


def test_trees_have_the_size_that_they_say(iris_data):
    for wrong in ("features", "nodes"):
        content = stand_in(RandomForestClassifier(3, random_state=0), iris_data)
        tree = Fields(content.state["estimators_"][1]).any("tree_")
        if wrong == "features":
            tree.arguments = (5, *tree.arguments[1:])
        else:
            tree.state["node_count"] += 1
        with pytest.raises(ModelError, match="damaged or crafted"):
            compile_model(content)


def test_nodes_and_values_are_counted(iris_data, monkeypatch):
    content = stand_in(RandomForestClassifier(3, random_state=0), iris_data)
    compiled = compile_model(content).sums
    for limit, count in (("MAX_NODES", len(compiled.nodes)), ("MAX_VALUES", 3 * len(compiled.nodes))):
        with monkeypatch.context() as patch:
            patch.setattr(flatten_trees, limit, count)
            compile_model(content)
            patch.setattr(flatten_trees, limit, count - 1)
            with pytest.raises(ModelError, match="the most that is served"):
                compile_model(content)


def test_levels_are_counted(monkeypatch):
    monkeypatch.setattr(flatten_trees, "MAX_LEVELS", 5)

    def chain(levels: int) -> flatten_trees.StoredTree:
        nodes = np.zeros(2 * levels + 1, trees.NODE)
        nodes["feature"][1::2] = nodes["left"][1::2] = nodes["right"][1::2] = nodes["feature"][-1] = -1
        inner = np.arange(0, 2 * levels, 2)
        nodes["left"][inner], nodes["right"][inner] = inner + 1, inner + 2
        return flatten_trees.StoredTree(nodes, np.zeros((len(nodes), 1)))

    flatten_trees.flatten([chain(4)], [0], 1)
    with pytest.raises(ModelError, match="levels, the most that is served"):
        flatten_trees.flatten([chain(5)], [0], 1)


def test_a_stand_in_within_itself_is_refused(iris_data):
    content = stand_in(make_pipeline(StandardScaler(), DecisionTreeClassifier(max_depth=1)), iris_data)
    content.state["steps"][0] = ("again", content)
    with pytest.raises((NotCovered, RecursionError)):
        compile_model(content)
