"""Trees, forests and both kinds of gradient boosting: which trees add to which column, and from where on."""

from __future__ import annotations

from typing import Any

import numpy as np

from inference_server.evaluate import finish
from inference_server.evaluate.evaluator import Sums
from inference_server.evaluate.fields import Fields, as_numbers
from inference_server.evaluate.finish import Finish
from inference_server.evaluate.flatten_trees import StoredTree, flatten, require, single_leaf
from inference_server.evaluate.read_trees import (
    read_decision_tree,
    read_known_categories,
    read_predictor,
    were_trained_without_gaps,
)
from inference_server.evaluate.trees import Trees
from inference_server.not_covered import NotCovered
from inference_server.pickles.unresolved_values import Instance

TREES = ["DecisionTreeClassifier", "DecisionTreeRegressor", "ExtraTreeClassifier", "ExtraTreeRegressor"]
FORESTS = ["ExtraTreesClassifier", "ExtraTreesRegressor", "RandomForestClassifier", "RandomForestRegressor"]
BOOSTING = ["GradientBoostingClassifier", "GradientBoostingRegressor"]
HISTOGRAM_BOOSTING = ["HistGradientBoostingClassifier", "HistGradientBoostingRegressor"]


def read_forest(estimator: Any, width: int) -> tuple[Sums, Finish]:
    """Read a forest, or a single tree as a forest of one."""
    fields = Fields(estimator)
    classifier = fields.name.endswith("Classifier")
    outputs = fields.count("n_outputs_") if fields.has("n_outputs_") else 1
    widths = [1] * outputs
    if classifier:
        known = [fields.labels("classes_")] if outputs == 1 else fields.label_lists("classes_")
        require(len(known) == outputs and all(len(classes) for classes in known))
        widths = list(map(len, known))
    members = fields.items("estimators_") if fields.name in FORESTS else [estimator]
    require(len(members) >= 1)
    # Counts before scikit-learn 1.3, which 1.2 and 1.3 divide by their sum when they predict.
    holds_counts = classifier and fields.version < (1, 4)
    trees = [read_decision_tree(one, width, widths, holds_counts) for one in members]
    sums = Trees(
        **flatten(trees, [0] * len(trees), width),
        start=np.zeros(sum(widths)),
        feature_count=width,
        divisor=float(len(trees)),
        single_precision=True,
        missing_allowed=_takes_missing(fields, Fields(members[0])),
        infinite_allowed=False,
        trained_without_gaps=were_trained_without_gaps(members),
    )
    if outputs > 1:
        return sums, finish.several_shares(widths) if classifier else finish.several_values
    return sums, finish.shares if classifier else finish.values


def _takes_missing(fields: Fields, tree: Fields) -> bool:
    """Tell whether scikit-learn lets NaN through; it follows the flags of the nodes then."""
    version = fields.version
    if version < (1, 3) or (version < (1, 4) and fields.name in FORESTS):
        return False
    splitters = {"best"} if version < (1, 6) else {"best", "random"}
    if version >= (1, 6) and tree.name.startswith("ExtraTree"):
        splitters = {"random"}
    if version >= (1, 9):
        return not tree.name.startswith("ExtraTree") or tree.any("splitter") in splitters
    criteria = {"gini", "log_loss", "entropy"}
    if tree.name.endswith("Regressor"):
        criteria = {"squared_error", "friedman_mse", "poisson"}
    fits = tree.any("splitter") in splitters and tree.any("criterion") in criteria
    return fits and tree.any("monotonic_cst", None) is None


def read_boosting(fields: Fields, width: int) -> tuple[Sums, Finish]:
    """Read gradient boosting: every stage has a tree per column."""
    columns, ending = 1, finish.values
    if fields.name == "GradientBoostingClassifier":
        classes, exponential = len(fields.labels("classes_")), fields.any("loss") == "exponential"
        columns = classes if classes > 2 else 1
        before = fields.version < (1, 4)
        ending = finish.softmax("probability" if before else "sum")
        if columns == 1:
            ending = finish.sigmoid(2.0 if exponential else 1.0, "probability" if before else "not negative")
    members = fields.items("estimators_")
    require(len(members) % columns == 0)
    rate = fields.number("learning_rate")
    trees = []
    for member in members:
        tree = read_decision_tree(member, width)
        trees.append(StoredTree(tree.nodes, rate * tree.values, tree.covers))
    sums = Trees(
        **flatten(trees, [index % columns for index in range(len(trees))], width),
        start=_read_start(fields, columns),
        feature_count=width,
        divisor=1.0,
        single_precision=True,
        missing_allowed=False,
        infinite_allowed=False,
    )
    return sums, ending


def _read_start(fields: Fields, columns: int) -> np.ndarray:
    """What the model answers before its first tree: the mean, or the logarithm of the odds."""
    start: Any = fields.any("init_")
    if isinstance(start, str) and start == "zero":
        return np.zeros(columns)
    if not isinstance(start, Instance) or start.name not in ("DummyClassifier", "DummyRegressor"):
        raise NotCovered("gradient boosting that starts from a model of its own")
    dummy = Fields(start)
    if dummy.name == "DummyRegressor":
        return dummy.numbers("constant_", (1, 1)).reshape(1)
    if dummy.any("strategy") != "prior":
        raise NotCovered("gradient boosting that starts from a model of its own")
    prior = dummy.numbers("class_prior_", (max(2, columns),))
    single = fields.version < (1, 8)
    eps = float(np.finfo(np.float32 if single else np.float64).eps)
    prior = np.clip(prior, eps, 1 - eps)
    if columns > 1:
        logarithms = np.log(prior)
        return logarithms if fields.version < (1, 4) else logarithms - logarithms.mean()
    odds = np.log(prior[1:] / (1 - prior[1:]))
    return odds / 2 if fields.any("loss") == "exponential" else odds


def read_histogram_boosting(fields: Fields, width: int) -> tuple[Sums, Finish]:
    """Read histogram gradient boosting; it compares float64 and takes NaN and infinities."""
    columns = fields.count("n_trees_per_iteration_")
    if fields.name == "HistGradientBoostingRegressor":
        ending = finish.exponentials if fields.any("loss") in ("poisson", "gamma") else finish.values
        require(columns == 1)
    else:
        decide_by_probability = fields.version < (1, 5)
        classes = fields.class_count_of_several()
        require(columns == (1 if classes == 2 else classes))
        ending = finish.softmax("probability" if decide_by_probability else "sum")
        if columns == 1:
            ending = finish.sigmoid(1.0, "probability" if decide_by_probability else "positive")
    iterations = fields.items("_predictors")
    require(all(isinstance(one, list) and len(one) == columns for one in iterations))
    known = read_known_categories(fields.any("_bin_mapper"), width) if fields.has("is_categorical_") else {}
    trees = [read_predictor(predictor, known) for iteration in iterations for predictor in iteration]
    trees = trees or [single_leaf()]
    start = as_numbers(fields.any("_baseline_prediction"), "baseline").reshape(-1)
    require(len(start) == columns)
    sums = Trees(
        **flatten(trees, [index % columns for index in range(len(trees))], width),
        start=start,
        feature_count=width,
        divisor=1.0,
        single_precision=False,
        missing_allowed=True,
        infinite_allowed=True,
    )
    return sums, ending
