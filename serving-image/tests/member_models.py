"""Estimators that hold others, networks, and naive Bayes, which the server evaluates; for scikit-learn from 1.2 on.

``covered_models`` trains them too where it is run as a command.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import sklearn
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import (
    AdaBoostClassifier,
    AdaBoostRegressor,
    BaggingClassifier,
    BaggingRegressor,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    IsolationForest,
    RandomForestClassifier,
    RandomForestRegressor,
    StackingClassifier,
    StackingRegressor,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import BernoulliNB, ComplementNB, GaussianNB, MultinomialNB
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, RobustScaler, StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

MINOR = int(sklearn.__version__.split(".")[1])


def _tree() -> Any:
    return DecisionTreeClassifier(max_depth=3, random_state=1)


def _logistic() -> Any:
    return make_pipeline(StandardScaler(), LogisticRegression())


def _scaled(final: Any) -> Any:
    return make_pipeline(StandardScaler(), final)


def member_models() -> dict[str, tuple[str, Any]]:
    """Return each model's name, data (``covered_models.load_data``) and unfitted estimator."""
    return _votes() | _boosted() | _calibrated() | _targets() | _others()


def _votes() -> dict[str, tuple[str, Any]]:
    three = [("a", _logistic()), ("b", _tree()), ("c", GaussianNB())]
    numbers = [("a", Ridge()), ("b", DecisionTreeRegressor(max_depth=3, random_state=1))]
    few = DecisionTreeClassifier(random_state=1)
    return {
        "soft vote": ("iris-text", VotingClassifier(three, voting="soft", weights=[1, 2, 0.5])),
        "hard vote": ("wine", VotingClassifier([("a", _logistic()), ("b", _tree()), ("c", LinearSVC(random_state=1))])),
        "vote without one": (
            "iris-text",
            VotingClassifier([*three[:2], ("d", "drop"), three[2]], weights=[0.3, 0.2, 9, 0.3]),
        ),
        "vote of numbers": ("diabetes", VotingRegressor(numbers, weights=[1, 3])),
        "vote of a search": (
            "iris",
            VotingClassifier([("a", GridSearchCV(_logistic(), {}, cv=2)), ("b", _tree())], voting="soft"),
        ),
        "bag": ("iris-text", BaggingClassifier(n_estimators=7, max_features=0.5, random_state=1)),
        "bag of votes": ("wine", BaggingClassifier(LinearSVC(random_state=1), n_estimators=4, random_state=1)),
        "bag of few rows": ("wine", BaggingClassifier(few, n_estimators=9, max_samples=4, random_state=3)),
        "bag of numbers": ("diabetes", BaggingRegressor(n_estimators=7, max_features=0.5, random_state=1)),
        "stack": ("iris-text", StackingClassifier([*three[:2], ("c", LinearSVC(random_state=1))], cv=3)),
        "stack with the rows": (
            "cancer",
            StackingClassifier(
                [("a", _logistic()), ("b", RandomForestClassifier(5, random_state=1))],
                final_estimator=GradientBoostingClassifier(n_estimators=5, random_state=1),
                cv=3,
                passthrough=True,
            ),
        ),
        "stack of labels": ("wine", StackingClassifier(three[:2], stack_method="predict", cv=3)),
        "stack of numbers": ("diabetes", StackingRegressor(numbers, cv=3)),
    }


def _boosted() -> dict[str, tuple[str, Any]]:
    samme: dict[str, Any] = {"n_estimators": 9, "random_state": 1} | ({"algorithm": "SAMME"} if MINOR < 6 else {})
    return {
        "boosted votes": ("iris-text", AdaBoostClassifier(_tree(), **samme)),
        "boosted votes of two": ("cancer", AdaBoostClassifier(**samme)),
        "boosted as by default": ("wine", AdaBoostClassifier(n_estimators=9, random_state=1)),
        "boosted as by default of two": ("cancer", AdaBoostClassifier(n_estimators=9, random_state=1)),
        "boosted numbers": ("diabetes", AdaBoostRegressor(n_estimators=9, random_state=1)),
        "boosted in a bag": ("wine", BaggingClassifier(AdaBoostClassifier(**samme), n_estimators=3, random_state=1)),
    }


def _calibrated() -> dict[str, tuple[str, Any]]:
    histogram = HistGradientBoostingClassifier(max_iter=2)
    forest = RandomForestClassifier(5, random_state=1)
    models = {
        "calibrated": ("iris-text", CalibratedClassifierCV(LinearSVC(random_state=1), cv=3)),
        "calibrated of two": ("cancer", CalibratedClassifierCV(GaussianNB(), cv=3)),
        "calibrated by steps": ("wine", CalibratedClassifierCV(forest, method="isotonic", cv=3)),
        "calibrated by steps of two": ("cancer", CalibratedClassifierCV(_logistic(), method="isotonic", cv=3)),
        "calibrated together": ("cancer", CalibratedClassifierCV(histogram, cv=2, ensemble=False)),
    }
    if MINOR >= 5:
        from sklearn.model_selection import FixedThresholdClassifier, TunedThresholdClassifierCV

        by_scores = {"pos_label": 0, "response_method": "decision_function"}
        models |= {
            "threshold": ("cancer", FixedThresholdClassifier(_logistic(), threshold=0.3)),
            "threshold of the other": ("cancer", FixedThresholdClassifier(_logistic(), threshold=0.3, **by_scores)),
            "tuned threshold": ("cancer", TunedThresholdClassifierCV(_logistic(), cv=2)),
            "threshold tuned for one": ("cancer", TunedThresholdClassifierCV(forest, scoring="f1", cv=2)),
        }
    if MINOR >= 6:
        from covered_models import load_data
        from sklearn.frozen import FrozenEstimator

        frozen = FrozenEstimator(_logistic().fit(*load_data("wine")))
        models["calibrated without training"] = ("wine", CalibratedClassifierCV(frozen))
    return models


def _targets() -> dict[str, tuple[str, Any]]:
    logarithm = TransformedTargetRegressor(Ridge(), func=np.log1p, inverse_func=np.expm1)
    forest = RandomForestRegressor(5, random_state=1)
    return {
        "logarithm of the target": ("diabetes", logarithm),
        "target as it is": ("diabetes", TransformedTargetRegressor()),
        "target between 0 and 1": (
            "diabetes",
            _scaled(TransformedTargetRegressor(LinearRegression(), transformer=MinMaxScaler())),
        ),
        "standard target": ("diabetes", TransformedTargetRegressor(forest, transformer=StandardScaler())),
        "robust target": ("diabetes", TransformedTargetRegressor(forest, transformer=RobustScaler())),
        "target below 1": ("diabetes", TransformedTargetRegressor(forest, transformer=MaxAbsScaler())),
    }


def _others() -> dict[str, tuple[str, Any]]:
    small: dict[str, Any] = {"max_iter": 50, "random_state": 1}
    return {
        "network": ("iris-text", _scaled(MLPClassifier(hidden_layer_sizes=(8, 5), **small))),
        "network of two": ("cancer", _scaled(MLPClassifier(hidden_layer_sizes=(6,), activation="tanh", **small))),
        "network of numbers": ("diabetes", MLPRegressor(hidden_layer_sizes=(6,), activation="logistic", **small)),
        "naive Bayes": ("wine", GaussianNB()),
        "naive Bayes of two": ("cancer", _scaled(GaussianNB(priors=[0.4, 0.6]))),
        "naive Bayes of counts": ("wine", MultinomialNB()),
        "naive Bayes of the rest": ("iris-text", ComplementNB()),
        "naive Bayes of yes and no": ("wine", BernoulliNB(binarize=2.0)),
        "isolation": ("wine", IsolationForest(n_estimators=20, random_state=1, contamination=0.1)),
        "isolation of some columns": (
            "iris",
            IsolationForest(n_estimators=20, random_state=1, max_features=0.5, max_samples=30),
        ),
    }
