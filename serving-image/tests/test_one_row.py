"""Steps answer for one row, in plain Python, what they answer for a table, in numpy: to the bit, refusals included."""

from __future__ import annotations

import functools
import pickle

import mixed_models
import numpy as np
import pytest
from covered_models import covered_models, fit, load_rows

from inference_server.evaluate.compile_model import compile_model
from inference_server.evaluate.finish import sigmoid
from inference_server.pickles.read_inert import read_inert
from inference_server.table.refused_values import RefusedValues
from sagemaker_deployer.pack.parity.coded_rows import drawn_rows, only_codes, schema_of

COVERED = {name: model for name, model in covered_models().items() if hasattr(model[1], "steps")}
MIXED = mixed_models.mixed_models(trees=2)


@functools.cache
def _compile(name: str):
    if name in MIXED:
        return compile_model(read_inert(pickle.dumps(mixed_models.fit(MIXED[name]))))
    return compile_model(read_inert(pickle.dumps(fit(*COVERED[name]))))


def _rows(name: str, evaluator) -> np.ndarray:
    random = np.random.default_rng(0)
    schema = schema_of(evaluator)
    drawn = only_codes(drawn_rows(schema, 100, random), schema)
    if name in MIXED:
        return drawn
    rows = load_rows(COVERED[name][0])[:100]
    return np.concatenate([rows, np.where(random.random(rows.shape) < 0.2, np.nan, rows), drawn])


def _outcome(ask, values):
    with np.errstate(all="ignore"):
        try:
            return np.asarray(ask(values)).ravel().tobytes()
        except RefusedValues as refused:
            return type(refused)


@pytest.mark.parametrize("name", [*COVERED, *MIXED])
def test_a_row_becomes_what_it_becomes_in_a_table(name):
    evaluator = _compile(name)
    rows = _rows(name, evaluator)
    rows = np.concatenate([rows, np.where(np.arange(rows.shape[1]) == 0, np.inf, rows[:1])])
    for step in evaluator.steps:
        if step.of_row is None:
            break  # polynomials, norms and others are left to numpy
        for row in rows:
            assert _outcome(step.of_row, row.tolist()) == _outcome(step, row[None])
        rows = np.array([row for row in rows if not isinstance(_outcome(step, row[None]), type)])
        rows = step(rows)


@pytest.mark.parametrize("name", MIXED)
def test_pipelines_of_a_data_frame_need_no_table(name):
    assert all(step.of_row is not None for step in _compile(name).steps)


@pytest.mark.parametrize("decide", ["probability", "not negative", "positive"])
@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_a_sigmoid_of_one_row_is_that_of_many(decide, scale):
    random = np.random.default_rng(0)
    sums = np.concatenate([random.normal(size=20_000) * 8, random.normal(size=500) * 900, [0.0, -0.0, np.inf, -np.inf]])
    finish = sigmoid(scale, decide)
    indexes, shares = finish(sums[:, None])
    for place, total in enumerate(sums.tolist()):
        index, share = finish(np.array([[total]]))
        assert index[0] == indexes[place]
        assert share.tobytes() == shares[place].tobytes()
