"""Every estimator of the installed scikit-learn is served as it predicts, or refused at load with the reason.

``docs/models.md`` says which; ``tests/list_models.py`` writes it from the tables that the code itself uses.
"""

from __future__ import annotations

import pickle
import warnings
from typing import Any

import list_models
import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.cluster import DBSCAN
from sklearn.datasets import load_iris
from sklearn.ensemble import StackingClassifier
from sklearn.feature_selection import RFECV
from sklearn.frozen import FrozenEstimator
from sklearn.gaussian_process import GaussianProcessClassifier, GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, DotProduct, Matern, WhiteKernel
from sklearn.linear_model import LogisticRegression, LogisticRegressionCV
from sklearn.metrics import accuracy_score, f1_score, make_scorer
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.neighbors import (
    KNeighborsClassifier,
    KNeighborsRegressor,
    LocalOutlierFactor,
    NearestNeighbors,
    RadiusNeighborsClassifier,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.utils import all_estimators
from sklearn.utils._test_common.instance_generator import _construct_instances
from thoroughness import IS_NIGHTLY

from inference_server.load_model import load_model
from inference_server.model_error import ModelError
from inference_server.pickles.refusals import REFUSALS

X, Y = (part[::3] for part in load_iris(return_X_y=True))
TWO = (Y == 2).astype(int)
# Of two classes, of numbers above 0, of one column, of several outputs.
SPECIAL: dict[str, Any] = {
    "ClassifierChain": (X, np.stack([TWO, Y == 1], 1).astype(int)),
    "FixedThresholdClassifier": (X, TWO),
    "GammaRegressor": (X, Y + 1.0),
    "IsotonicRegression": (X[:, :1], Y),
    "MultiOutputClassifier": (X, np.stack([TWO, Y == 1], 1).astype(int)),
    "TunedThresholdClassifierCV": (X, TWO),
    **dict.fromkeys(
        (
            *("CCA", "MultiOutputRegressor", "MultiTaskElasticNet", "MultiTaskElasticNetCV", "MultiTaskLasso"),
            *("MultiTaskLassoCV", "PLSCanonical", "RegressorChain"),
        ),
        (X, np.stack([X[:, 0] + Y, X[:, 1] - Y], 1)),
    ),
}
# They draw their answers, or search long.
LEFT_OUT = ("DummyClassifier", "GridSearchCV", "RandomizedSearchCV", "SequentialFeatureSelector")


REFUSED = {
    "TunedThresholdClassifierCV": "FixedThresholdClassifier",
    "IsotonicRegression": "does not say how many features it takes",
}


def instances() -> dict[str, Any]:
    """Return an unfitted instance of each, as scikit-learn's own tests make it."""
    wanted = {
        name: cls
        for name, cls in all_estimators()
        if hasattr(cls, "predict") and name not in LEFT_OUT and name not in REFUSALS.keys() - REFUSED.keys()
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {name: next(iter(_construct_instances(cls))) for name, cls in wanted.items()}


INSTANCES = instances()
OTHERS = {
    **{
        f"{kind.__name__} {how}": kind(algorithm=how)
        for how in ("kd_tree", "ball_tree")
        for kind in (KNeighborsClassifier, KNeighborsRegressor, RadiusNeighborsClassifier)
    },
    "by distance": KNeighborsClassifier(weights="distance", algorithm="kd_tree", metric="chebyshev", leaf_size=3),
    "by a distance of its own": KNeighborsClassifier(
        algorithm="ball_tree", metric="mahalanobis", metric_params={"VI": np.linalg.inv(np.cov(X.T))}
    ),
    "scaled neighbours": make_pipeline(StandardScaler(), KNeighborsClassifier(p=3)),
    "novelties": LocalOutlierFactor(novelty=True),
    "process of a kernel": GaussianProcessClassifier(ConstantKernel() * RBF() + WhiteKernel(), optimizer=None),
    "regression by a process": GaussianProcessRegressor(Matern() + DotProduct(), alpha=0.1, optimizer=None),
    "calibrated": CalibratedClassifierCV(SVC(), cv=StratifiedKFold(2)),
    "frozen": CalibratedClassifierCV(FrozenEstimator(SVC().fit(X, Y)), method="isotonic"),
    "calibrated by a temperature": CalibratedClassifierCV(SVC(), method="temperature", cv=2),
    "stacked": StackingClassifier([("a", SVC()), ("b", KNeighborsClassifier())], cv=StratifiedKFold(2)),
    "chosen features": RFECV(LogisticRegression(), cv=StratifiedKFold(2), scoring=make_scorer(accuracy_score)),
    "searched logistic": LogisticRegressionCV(Cs=2, cv=StratifiedKFold(2), scoring="accuracy", max_iter=5000),
    "scores of a function": LogisticRegressionCV(
        Cs=2, cv=KFold(2, shuffle=True), scoring=make_scorer(f1_score, average="macro")
    ),
}


def fitted(name: str) -> tuple[Any, np.ndarray]:
    estimator = (INSTANCES | OTHERS)[name]
    rows, answers = SPECIAL.get(name, (X, Y))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return estimator.fit(rows, answers), rows


@pytest.mark.parametrize(
    "name", [*list(INSTANCES)[:: 1 if IS_NIGHTLY else 9], *list(OTHERS)[:: 1 if IS_NIGHTLY else 2]]
)
def test_it_is_served_as_it_predicts_or_refused_at_load(tmp_path, name):
    estimator, rows = fitted(name)
    (tmp_path / "model.pkl").write_bytes(pickle.dumps(estimator))
    if name in REFUSED:
        with pytest.raises(ModelError, match=REFUSED[name]):
            load_model(tmp_path)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = load_model(tmp_path)
        answers = model.predict(rows[:40].tolist())
        predicted = estimator.predict(rows[:40])
        shares = estimator.predict_proba(rows[:40]) if hasattr(estimator, "predict_proba") else None
    if "prediction" in answers[0]:
        assert np.allclose([one["prediction"] for one in answers], predicted, rtol=1e-12, atol=1e-12)
        return
    if predicted.ndim == 2:
        assert [one["predicted_class"] for one in answers] == [[str(int(label)) for label in row] for row in predicted]
        return
    assert [one["predicted_class"] for one in answers] == [str(label) for label in predicted]
    if shares is not None:
        found = [list(one["probabilities"].values()) for one in answers]
        assert np.allclose(found, shares, rtol=0, atol=1e-12)


WITHOUT_PREDICT = {
    "DBSCAN": DBSCAN(),
    "LocalOutlierFactor": LocalOutlierFactor(),
    "NearestNeighbors": NearestNeighbors(),
}


@pytest.mark.parametrize("name", WITHOUT_PREDICT)
def test_what_has_no_predict_is_refused_with_what_to_do(tmp_path, name):
    (tmp_path / "model.pkl").write_bytes(pickle.dumps(WITHOUT_PREDICT[name].fit(X)))
    with pytest.raises(ModelError) as refusal:
        load_model(tmp_path)
    assert f"{name}, which" in str(refusal.value)
    assert REFUSALS[name] in str(refusal.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"leaf_size": 0},
        {"leaf_size": "40"},
        {"effective_metric_": "pyfunc"},
        {"effective_metric_": np.log1p},
        {"effective_metric_params_": {"p": "2"}},
        {"_fit_X": X.astype(object)},
        {"_fit_X": X.astype(int)},
        {"_fit_X": X[0]},
    ],
)
def test_a_tree_of_neighbours_is_made_of_what_fitting_leaves(tmp_path, changes):
    estimator = KNeighborsClassifier(algorithm="kd_tree").fit(X, Y)
    estimator.__dict__.update(changes)
    (tmp_path / "model.pkl").write_bytes(pickle.dumps(estimator))
    with pytest.raises(ModelError, match="neighbours with a metric, or in a form, that is not served"):
        load_model(tmp_path)


def test_the_document_says_what_the_code_does():
    """``npm run generate`` brings it up to date."""
    assert list_models.TARGET.read_text() == list_models.render()


def test_whatever_is_not_served_has_its_reason():
    rows = [line for line in list_models.render().splitlines() if line.startswith("| `")]
    assert len(rows) >= 180
    assert [line for line in rows if "None" in line] == []
    evaluated = sum(line.endswith("| evaluated |") for line in rows)
    assert evaluated >= 70, evaluated
