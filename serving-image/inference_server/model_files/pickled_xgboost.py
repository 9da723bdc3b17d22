"""XGBoost's Booster and its estimators for scikit-learn, pickled by XGBoost 1.6 to 3.4.

``Booster.__getstate__`` (core.py) has the configuration and the model, as JSON or UBJSON, in the bytes ``handle``. What
XGBClassifier and the others make of the booster's answer is in sklearn.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from inference_server.evaluate import columns, finish_single
from inference_server.evaluate.evaluator import Evaluator
from inference_server.evaluate.fields import Fields, as_numbers
from inference_server.evaluate.finish import Finish, each
from inference_server.evaluate.step import Step
from inference_server.model_error import ModelError
from inference_server.model_files.known_keys import find_unknown, refuse_unknown
from inference_server.model_files.read_xgboost import parse_xgboost, read_learner
from inference_server.model_files.xgboost_keys import READS
from inference_server.not_covered import NotCovered
from inference_server.pickles.unresolved_values import Instance

_CLASSIFIERS = ("XGBClassifier", "XGBRFClassifier")
_NUMBERS = ("XGBRegressor", "XGBRFRegressor", "XGBRanker")

# Of XGBModel's constructor: how it trains, where it computes, what it prints. The booster is trained already, and
# predict reads none of them (XGBModel.predict and DMatrix in 1.6 to 3.4).
_OF_TRAINING = (
    "base_score booster callbacks colsample_bylevel colsample_bynode colsample_bytree device early_stopping_rounds "
    "eval_metric feature_weights gamma gpu_id grow_policy importance_type interaction_constraints kwargs "
    "learning_rate max_bin max_cat_threshold max_cat_to_onehot max_delta_step max_depth max_leaves min_child_weight "
    "monotone_constraints multi_strategy n_estimators n_jobs num_parallel_tree predictor random_state reg_alpha "
    "reg_lambda sampling_method scale_pos_weight subsample tree_method use_label_encoder validate_parameters verbosity "
    "evals_result_"
)
# Used, or known from the booster: what enable_categorical and feature_types say of the rows, its nodes say too.
_USED = "_Booster missing objective n_classes_ classes_ _le enable_categorical feature_types n_features_in_"
# Copies of the booster's own attributes, in XGBoost 1.6.
_COPIES = "best_iteration best_ntree_limit best_score _features_count"
_KNOWN = frozenset(f"{_OF_TRAINING} {_USED} {_COPIES}".split())
_OF_BOOSTER = frozenset(
    ["handle", "booster", "feature_names", "feature_types", "best_iteration", "best_ntree_limit", "best_score"]
)

_CONFIGURATION = {
    "version": None,
    "learner": dict.fromkeys(
        [
            # Compared with the model's.
            *("learner_model_param", "objective"),
            # How it trains further: threads, updaters, dropped trees, and what it measures on the way.
            *("generic_param", "gradient_booster", "learner_train_param", "metrics"),
        ]
    ),
}


def read_pickled_xgboost(value: Instance) -> Evaluator:
    """Return the evaluator of a Booster, or of an estimator of ``xgboost.sklearn``."""
    if value.name == "Booster":
        return _read_booster(value)
    fields = Fields(value)
    if fields.name not in (*_CLASSIFIERS, *_NUMBERS):
        raise NotCovered(f"a {fields.name} of XGBoost")
    # First the booster: of one in the old format, which an old XGBoost wrote, the remedy is told.
    evaluator = _read_booster(fields.any("_Booster"), best=True)
    _check_attributes(fields, value.state, _KNOWN)
    evaluator = _mark_missing(evaluator, fields)
    if fields.name in _CLASSIFIERS:
        return _classify(evaluator, fields)
    return replace(evaluator, name=fields.name, classes_=None, finish=_number(evaluator, fields.name))


def _read_booster(value: Any, best: bool = False) -> Evaluator:
    """``best``: up to the best round of early stopping, as estimators predict; a Booster itself takes all of them."""
    fields = Fields(value)
    if fields.name != "Booster" or fields.module != "xgboost.core":
        raise NotCovered(f"a {fields.name} in the place of XGBoost's Booster")
    _check_attributes(fields, value.state, _OF_BOOSTER)
    content = fields.any("handle")
    if not isinstance(content, (bytes, bytearray)) or not content:
        raise NotCovered("a Booster that was not trained")
    content = bytes(content)
    if content[:1] != b"{":
        raise ModelError(
            "The pickle holds XGBoost's old binary format, from before XGBoost 1.6: unpickle it with the XGBoost that "
            "wrote it, and save_model('model.json'); where that XGBoost is older than 1.0, save_model('old.bin'), load "
            "that with Booster(model_file='old.bin') of XGBoost 1.0 to 3.0, and save_model('model.json')."
        )
    both = parse_xgboost(content)
    if not isinstance(both, dict) or "Model" not in both:
        raise NotCovered("a Booster without its model")
    refuse_unknown(find_unknown(both, {"Model": None, "Config": _CONFIGURATION}), READS)
    evaluator = read_learner(both["Model"], best=best)
    _check_configuration(both.get("Config", {}).get("learner", {}), both["Model"]["learner"])
    return evaluator


def _check_configuration(configured: Mapping[str, Any], model: Mapping[str, Any]) -> None:
    # XGBoost reads the model, then the configuration over it (learner.cc, LearnerIO::Load).
    for key in ("objective", "learner_model_param"):
        if key in configured and not _same(configured[key], model[key]):
            raise NotCovered(f"a Booster that was configured with another {key} after its training")


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        return np.array_equal(one, other)
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    return bool(one == other)


def _check_attributes(fields: Fields, state: Mapping[Any, Any], known: frozenset[str]) -> None:
    unknown = sorted(str(name)[:60] for name in state.keys() - known)
    if unknown:
        raise NotCovered(f"XGBoost's {fields.name} with attributes that 1.6 to 3.4 do not give it ({unknown[:5]})")
    if not isinstance(fields.any("objective", None), (str, type(None))):
        raise NotCovered("XGBoost with an objective of one's own")


def _mark_missing(evaluator: Evaluator, fields: Fields) -> Evaluator:
    """``missing=-999``: such values are missing, and NaN too. XGBoost compares in float32 (data/adapter.h)."""
    marked = fields.any("missing", None)
    if marked is None or marked != marked:
        return evaluator
    if not isinstance(marked, (int, float)) or isinstance(marked, bool) or not np.isfinite(np.float32(marked)):
        raise NotCovered(f"XGBoost's missing={str(marked)[:20]}")
    if evaluator.inputs is not None and marked >= 0:
        raise NotCovered(f"XGBoost's missing={marked} in a model of categories, which have such codes")
    single = np.float32(marked)

    def of_table(table: np.ndarray) -> np.ndarray:
        with np.errstate(over="ignore"):
            return np.where(table.astype(np.float32) == single, np.nan, table)

    own = columns.inputs(evaluator.n_features_in_)
    return replace(evaluator, steps=(Step(of_table),), columns=own)


def _classify(evaluator: Evaluator, fields: Fields) -> Evaluator:
    count = fields.count("n_classes_")
    ending = _CLASSES.get(evaluator.name)
    if ending is None or (evaluator.classes_ is None and evaluator.name != "reg:logistic"):
        raise NotCovered(f"{fields.name} with the objective {evaluator.name}")
    if evaluator.several:
        if count != 2 or fields.has("_le"):
            raise NotCovered(f"{fields.name} of several labels other than 0 and 1")
        labels = [np.arange(2)] * len(evaluator.sums.start)
        return replace(evaluator, name=fields.name, classes_=labels, finish=each(ending))
    if count != max(2, len(evaluator.sums.start)) and not (count == 1 and len(evaluator.sums.start) == 1):
        raise ModelError(f"The model file holds an {fields.name} of {count} classes with a booster of others.")
    return replace(evaluator, name=fields.name, classes_=_labels(fields, max(2, count)), finish=ending)


def _labels(fields: Fields, count: int) -> np.ndarray:
    """The labels: since XGBoost 1.6 whole numbers from 0 on, where no encoder of an older XGBoost stands by."""
    encoder = fields.any("_le", None)
    labels = np.arange(count)
    if encoder is not None:
        labels = Fields(encoder).labels("classes_")
    elif fields.has("classes_") and not np.array_equal(as_numbers(fields.any("classes_"), "classes_"), labels):
        raise NotCovered(f"{fields.name} whose classes are no numbers from 0 on")
    if len(labels) != count:
        raise ModelError(f"The model file holds {len(labels)} labels for {count} classes: it is damaged or crafted.")
    return labels


def _shares_of_signs(sums: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """binary:hinge: predict_proba gives one class all of it."""
    index = finish_single.signs(sums)[0]
    return index, np.stack([1.0 - index, index], axis=1).astype(float)


_CLASSES: dict[str, Finish] = {
    "binary:logistic": finish_single.sigmoid,
    "reg:logistic": finish_single.sigmoid,
    "binary:hinge": _shares_of_signs,
    "multi:softmax": finish_single.largest,
    "multi:softprob": finish_single.softmax,
}


def _number_of_signs(sums: np.ndarray) -> tuple[np.ndarray, None]:
    return finish_single.signs(sums)[0].astype(float), None


_FINISHED_NUMBERS: dict[str, Finish] = {
    "binary:logistic": finish_single.logistic,
    "binary:hinge": _number_of_signs,
}


def _number(evaluator: Evaluator, name: str) -> Finish:
    if evaluator.classes_ is None:
        return evaluator.finish
    ending = _FINISHED_NUMBERS.get(evaluator.name)
    if ending is not None:
        return each(ending) if evaluator.several else ending
    raise NotCovered(f"{name} with the objective {evaluator.name}")
