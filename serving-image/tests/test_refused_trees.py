"""Trees whose nodes do not fit together: our own arrays, given to the checks that every tree has to pass."""

from __future__ import annotations

import pickle
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
)
from sklearn.tree import DecisionTreeClassifier
from sklearn.tree._tree import Tree

from inference_server.model_error import ModelError
from inference_server.model_files import read_estimator as listed
from inference_server.model_files.check_nodes import check_ensemble, check_predictor_state, check_tree_state

ILL = "do not fit together: it is damaged or crafted"
# A root, a leaf at its left, and at its right an inner node with two leaves.
CLASSIC = {"left_child": [1, -1, 3, -1, -1], "right_child": [2, -1, 4, -1, -1], "feature": [0, -2, 1, -2, -2]}
HISTOGRAM = {
    "left": [1, 0, 3, 0, 0], "right": [2, 0, 4, 0, 0], "feature_idx": [0, 0, 1, 0, 0], "is_leaf": [0, 1, 0, 1, 1],
    "is_categorical": [0, 0, 0, 0, 0], "bitset_idx": [0, 0, 0, 0, 0],
}  # fmt: skip


def structured(columns: dict[str, list[int]], changes: dict[str, dict[int, int]]) -> np.ndarray:
    nodes = np.zeros(5, [(key, "i8") for key in columns])
    for key, column in columns.items():
        nodes[key] = column
        for at, change in changes.get(key, {}).items():
            nodes[key][at] = change
    return nodes


def check_classic(state: dict[str, object] | None = None, **changes: dict[int, int]) -> None:
    nodes = structured(CLASSIC, changes)
    check_tree_state(Tree(2, np.array([1], np.intp), 1), {"nodes": nodes, "node_count": 5} | (state or {}))


def check_histogram(state: dict[str, object] | None = None, **changes: dict[int, int]) -> None:
    sets = {f"{kind}_left_cat_bitsets": np.zeros((2, 8), np.uint32) for kind in ("raw", "binned")}
    check_predictor_state({"nodes": structured(HISTOGRAM, changes)} | sets | (state or {}))


def test_sound_trees_pass():
    check_classic()
    check_classic(feature={0: 1, 1: 7, 3: -9}, right_child={1: 99, 3: -9})
    check_histogram()
    check_histogram(left={1: 99, 4: -7}, feature_idx={1: -5, 3: 99}, bitset_idx={0: 99})
    check_histogram(is_categorical={0: 1, 1: 1, 2: 1}, bitset_idx={0: 1, 1: 99, 2: 0})
    one = np.zeros(1, [(key, "i8") for key in HISTOGRAM])
    one["is_leaf"] = 1
    check_histogram({"nodes": one})
    leaf = np.zeros(1, [(key, "i8") for key in CLASSIC])
    leaf["left_child"] = leaf["right_child"] = -1
    check_classic({"nodes": leaf, "node_count": 1})


CLASSIC_CHANGES = {
    "a child that is its own parent": {"left_child": {0: 0}},
    "a right child that is its own parent": {"right_child": {2: 2}},
    "a child before its parent": {"right_child": {2: 0}},
    "a child at the end": {"left_child": {0: 5}},
    "a right child at the end": {"right_child": {2: 5}},
    "a child below zero": {"right_child": {0: -1}},
    "a left child below leaves": {"left_child": {0: -2}},
    "a feature of the width": {"feature": {2: 2}},
    "a feature below zero": {"feature": {2: -1}},
}


@pytest.mark.parametrize("case", CLASSIC_CHANGES)
def test_trees_that_lead_elsewhere_are_refused(case):
    with pytest.raises(ModelError, match=ILL):
        check_classic(**CLASSIC_CHANGES[case])


HISTOGRAM_CHANGES = {
    "a child that is its own parent": {"left": {0: 0}},
    "a right child that is its own parent": {"right": {2: 2}},
    "a child at the end": {"left": {2: 5}},
    "a right child below zero": {"right": {0: -1}},
    "a feature below zero": {"feature_idx": {0: -1}},
    "a set behind the last": {"is_categorical": {2: 1}, "bitset_idx": {2: 2}},
}


@pytest.mark.parametrize("case", HISTOGRAM_CHANGES)
def test_histogram_trees_that_lead_elsewhere_are_refused(case):
    with pytest.raises(ModelError, match=ILL):
        check_histogram(**HISTOGRAM_CHANGES[case])


@pytest.mark.parametrize(
    "state",
    [
        {"nodes": structured(CLASSIC, {}).reshape(5, 1)},
        {"nodes": structured(CLASSIC, {})[:0], "node_count": 0},
        {"nodes": [], "node_count": 0},
        {"node_count": 4},
        {"node_count": 6},
    ],
    ids=["two dimensions", "no nodes", "a list", "a count less", "a count more"],
)
def test_nodes_are_a_line_of_as_many_as_they_say(state):
    with pytest.raises(ModelError, match=ILL):
        check_classic(state)


@pytest.mark.parametrize("shape", [(8,), (2, 8, 1), (2, 7), (2, 9), (0, 8)], ids=str)
@pytest.mark.parametrize("kind", ["raw", "binned"])
def test_sets_of_categories_have_eight_words(shape, kind):
    sets = np.zeros(shape, np.uint32)
    with pytest.raises(ModelError, match=ILL):
        check_histogram({f"{kind}_left_cat_bitsets": sets}, is_categorical={2: 1})
    check_histogram({f"{kind}_left_cat_bitsets": sets}, is_categorical={1: 1})


@pytest.mark.parametrize("nodes", [[], structured(HISTOGRAM, {})[:0], structured(HISTOGRAM, {}).reshape(5, 1)])
def test_nodes_of_histograms_are_a_line(nodes):
    with pytest.raises(ModelError, match=ILL):
        check_histogram({"nodes": nodes})


def member(features: int) -> SimpleNamespace:
    return SimpleNamespace(tree_=SimpleNamespace(n_features=features))


def predictor(**changes: dict[int, int]) -> SimpleNamespace:
    return SimpleNamespace(nodes=structured(HISTOGRAM, changes))


SOUND_ENSEMBLES = [
    {},
    {"n_features_in_": 2},
    {"n_features_in_": 2, "_predictors": [[predictor()], [predictor(feature_idx={1: 9})]]},
    {"n_features_in_": 2, "estimators_": [member(2), SimpleNamespace(), member(2)]},
    {"n_features_in_": 9, "estimators_": [member(2), member(1)], "estimators_features_": [[0, 1], [5]]},
    {"n_features_in_": 2, "estimators_": [[member(2), member(2)]], "n_trees_per_iteration_": 2},
    {"n_features_in_": 2, "estimators_": [member(2)], "n_trees_per_iteration_": 2},
]
OTHER_ENSEMBLES = [
    {"n_features_in_": 2, "_predictors": [[predictor()], [predictor(feature_idx={2: 2})]]},
    {"n_features_in_": 2, "estimators_": [member(2), member(3)]},
    {"n_features_in_": 2, "estimators_": [member(1)]},
    {"n_features_in_": 2, "estimators_": [member(2), member(2)], "estimators_features_": [[0, 1], [1]]},
    {"n_features_in_": 2, "estimators_": [[member(2), member(2)]], "n_trees_per_iteration_": 1},
    {"n_features_in_": 2, "estimators_": [[member(2), member(2)]], "n_trees_per_iteration_": 3},
]


@pytest.mark.parametrize("attributes", SOUND_ENSEMBLES)
def test_ensembles_whose_members_take_their_columns_pass(attributes):
    check_ensemble(SimpleNamespace(**attributes))


@pytest.mark.parametrize("attributes", OTHER_ENSEMBLES)
def test_members_of_ensembles_take_the_columns_that_they_get(attributes):
    with pytest.raises(ModelError, match=ILL):
        check_ensemble(SimpleNamespace(**attributes))


FITTED = {
    "a tree": (DecisionTreeClassifier(random_state=0), {"check_tree_state": 1}),
    "a forest": (RandomForestClassifier(3, random_state=0), {"check_tree_state": 3}),
    "boosting": (GradientBoostingClassifier(n_estimators=2, random_state=0), {"check_tree_state": 6}),
    "AdaBoost": (AdaBoostClassifier(n_estimators=3, random_state=0), {"check_tree_state": 3}),
    "bagging": (BaggingClassifier(n_estimators=3, random_state=0), {"check_tree_state": 3}),
    "histogram boosting": (HistGradientBoostingRegressor(max_iter=2, random_state=0), {"check_predictor_state": 2}),
}


@pytest.mark.parametrize("case", FITTED)
def test_every_tree_is_checked_before_scikit_learn_has_it(read_listed, iris_data, monkeypatch, case):
    estimator, expected = FITTED[case]
    content = pickle.dumps(estimator.fit(*iris_data))
    assert type(read_listed(content)) is type(estimator)
    for check, count in {**expected, "check_ensemble": None, "check_dtype_state": None}.items():
        calls = []
        with monkeypatch.context() as patch:
            patch.setattr(listed, check, lambda *arguments, calls=calls: calls.append(arguments))
            read_listed(content)
            assert len(calls) == count if count else calls

            def refuse(*_: object) -> None:
                raise ModelError("the check has the last word")

            patch.setattr(listed, check, refuse)
            with pytest.raises(ModelError, match="the check has the last word"):
                read_listed(content)
