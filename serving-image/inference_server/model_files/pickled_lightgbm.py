"""LightGBM's Booster and its estimators for scikit-learn, pickled by LightGBM 3.3 to 4.7.

``Booster.__getstate__`` (basic.py) has the model as the text of ``model_to_string``, with all rounds. What
LGBMClassifier and the others make of the booster's answer is in sklearn.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from inference_server.evaluate.evaluator import Evaluator
from inference_server.evaluate.fields import Fields
from inference_server.evaluate.finish import Finish
from inference_server.model_error import ModelError
from inference_server.model_files.read_lightgbm import MAX_TEXT_BYTES, read_text
from inference_server.not_covered import NotCovered
from inference_server.pickles.unresolved_values import Instance

_ESTIMATORS = ("LGBMClassifier", "LGBMRanker", "LGBMRegressor")

# Of the constructor: how it trains, and with how many threads. The booster is trained already; predict hands these on
# (_process_params), and LightGBM's predictor reads none of them (src/application/predictor.hpp, src/c_api.cpp).
_OF_TRAINING = (
    "boosting_type class_weight colsample_bytree importance_type learning_rate max_depth min_child_samples "
    "min_child_weight min_split_gain n_estimators n_jobs num_leaves objective random_state reg_alpha reg_lambda "
    "silent subsample subsample_for_bin subsample_freq"
)
# What training noted, and predict does not read.
_NOTES = (
    "_best_iteration _best_score _class_map _class_weight _eval_at _evals_result _fitted_with_feature_names "
    "_n_features _n_features_in n_features_in_ fitted_"
)
_USED = "_Booster _classes _le _n_classes _objective _other_params _fobj"
_KNOWN = frozenset(f"{_OF_TRAINING} {_NOTES} {_USED}".split())

# Used: the text, and the best round of early stopping. pandas_categorical stands in the text as well.
_OF_BOOSTER = frozenset(
    [
        *("_handle", "handle", "best_iteration", "pandas_categorical"),
        # What training noted, and predict does not read.
        *("_network", "_train_data_name", "best_score", "name_valid_sets", "params", "train_set_version"),
        *("_Booster__attr", "network"),
        *("_Booster__higher_better_inner_eval", "_Booster__init_predictor", "_Booster__inner_predict_buffer"),
        *("_Booster__is_predicted_cur_iter", "_Booster__name_inner_eval", "_Booster__need_reload_eval_info"),
        *("_Booster__num_class", "_Booster__num_dataset", "_Booster__num_inner_eval"),
        "_Booster__set_objective_to_none",
    ]
)
# Settings that change what predict answers; others that an author adds to the constructor are of the training.
_OF_PREDICTION = ("pred_early_stop",)


def read_pickled_lightgbm(value: Instance) -> Evaluator:
    """Return the evaluator of a Booster, or of an estimator of ``lightgbm.sklearn``."""
    if value.name == "Booster":
        return _read_booster(value)
    fields = Fields(value)
    if fields.name not in _ESTIMATORS:
        raise NotCovered(f"a {fields.name} of LightGBM")
    others = fields.any("_other_params", {})
    if not isinstance(others, dict):
        raise NotCovered(f"a {fields.name} whose settings are no dict")
    # Each of them is an attribute as well.
    _check_attributes(fields, value.state, _KNOWN.union(others))
    for name in _OF_PREDICTION:
        if others.get(name):
            raise NotCovered(f"a {fields.name} with {name}")
    if not isinstance(fields.any("_objective", None), (str, type(None))) or fields.has("_fobj"):
        raise NotCovered("LightGBM with an objective of one's own")
    evaluator = _read_booster(fields.any("_Booster"))
    if fields.name == "LGBMClassifier":
        return _classify(evaluator, fields)
    return replace(evaluator, name=fields.name, classes_=None, finish=_number(evaluator, fields.name))


def _read_booster(value: Any) -> Evaluator:
    fields = Fields(value)
    if fields.name != "Booster" or fields.module != "lightgbm.basic":
        raise NotCovered(f"a {fields.name} in the place of LightGBM's Booster")
    _check_attributes(fields, value.state, _OF_BOOSTER)
    text = fields.any("_handle", fields.any("handle", None))
    if not isinstance(text, str) or not text:
        raise NotCovered("a Booster that was not trained")
    if len(text) > MAX_TEXT_BYTES:
        raise ModelError(f"The model file holds more than {MAX_TEXT_BYTES} bytes of text, the most that is served.")
    best = fields.any("best_iteration", 0)
    if type(best) is not int or not -1 <= best < 2**31:
        raise NotCovered("a Booster whose best iteration is no number of them")
    return read_text(text, rounds=max(0, best))


def _check_attributes(fields: Fields, state: Iterable[Any], known: frozenset[Any]) -> None:
    unknown = sorted(str(name)[:60] for name in set(state) - known)
    if unknown:
        raise NotCovered(f"LightGBM's {fields.name} with attributes that 3.3 to 4.7 do not give it ({unknown[:5]})")


def _classify(evaluator: Evaluator, fields: Fields) -> Evaluator:
    """The labels are those of the encoder ``_le``, whose copy is ``_classes``."""
    if evaluator.classes_ is None:
        raise NotCovered(f"an LGBMClassifier with the objective {evaluator.name}")
    labels = Fields(fields.any("_le")).labels("classes_")
    if len(labels) != len(evaluator.classes_):
        raise NotCovered(f"an LGBMClassifier of {len(labels)} classes with a booster of {len(evaluator.classes_)}")
    return replace(evaluator, name=fields.name, classes_=labels)


def _number(evaluator: Evaluator, name: str) -> Finish:
    if evaluator.classes_ is None:
        return evaluator.finish
    if evaluator.name != "binary":
        raise NotCovered(f"an {name} with the objective {evaluator.name}")
    ending = evaluator.finish

    def positive(sums: np.ndarray) -> tuple[np.ndarray, None]:
        shares = ending(sums)[1]
        return shares[:, 1], None

    return positive
