"""XGBoost's models, as JSON or UBJSON: https://xgboost.readthedocs.io/en/stable/tutorials/saving_model.html

XGBoost computes in float32: rows and thresholds are rounded to it, and so is each sum of leaves.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np

from inference_server.evaluate import finish, finish_single
from inference_server.evaluate.evaluator import Evaluator
from inference_server.evaluate.finish import Finish
from inference_server.evaluate.flatten_trees import flatten, require
from inference_server.evaluate.trees import Trees
from inference_server.model_error import ModelError
from inference_server.model_files.coded_inputs import coded_inputs
from inference_server.model_files.read_ubjson import read_ubjson
from inference_server.model_files.xgboost_categories import read_categories
from inference_server.model_files.xgboost_keys import check_keys, check_version
from inference_server.model_files.xgboost_trees import as_integers, as_singles, read_tree
from inference_server.not_covered import NotCovered

# JSON takes ten times its size as Python's lists; UBJSON does not.
MAX_JSON_BYTES = 256 * 1024**2
# Numbers or classes of one row's answer.
_MOST_GROUPS = 100_000

_single = np.float32


def _log(x: np.ndarray) -> np.ndarray:
    # Rounded from float64, as glibc's logf; numpy's own for float32 is often a bit off.
    return np.log(x.astype(np.float64)).astype(_single)


def _odds(share: np.ndarray) -> np.ndarray:
    # As XGBoost since 3.2; before, it refused the base score 0 or 1 that labels of one class lead to.
    share = np.clip(share, _single(1e-6), _single(1) - _single(1e-6))
    return -_log(_single(1) / share - _single(1))


# A leaf, for models without trees.
_NOTHING: dict[str, Any] = {
    "left_children": [-1],
    "right_children": [-1],
    "split_indices": [0],
    "split_conditions": [0.0],
    "default_left": [0],
    "sum_hessian": [0.0],
}

# Objective -> how base_score becomes a sum, and what is made of the sums.
_NUMBERS: dict[str, tuple[Callable[[np.ndarray], np.ndarray] | None, Finish]] = {
    **dict.fromkeys(
        ["reg:squarederror", "reg:linear", "reg:squaredlogerror", "reg:pseudohubererror", "reg:absoluteerror"],
        (None, finish.values),
    ),
    **dict.fromkeys(["reg:quantileerror", "rank:pairwise", "rank:ndcg", "rank:map"], (None, finish.values)),
    **dict.fromkeys(["count:poisson", "reg:gamma", "reg:tweedie", "survival:cox"], (_log, finish_single.exponentials)),
    "reg:logistic": (_odds, finish_single.logistic),
}
_CLASSES: dict[str, tuple[Callable[[np.ndarray], np.ndarray] | None, Finish]] = {
    "binary:logistic": (_odds, finish_single.sigmoid),
    "binary:hinge": (None, finish_single.signs),
    "multi:softmax": (None, finish_single.largest),
    "multi:softprob": (None, finish_single.softmax),
}


def read_xgboost(content: bytes) -> Evaluator:
    """Return the evaluator of a model in JSON or UBJSON; the first bytes tell them apart, as in XGBoost.

    Raises ``NotCovered`` for other boosters and objectives, ``ModelError`` for crafted files, and whatever Python
    raises on damaged ones.
    """
    return read_learner(parse_xgboost(content))


def parse_xgboost(content: bytes) -> Any:
    """Return JSON or UBJSON as dicts, lists and arrays, of bounded size."""
    if content[:1] != b"{":
        raise ModelError(
            "The model file is neither JSON nor UBJSON: load it with an XGBoost before 3.1 and save it as model.ubj."
        )
    if content[1:2] in b'" \t\r\n':
        if len(content) > MAX_JSON_BYTES:
            raise ModelError(f"The model file holds more than {MAX_JSON_BYTES} bytes of JSON: save it as model.ubj.")
        return json.loads(content)
    return read_ubjson(content)


def read_learner(model: dict[str, Any], *, best: bool = False) -> Evaluator:
    """Do the same for a model that was parsed. ``best``: predict up to the best round of early stopping, if any.

    A file says so itself, where XGBClassifier or another estimator for scikit-learn saved it.
    """
    check_version(model["version"])
    learner = model["learner"]
    booster = learner["gradient_booster"]
    if booster["name"] not in ("gbtree", "dart"):
        raise NotCovered(f"XGBoost's booster {str(booster['name'])[:60]!r} (gbtree and dart are read)")
    objective = learner["objective"]["name"]
    convert, ending = _NUMBERS.get(objective) or _CLASSES.get(objective) or _refuse_objective(objective)
    parameters = learner["learner_model_param"]
    width, groups = int(parameters["num_feature"]), max(1, int(parameters["num_class"]))
    require(1 <= width < 2**31 and (groups > 1) == objective.startswith("multi:"))
    targets = int(parameters.get("num_target", "1"))
    several = targets > 1
    if several:
        require(groups == 1)
        groups, ending = targets, finish.each(ending)
        if objective == "reg:quantileerror" and tuple(map(int, model["version"][:2])) >= (3, 4):
            # There a row's quantiles are sorted, so that none crosses another; seen in 3.4.1's predictions.
            ending = finish.ascending
    require(groups <= _MOST_GROUPS)
    contents = booster["gbtree"]["model"] if "gbtree" in booster else booster["model"]
    trees, columns = contents["trees"], as_integers(contents["tree_info"])
    check_keys(model, booster["name"])
    require(len(trees) == len(columns) and bool(((columns >= 0) & (columns < groups)).all()))
    weights = _tree_weights(booster, contents, len(trees))
    count = _rounds(learner, contents, groups, best)
    trees, columns = trees[:count], columns[:count].tolist()
    if not trees:
        trees, columns, weights = [_NOTHING], [0], np.zeros(1, _single)
        # XGBoost takes its default for a sum, since 3.1, as long as it has not estimated a better one.
        newer = tuple(map(int, model["version"][:2])) >= (3, 1)
        convert = None if newer and parameters.get("boost_from_average") == "1" else convert
    read = [read_tree(tree, weight, groups) for tree, weight in zip(trees, weights, strict=False)]
    require(all(tree.values.shape[1] == 1 or column == 0 for tree, column in zip(read, columns, strict=True)))
    sums = Trees(
        **flatten(read, columns, width),
        start=_start(parameters["base_score"], convert, groups, objective),
        feature_count=width,
        divisor=1.0,
        single_precision=True,
        missing_allowed=True,
        infinite_allowed=False,
        single_sums=True,
    )
    names = learner.get("feature_names") or None
    require(names is None or (len(names) == width and all(isinstance(name, str) for name in names)))
    return Evaluator(
        name=objective,
        written_by="XGBoost " + ".".join(str(int(part)) for part in model["version"]),
        n_features_in_=width,
        feature_names_in_=None if names is None else np.array(names, dtype=object),
        classes_=_classes(groups, several) if objective in _CLASSES else None,
        steps=(),
        sums=sums,
        finish=ending,
        several=several,
        # XGBoost refuses a category that training did not see (data/cat_container.h).
        inputs=coded_inputs(width, read_categories(contents.get("cats", {}), width, model["version"]), None),
    )


def _classes(groups: int, several: bool) -> np.ndarray | list[np.ndarray]:
    """Those of one output, or of several labels that a row has or has not."""
    return [np.arange(2)] * groups if several else np.arange(max(2, groups))


def _refuse_objective(objective: Any) -> Any:
    raise NotCovered(f"XGBoost's objective {str(objective)[:60]!r}")


def _rounds(learner: dict[str, Any], model: dict[str, Any], groups: int, best: bool) -> int:
    """How many trees predict: as XGBClassifier and XGBRegressor do, those up to the best round of early stopping."""
    attributes = learner.get("attributes", {})
    everything = len(model["trees"])
    if "best_iteration" not in attributes or not (best or "scikit_learn" in attributes):
        return everything
    after = int(attributes["best_iteration"]) + 1
    ends = model.get("iteration_indptr")
    if ends is not None and len(ends):
        return min(everything, int(ends[min(after, len(ends) - 1)]))
    return min(everything, after * groups * int(model["gbtree_model_param"].get("num_parallel_tree", "1")))


def _tree_weights(booster: dict[str, Any], contents: dict[str, Any], count: int) -> np.ndarray:
    """What dart multiplies each tree with: beside the trees in ``contents`` in XGBoost 3.4, in ``booster`` before."""
    require(not ("weight_drop" in booster and "weight_drop" in contents))
    given = booster.get("weight_drop", contents.get("weight_drop"))
    require(given is not None or booster["name"] != "dart")
    if given is None:
        return np.ones(count, _single)
    weights = as_singles(given)
    require(len(weights) == count and bool(np.isfinite(weights).all()))
    return weights


# Objectives whose average may be 0, where training saw nothing else: XGBoost adds to the logarithm, and answers 0.
_FROM_ZERO = ("count:poisson", "reg:tweedie")


def _start(
    base_score: str, convert: Callable[[np.ndarray], np.ndarray] | None, groups: int, objective: str
) -> np.ndarray:
    # "5E-1" until XGBoost 3.0, "[5E-1]" with a number per class since 3.1.
    scores = np.array([float(part) for part in base_score.strip("[]").split(",")], dtype=_single)
    require(len(scores) in (1, groups) and bool(np.isfinite(scores).all()))
    with np.errstate(all="ignore"):
        start = scores if convert is None else convert(scores)
    from_zero = (scores == 0) & (objective in _FROM_ZERO)
    if not (np.isfinite(start) | from_zero).all():
        raise NotCovered(f"XGBoost's base score {base_score[:60]}, which stands for an infinite number")
    return np.resize(start, groups).astype(np.float64)
