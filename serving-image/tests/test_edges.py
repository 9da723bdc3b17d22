"""Models at the edge of what training makes: of one class, of one node, without trees, and numbers beyond float64."""

from __future__ import annotations

import pickle
import warnings
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_diabetes, load_iris
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import GammaRegressor, PoissonRegressor, RidgeClassifier, TweedieRegressor
from sklearn.tree import DecisionTreeClassifier
from thoroughness import IS_NIGHTLY

from inference_server.invalid_input import InvalidInput
from inference_server.load_model import load_model
from inference_server.model import Model
from inference_server.model_error import ModelError

X, Y = load_iris(return_X_y=True)
ROWS, TARGET = load_diabetes(return_X_y=True)


def load(tmp_path: Any, estimator: Any) -> Model:
    (tmp_path / "model.pkl").write_bytes(pickle.dumps(estimator))
    return load_model(tmp_path)


def assert_same(model: Model, estimator: Any, rows: np.ndarray) -> None:
    answers = model.predict(rows.tolist())
    if model.class_names is None:
        assert np.allclose([one["prediction"] for one in answers], estimator.predict(rows), rtol=1e-12, atol=1e-12)
        return
    assert [one["predicted_class"] for one in answers] == [str(label) for label in estimator.predict(rows)]
    if hasattr(estimator, "predict_proba"):
        shares = [list(one["probabilities"].values()) for one in answers]
        assert np.allclose(shares, estimator.predict_proba(rows), rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    "estimator",
    [
        RandomForestClassifier(3),
        ExtraTreesClassifier(3),
        DecisionTreeClassifier(),
        RidgeClassifier(),
    ],
)
def test_one_class_is_always_the_answer(tmp_path, estimator):
    estimator.fit(X, np.full(len(X), "only"))
    assert_same(load(tmp_path, estimator), estimator, X[:9])


@pytest.mark.parametrize("estimator", [HistGradientBoostingClassifier(max_iter=2), LinearDiscriminantAnalysis()])
def test_one_class_without_probabilities_of_its_own_is_refused(tmp_path, estimator):
    estimator.fit(X, np.zeros(len(X)))
    with pytest.raises(ModelError, match=r"was trained on rows of one class, .* train it on rows of several classes"):
        load(tmp_path, estimator)


@pytest.mark.parametrize(
    "estimator",
    [
        RandomForestClassifier(3, min_samples_leaf=len(X)),
        GradientBoostingClassifier(n_estimators=2, min_samples_leaf=len(X)),
        HistGradientBoostingClassifier(max_iter=2, min_samples_leaf=len(X)),
    ],
)
def test_trees_of_one_node_answer_the_same_always(tmp_path, estimator):
    assert_same(load(tmp_path, estimator.fit(X, Y)), estimator, X)


def test_a_forest_of_one_number_answers_it(tmp_path):
    estimator = RandomForestRegressor(3).fit(ROWS, np.full(len(ROWS), 0.1))
    assert_same(load(tmp_path, estimator), estimator, ROWS[:9])


@pytest.mark.parametrize(
    ("estimator", "data"),
    [
        (HistGradientBoostingClassifier(max_iter=2), (X, Y)),
        (HistGradientBoostingClassifier(max_iter=2), (X[Y < 2], Y[Y < 2])),
        (HistGradientBoostingRegressor(max_iter=2), (ROWS, TARGET)),
    ],
)
def test_histogram_boosting_without_trees_answers_what_it_starts_from(tmp_path, estimator, data):
    estimator.fit(*data)
    estimator._predictors = []
    assert_same(load(tmp_path, estimator), estimator, data[0][:9])


@pytest.mark.parametrize(
    "kind", [GammaRegressor, PoissonRegressor, TweedieRegressor] if IS_NIGHTLY else [GammaRegressor]
)
def test_a_number_beyond_float64_is_refused_with_its_row(tmp_path, kind):
    """scikit-learn answers infinity, which JSON has no word for."""
    estimator = kind(power=1.5, alpha=0) if kind is TweedieRegressor else kind(alpha=0)
    estimator.fit(ROWS, TARGET / 50 + 1)
    row = np.where(estimator.coef_ > 0, 1e6, 0.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        assert np.isposinf(estimator.predict(row[None])).all()
        assert estimator.predict(-row[None]) == 0
    model = load(tmp_path, estimator)
    assert model.predict([(-row).tolist()])[0]["prediction"] == 0
    with pytest.raises(InvalidInput, match=r"Instance 1: .* holds a number that this model cannot compute with"):
        model.predict([ROWS[0].tolist(), row.tolist()])
