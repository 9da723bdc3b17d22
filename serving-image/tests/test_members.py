"""Estimators that hold others, networks and naive Bayes answer as scikit-learn's do, without it."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest
from covered_models import answers, fit, load_data
from member_models import member_models
from mixed_models import as_frame, draw, mixed_models
from sklearn.ensemble import IsolationForest, VotingClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier
from thoroughness import IS_NIGHTLY

from inference_server.evaluate import read_final
from inference_server.evaluate.compile_model import compile_model
from inference_server.evaluate.evaluator import Evaluator
from inference_server.explain.explainer import Explainer
from inference_server.explain.not_explained import NotExplained
from inference_server.load_model import load_model
from inference_server.model_error import ModelError
from inference_server.not_covered import NotCovered
from inference_server.pickles.read_inert import read_inert
from inference_server.pickles.unresolved_values import Instance, Name, StoredValues
from sagemaker_deployer.pack.parity.measure_parity import find_difference

MODELS = member_models()
# All of them at night.
CHOSEN = list(MODELS)[:: 1 if IS_NIGHTLY else 2]


def around(rows: np.ndarray) -> np.ndarray:
    """Return rows of training, and some beside them."""
    random = np.random.default_rng(0)
    chosen = rows[random.integers(len(rows), size=400)]
    return np.concatenate([rows, chosen * random.uniform(0.5, 1.5, chosen.shape)])


def stand_in(name: str) -> Any:
    return read_inert(pickle.dumps(fit(*MODELS[name])))


@pytest.mark.parametrize("name", CHOSEN)
def test_answers_as_scikit_learn_does(name):
    data, estimator = MODELS[name]
    evaluator = compile_model(stand_in(name))
    rows = around(load_data(data)[0])
    difference = find_difference(evaluator, rows, *answers(estimator, rows))
    assert difference.passes, difference
    for row in rows[:5]:
        assert find_difference(evaluator, row[None], *answers(estimator, row[None])).passes


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize(
    "name", ["soft vote", "bag", "network", "naive Bayes", "calibrated", "stack", "standard target"]
)
def test_takes_and_refuses_what_scikit_learn_does(name, value):
    data, estimator = MODELS[name]
    rows = load_data(data)[0][:9].copy()
    rows[4, 1] = value
    evaluator = compile_model(stand_in(name))
    try:
        expected = answers(estimator, rows)
    except ValueError:
        with pytest.raises(ValueError):  # noqa: PT011
            evaluator.answer(rows)
        return
    assert find_difference(evaluator, rows, *expected).passes


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e300])
def test_an_isolation_forest_takes_missing_and_infinite_values(value):
    estimator: IsolationForest = fit(*MODELS["isolation"])
    rows = load_data("wine")[0][:40].copy()
    rows[:, 3] = value
    evaluator = compile_model(stand_in("isolation"))
    with np.errstate(over="ignore"):
        assert np.array_equal(evaluator.answer(rows)[0], answers(estimator, rows)[0])


def test_the_last_bit_of_a_score_decides_at_the_threshold():
    """The threshold is put on the score of a row, which is 1 there, and -1 where its score is less by any bit."""
    estimator: IsolationForest = copy.copy(fit(*MODELS["isolation"]))
    rows = load_data("wine")[0]
    for score in estimator.score_samples(rows)[:30]:
        estimator.offset_ = float(score)
        evaluator = compile_model(read_inert(pickle.dumps(estimator)))
        assert np.array_equal(evaluator.answer(rows)[0], estimator.predict(rows))


def test_a_tie_of_votes_goes_to_the_first_class():
    x, y = load_data("iris-text")
    members = [("a", DecisionTreeClassifier(max_depth=1)), ("b", GaussianNB())]
    estimator = VotingClassifier(members).fit(x, y)
    evaluator = compile_model(read_inert(pickle.dumps(estimator)))
    assert np.array_equal(evaluator.classes_[evaluator.answer(x)[0]], estimator.predict(x))


@pytest.mark.parametrize("name", ["soft vote", "isolation", "network"])
def test_none_of_them_is_explained(name):
    with pytest.raises(NotExplained):
        Explainer(compile_model(stand_in(name)), ["a"] * 13, None)


def test_members_take_texts_and_gaps(tmp_path):
    """Each member of a vote may have its own preprocessing of a DataFrame."""
    logistic, forest = mixed_models()["logistic"], mixed_models()["levels"]
    vote = VotingClassifier([("a", logistic), ("b", forest)], voting="soft")
    rows = draw(300, seed=0)
    vote.fit(as_frame(rows), ["fraud" if (row[2] or 40) > 50 else "fine" for row in rows])
    (tmp_path / "model.pkl").write_bytes(pickle.dumps(vote))
    model = load_model(tmp_path)
    assert isinstance(model.estimator, Evaluator)
    assert [column.type for column in model.schema.columns[:3]] == ["number", "category", "number"]
    asked = draw(40, seed=1)
    answers = model.predict([list(row) for row in asked])
    assert [one["predicted_class"] for one in answers] == vote.predict(as_frame(asked)).tolist()


def test_estimators_within_others_are_counted(monkeypatch):
    """A file of few bytes may hold one estimator ten times, ten times, ten times."""
    monkeypatch.setattr(read_final, "MAX_MEMBERS", 50)
    with pytest.raises(ModelError, match="more than 50 estimators"):
        compile_model(nested(stand_in("vote of a search"), 12))


def nested(vote: Any, levels: int) -> Any:
    """Return a vote of two, both of which are the same vote of two, and so on."""
    for _ in range(levels):
        outer = Instance(Name(vote.module, vote.name), ())
        outer.state = vote.state | {"estimators_": [vote, vote], "weights": None}
        vote = outer
    return vote


CHANGES = {
    "soft vote": {"weights": "many"},
    "bag": {"estimators_features_": []},
    "boosted votes": {"estimator_weights_": []},
    "stack": {"stack_method_": ["predict_proba"]},
    "standard target": {"_training_dim": 2},
    "network": {"activation": "unheard of"},
    "isolation": {"estimators_features_": []},
    "tuned threshold": {"_curve_scorer": None},
    "calibrated": {"calibrated_classifiers_": []},
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_in_another_form_is_left_to_scikit_learn(name):
    value = stand_in(name)
    final = value.state["steps"][-1][1] if value.name == "Pipeline" else value
    final.state.update(CHANGES[name])
    with pytest.raises(NotCovered):
        compile_model(value)


@pytest.mark.parametrize("name", ["soft vote", "bag", "calibrated", "stack", "boosted votes"])
def test_an_unknown_attribute_within_is_named(name):
    value = stand_in(name)
    members = value.state["calibrated_classifiers_" if name == "calibrated" else "estimators_"]
    last = members.values[-1] if isinstance(members, StoredValues) else members[-1]
    assert isinstance(last, Instance)
    last.state["unheard_of"] = 1
    with pytest.raises(NotCovered, match="unheard_of"):
        compile_model(value)
