"""Pickled models of XGBoost, LightGBM and CatBoost as these libraries compute them, without unpickling anything.

The library gets its own format out of the pickle, which the server's strict reader has read before, in an estimator
that is made here; of the file's other values it gets plain numbers and texts.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from inference_server.evaluate.evaluator import Evaluator
from inference_server.pickles.decompress import decompress
from inference_server.pickles.read_inert import read_inert
from inference_server.pickles.unresolved_values import Instance

DISTRIBUTIONS = {"xgboost": ("xgboost", "xgboost-cpu"), "lightgbm": ("lightgbm",), "catboost": ("catboost",)}
# What XGBoost's estimators ask for when they predict.
_OF_XGBOOST = ("missing", "objective", "n_classes_")


class Alone(Exception):
    """There is nothing to compare with; the message says why."""


def library_of(evaluator: Evaluator | None) -> str | None:
    """Return which of these libraries wrote the model, None for scikit-learn."""
    written_by = "" if evaluator is None else evaluator.written_by.lower()
    return next((name for name in DISTRIBUTIONS if written_by.startswith(name)), None)


def read_wrapped_original(path: Path, library: str, evaluator: Evaluator) -> Any:
    """Return an estimator of the library with the model; raises ``ImportError``, ``Alone``, what the library raises."""
    value = read_inert(decompress(path.read_bytes()))
    if not isinstance(value, Instance) or not value.module.startswith(library):
        raise Alone(f"a Pipeline around a model of {library} is compared where it is handed over in memory")
    makers: dict[str, Callable[[Instance, Evaluator], Any]] = {"xgboost": _xgboost, "lightgbm": _lightgbm}
    return makers.get(library, _catboost)(value, evaluator)


def _xgboost(value: Instance, _: Evaluator) -> Any:
    import xgboost

    own = value if value.name == "Booster" else value.state["_Booster"]
    booster = xgboost.Booster()
    booster.__setstate__({"handle": bytearray(own.state["handle"])})
    booster.set_param({"nthread": 1})
    if value.name == "Booster":
        return booster
    estimator = getattr(xgboost, value.name)()
    for name in _OF_XGBOOST:
        if isinstance(value.state.get(name), (str, int, float)):
            setattr(estimator, name, value.state[name])
    estimator._Booster = booster
    return estimator


def _lightgbm(value: Instance, evaluator: Evaluator) -> Any:
    import lightgbm
    from sklearn.preprocessing import LabelEncoder

    own = (value if value.name == "Booster" else value.state["_Booster"]).state
    booster = lightgbm.Booster(model_str=own.get("_handle") or own["handle"])
    booster.best_iteration = int(own.get("best_iteration", 0))
    if value.name == "Booster":
        return booster
    estimator = getattr(lightgbm, value.name)(n_jobs=1)
    estimator._Booster, estimator.fitted_ = booster, True
    estimator._n_features = estimator._n_features_in = evaluator.n_features_in_
    estimator._objective = value.state.get("_objective")
    if evaluator.classes_ is not None:
        estimator._le = LabelEncoder()
        estimator._le.classes_ = estimator._classes = evaluator.classes_
        estimator._n_classes = len(evaluator.classes_)
    return estimator


def _catboost(value: Instance, evaluator: Evaluator) -> Any:
    return read_catboost(evaluator, blob=value.state["__model"])


def read_catboost(evaluator: Evaluator, **source: Any) -> Any:
    """Return what asks CatBoost; ``source``: as its ``load_model`` has it."""
    import catboost

    if evaluator.inputs is not None:
        raise Alone("CatBoost's files hold no categories to make rows of")
    model = catboost.CatBoost()
    model.load_model(**source)
    return _AskedCatBoost(model, evaluator)


class _AskedCatBoost:
    def __init__(self, model: Any, evaluator: Evaluator) -> None:
        self._model = model
        self._labels = evaluator.classes_
        loss = str(model.get_all_params().get("loss_function", ""))
        # CatBoostRegressor does so; what was pickled as CatBoost answers the sums.
        exponents = loss.startswith(("Poisson", "Tweedie")) and evaluator.name != "CatBoost"
        self._kind = "Exponent" if exponents else "RawFormulaVal"
        if self._labels is not None:
            self.predict_proba = self._shares

    def _shares(self, rows: np.ndarray) -> np.ndarray:
        return self._model.predict(rows, prediction_type="Probability", thread_count=1)

    def predict(self, rows: np.ndarray) -> np.ndarray:
        if self._labels is None:
            return self._model.predict(rows, prediction_type=self._kind, thread_count=1)
        return self._labels[self._shares(rows).argmax(axis=1)]
