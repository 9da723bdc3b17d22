"""The server's own evaluation against scikit-learn, on rows that sit on the thresholds; compiled and in numpy."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from covered_models import answers, covered_models, fit, load_data, load_rows
from walkers import walker_of

from inference_server.evaluate import trees
from inference_server.evaluate.compile_model import compile_model
from inference_server.evaluate.trees import Trees
from inference_server.load_model import load_model
from inference_server.pickles.read_inert import read_inert
from sagemaker_deployer.pack.parity.adversarial_rows import adversarial_rows
from sagemaker_deployer.pack.parity.ask_author import AskAuthor
from sagemaker_deployer.pack.parity.measure_parity import find_difference, measure_parity

MODELS = covered_models()
MOST_ROWS = 8000


walker = walker_of(trees)


def assert_same(evaluator, rows, predicted, probabilities) -> None:
    difference = find_difference(evaluator, rows, predicted, probabilities)
    assert difference.passes, difference


@pytest.mark.parametrize("name", MODELS)
def test_answers_as_scikit_learn_does(name, walker):
    data, estimator = MODELS[name]
    evaluator = compile_model(read_inert(pickle.dumps(fit(data, estimator))))
    rows = adversarial_rows(evaluator, load_rows(data))
    rows = rows[np.random.default_rng(1).permutation(len(rows))[:MOST_ROWS]]
    assert_same(evaluator, rows, *answers(estimator, rows))
    if isinstance(evaluator.sums, Trees):
        assert (evaluator.sums._compiled is None) == (walker == "numpy")


def test_the_rows_tell_naive_rounding_apart():
    """Thresholds rounded to float32 flip labels on these rows: without this they would prove nothing."""
    data, estimator = MODELS["forest iris"]
    evaluator = compile_model(read_inert(pickle.dumps(fit(data, estimator))))
    rows = adversarial_rows(evaluator, load_data(data)[0])
    expected = answers(estimator, rows)
    evaluator.sums.nodes["threshold"] = evaluator.sums.nodes["threshold"].astype(np.float32)
    assert find_difference(evaluator, rows, *expected).labels_flipped > 0
    assert measure_parity(evaluator, AskAuthor(estimator, None), load_data(data)[0])["servedBy"] == "scikit-learn"


@pytest.mark.filterwarnings("ignore:overflow encountered in cast")
@pytest.mark.parametrize("value", [np.inf, -np.inf, 1e39, -3.5e38])
def test_refuses_what_scikit_learn_refuses(value, walker):
    data, estimator = MODELS["forest iris"]
    evaluator = compile_model(read_inert(pickle.dumps(fit(data, estimator))))
    rows = load_data(data)[0][:3].copy()
    rows[1, 2] = value
    with pytest.raises(ValueError, match="infinity or a value too large"):
        estimator.predict(rows)
    with pytest.raises(ValueError):  # noqa: PT011
        evaluator.answer(rows)


@pytest.mark.parametrize(("name", "takes"), [("forest iris", True), ("boosting iris", False), ("logistic iris", False)])
def test_takes_missing_values_where_scikit_learn_does(name, takes, walker):
    data, estimator = MODELS[name]
    evaluator = compile_model(read_inert(pickle.dumps(fit(data, estimator))))
    rows = load_data(data)[0][:20].copy()
    rows[3:, 2] = np.nan
    if takes:
        assert_same(evaluator, rows, *answers(estimator, rows))
        return
    with pytest.raises(ValueError, match="contains NaN"):
        estimator.predict(rows)
    with pytest.raises(ValueError):  # noqa: PT011
        evaluator.answer(rows)


def test_rows_of_another_width_do_not_reach_the_walker(walker):
    data, estimator = MODELS["forest iris"]
    evaluator = compile_model(read_inert(pickle.dumps(fit(data, estimator))))
    with pytest.raises((ValueError, IndexError)):
        evaluator.answer(np.zeros((2, 3)))


def test_needs_no_scikit_learn(tmp_path, run_python):
    """In a process where importing scikit-learn, scipy or joblib fails."""
    data, estimator = MODELS["histogram boosting iris"]
    (tmp_path / "model.pkl").write_bytes(pickle.dumps(fit(data, estimator)))
    printed = run_python(
        "import sys; sys.modules.update(dict.fromkeys(['sklearn', 'scipy', 'joblib']))\n"
        "from pathlib import Path; from inference_server.load_model import load_model\n"
        f"print(load_model(Path({str(tmp_path)!r})).predict([[5.1, 3.5, 1.4, 0.2]])[0]['predicted_class_index'])"
    )
    assert printed == "0\n"


def test_the_arrays_outlive_the_model_file(tmp_path, forest):
    (tmp_path / "model.pkl").write_bytes(pickle.dumps(forest))
    answer = load_model(tmp_path).estimator.answer
    rows = load_data("iris")[0]
    expected = forest.predict_proba(rows)
    ballast = [bytes(50_000) for _ in range(500)]
    assert len(ballast) == 500
    assert np.array_equal(answer(rows)[1], expected)
