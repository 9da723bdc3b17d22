"""Search objects are served as the estimator that they found; all else that they hold is passed over, unresolved."""

from __future__ import annotations

import functools
import pickle
import warnings
from collections.abc import Callable
from typing import Any

import joblib
import numpy as np
import pytest
from scipy.stats import loguniform, randint, uniform
from sklearn.base import BaseEstimator, clone
from sklearn.ensemble import RandomForestClassifier, VotingClassifier
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.feature_selection import RFE
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import accuracy_score, make_scorer
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    HalvingRandomSearchCV,
    RandomizedSearchCV,
    StratifiedKFold,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC
from test_load_model import FORMATS
from thoroughness import IS_NIGHTLY

from inference_server.evaluate.evaluator import Evaluator
from inference_server.load_model import load_model
from inference_server.model_error import ModelError


def own_score(truth: Any, guessed: Any) -> float:
    """A function of the author's own, which the server does not have."""
    return accuracy_score(truth, guessed)


class OwnFolds(BaseEstimator):
    """A splitter of the author's own."""

    def split(self, x: Any, y: Any = None, groups: Any = None) -> Any:
        """Yield two folds."""
        return StratifiedKFold(2).split(x, y)

    def get_n_splits(self, x: Any = None, y: Any = None, groups: Any = None) -> int:
        """Return how many folds there are."""
        return 2


def forests() -> RandomForestClassifier:
    return RandomForestClassifier(3, random_state=1)


SCALED = make_pipeline(StandardScaler(), LogisticRegression())
BOTH = {"own": make_scorer(own_score), "usual": "accuracy"}
SEARCHES = {
    "grid": GridSearchCV(forests(), {"max_depth": [2, 3]}, cv=2),
    "grid of a pipeline": GridSearchCV(SCALED, {"logisticregression__C": [0.1, 1.0]}, cv=StratifiedKFold(2)),
    "random": RandomizedSearchCV(
        SCALED, {"logisticregression__C": loguniform(0.01, 10)}, n_iter=2, random_state=np.random.RandomState(1), cv=2
    ),
    "random of numbers": RandomizedSearchCV(
        forests(), {"max_depth": randint(1, 4), "max_features": uniform(0.3, 0.6)}, n_iter=2, random_state=1, cv=2
    ),
    "scores of one's own": GridSearchCV(forests(), {"max_depth": [2, 3]}, scoring=BOTH, refit="own", cv=OwnFolds()),
    "chosen by oneself": GridSearchCV(forests(), {"max_depth": [2, 3]}, cv=2, refit=lambda results: 1),
    "halving": HalvingGridSearchCV(forests(), {"max_depth": [2, 3]}, cv=2, random_state=1),
    "halving at random": HalvingRandomSearchCV(forests(), {"max_depth": randint(1, 4)}, cv=2, random_state=1),
    "of estimators": GridSearchCV(
        make_pipeline(StandardScaler(), SVC()), {"svc": [LogisticRegression(), forests()]}, cv=2
    ),
    "within a search": GridSearchCV(
        GridSearchCV(forests(), {"max_depth": [2]}, cv=2), {"param_grid": [{"max_depth": [1, 2]}]}, cv=2
    ),
    "last of a pipeline": make_pipeline(StandardScaler(), GridSearchCV(LogisticRegression(), {"C": [1.0]}, cv=2)),
}
BY_SCIKIT_LEARN = {
    "support vectors": GridSearchCV(SVC(), {"C": [1.0, 2.0]}, cv=OwnFolds(), scoring=make_scorer(own_score)),
    "random support vectors": RandomizedSearchCV(
        make_pipeline(StandardScaler(), SVC()), {"svc__gamma": loguniform(0.01, 1)}, n_iter=2, cv=2, random_state=1
    ),
    "in a choice of features": make_pipeline(
        RFE(forests()), GridSearchCV(SVC(), {"C": [1.0]}, cv=2, scoring=BOTH, refit="own")
    ),
    "members of a vote": VotingClassifier(
        [("a", GridSearchCV(SVC(), {"C": [1.0]}, cv=2, scoring=make_scorer(own_score))), ("b", LogisticRegression())]
    ),
}


def fitted(estimator: Any, iris_data: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return clone(estimator).fit(*iris_data)


@pytest.fixture(scope="module")
def found(iris_data) -> Callable[[str], Any]:
    """Return the fitted search object of a name, each fitted once."""

    @functools.cache
    def find(name: str) -> Any:
        estimator = fitted((SEARCHES | BY_SCIKIT_LEARN)[name], iris_data)
        if name == "chosen by oneself":
            estimator.refit = own_score  # pickle takes no lambda
        return estimator

    return find


@pytest.mark.parametrize("format", ["protocol 2", "joblib"] if IS_NIGHTLY else ["joblib"])
@pytest.mark.parametrize("name", [*SEARCHES, *BY_SCIKIT_LEARN])
def test_it_answers_as_what_it_found(tmp_path, iris_data, found, name, format):
    estimator = found(name)
    file_name, write = FORMATS[format]
    write(estimator, tmp_path / file_name)
    model = load_model(tmp_path)
    assert isinstance(model.estimator, Evaluator) == (name in SEARCHES)
    rows = iris_data[0]
    answers = model.predict(rows.tolist())
    assert [answer["predicted_class_index"] for answer in answers] == estimator.predict(rows).tolist()
    if hasattr(estimator, "predict_proba"):
        shares = [list(answer["probabilities"].values()) for answer in answers]
        assert np.allclose(shares, estimator.predict_proba(rows), rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", ["grid", "scores of one's own", "last of a pipeline"])
def test_it_is_read_from_skops(tmp_path, iris_data, found, name):
    skops_io = pytest.importorskip("skops.io", reason="skops is not installed")
    estimator = found(name)
    skops_io.dump(estimator, tmp_path / "model.skops")
    answers = load_model(tmp_path).predict(iris_data[0].tolist())
    assert [answer["predicted_class_index"] for answer in answers] == estimator.predict(iris_data[0]).tolist()


@pytest.mark.parametrize("around", [lambda search: search, lambda search: make_pipeline(StandardScaler(), search)])
@pytest.mark.parametrize("final", [Ridge(), SVC()])
def test_one_that_kept_no_estimator_is_refused_with_the_reason(tmp_path, iris_data, around, final):
    parameters = {"alpha": [1.0]} if isinstance(final, Ridge) else {"C": [1.0]}
    search = around(GridSearchCV(final, parameters, cv=2, refit=False))
    (tmp_path / "model.pkl").write_bytes(pickle.dumps(fitted(search, iris_data)))
    with pytest.raises(ModelError, match=r"a GridSearchCV without best_estimator_: .* Fit it with refit=True"):
        load_model(tmp_path)


@pytest.mark.parametrize("final", [LogisticRegression(), SVC()])
def test_names_within_what_it_found_are_those_of_the_list(tmp_path, iris_data, final):
    """Within a search any name is read; none of them may be left in what predicts."""
    search = GridSearchCV(final, {}, cv=2)
    search.best_estimator_ = fitted(make_pipeline(FunctionTransformer(), final), iris_data)
    search.best_estimator_.steps[1][1].verbose = own_score
    for write, file_name in ((joblib.dump, "model.joblib"), (_pickle, "model.pkl")):
        write(search, tmp_path / file_name)
        with pytest.raises(ModelError, match=r"names test_searches\.own_score, which is not on the list"):
            load_model(tmp_path)
        (tmp_path / file_name).unlink()


def test_names_after_it_are_those_of_the_list(tmp_path, iris_data):
    search = fitted(GridSearchCV(Ridge(), {"alpha": [1.0]}, cv=2), iris_data)
    model = make_pipeline(StandardScaler(), search)
    model.verbose = own_score
    _pickle(model, tmp_path / "model.pkl")
    with pytest.raises(ModelError, match=r"names test_searches\.own_score, which is not on the list"):
        load_model(tmp_path)


def _pickle(value: Any, path: Any) -> None:
    path.write_bytes(pickle.dumps(value))
