"""Each step of preprocessing answers as scikit-learn's does, for a table and for one row, and explanations add up."""

from __future__ import annotations

import pickle
import warnings

import numpy as np
import pytest
import step_models
from mixed_models import as_frame
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import QuantileTransformer
from thoroughness import IS_NIGHTLY

from inference_server.evaluate.compile_model import compile_model
from inference_server.evaluate.evaluator import Evaluator
from inference_server.explain.not_explained import NotExplained
from inference_server.load_model import load_model
from inference_server.model import Model
from inference_server.pickles.read_inert import read_inert
from inference_server.table.read_rows import read_rows

# Some of each kind in a day, all of them at night.
NAMES = list(step_models.step_models())[:: 1 if IS_NIGHTLY else 4]
# BLAS adds up in another order for other numbers of rows; scikit-learn's projections differ by as much.
PROJECTED = {"components", "whitened", "singular", "incremental"}


@pytest.fixture(scope="module", params=NAMES)
def fitted(request, tmp_path_factory):
    """Each pipeline with its name, and the server's model of its file."""
    pipeline = step_models.fit(step_models.step_models()[request.param])
    folder = tmp_path_factory.mktemp("step")
    (folder / "model.pkl").write_bytes(pickle.dumps(pipeline))
    return request.param, pipeline, load_model(folder)


def assert_same(pipeline, model: Model, rows: list[list]) -> None:
    """Compare the answers: those of trees to the bit, sums within 1e-12."""
    answers = model.predict([list(row) for row in rows])
    frame = as_frame(rows)
    exact = 0 if "Forest" in model.estimator.name else 1e-12
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if model.class_names is None:
            found = [one["prediction"] for one in answers]
            assert np.allclose(found, pipeline.predict(frame), rtol=exact, atol=0)
            return
        assert [one["predicted_class"] for one in answers] == pipeline.predict(frame).tolist()
        found = np.array([list(one["probabilities"].values()) for one in answers])
        assert np.abs(found - pipeline.predict_proba(frame)).max() <= exact


def test_is_evaluated_here_and_answers_as_scikit_learn_does(fitted):
    name, pipeline, model = fitted
    assert isinstance(model.estimator, Evaluator)
    assert_same(pipeline, model, step_models.rows_for(name, 400, seed=1))


def test_a_row_alone_becomes_what_it_becomes_in_a_table(fitted):
    name, _, model = fitted
    table = read_rows(step_models.rows_for(name, 60, seed=2), model.schema).values
    for step in model.estimator.steps:
        together = step(table)
        for index, row in enumerate(table):
            if name in PROJECTED:
                assert np.abs(step(row[None]) - together[index]).max() < 1e-12
                continue
            assert step(row[None]).tobytes() == together[index].tobytes()
            assert step.of_row is None or np.array(step.of_row(row.tolist())).tobytes() == together[index].tobytes()
        table = together


def test_explanations_add_up_to_the_answer(fitted):
    name, _, model = fitted
    rows = step_models.rows_for(name, 5, seed=3)
    assert model.estimator.columns is not None
    table = read_rows(rows, model.schema)
    try:
        explained = model.explainer.explain(table.values)
    except NotExplained as reason:
        pytest.skip(str(reason))
    for one, answer in zip(explained, model.predict(table), strict=True):
        if one["explains"] == "prediction":
            assert one["base_value"] + sum(one["shap_values"].values()) == pytest.approx(answer["prediction"])
        elif one["explains"] == "probability":
            sums = {key: one["base_values"][key] + sum(one["shap_values"][key].values()) for key in one["base_values"]}
            assert sums == pytest.approx(answer["probabilities"], abs=1e-9)


@pytest.mark.parametrize("kind", ["uniform", "normal"])
def test_quantiles_end_where_scikit_learns_do(kind):
    seen = np.column_stack([np.ones(9), np.arange(9.0)])
    pipeline = make_pipeline(QuantileTransformer(n_quantiles=5, output_distribution=kind), Ridge()).fit(
        seen, seen[:, 1]
    )
    rows = np.array(
        [[1.0, 0.0], [1.0, 8.0], [0.5, -1.0], [2.0, 9.0], [1 + 5e-8, 5e-8], [1 - 5e-8, 8 - 5e-8], [1.0, 3.3]]
    )
    found = compile_model(read_inert(pickle.dumps(pipeline))).steps[0](rows)
    assert np.abs(found - pipeline[0].transform(rows)).max() < 1e-12
