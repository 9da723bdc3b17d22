"""What is up can answer: a model that answers no row never becomes healthy, in every way in which models are served."""

from __future__ import annotations

import json
import logging
import pickle
import time

import httpx
import mixed_models
import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.neighbors import KNeighborsClassifier

from inference_server.example import check_answers, golden_tables
from inference_server.load_model import load_model
from inference_server.model_error import ModelError

ROWS, CLASSES = np.arange(20.0).reshape(10, 2), np.arange(10) % 2


def never_finite() -> object:
    """Evaluated by the server; what its numbers give is no number."""
    model = LinearRegression().fit(ROWS, CLASSES)
    model.coef_ = np.full(2, np.nan)
    return model


def without_training_rows() -> object:
    """Served by scikit-learn, which raises an AttributeError."""
    model = KNeighborsClassifier(algorithm="brute").fit(ROWS, CLASSES)
    del model._fit_X
    return model


BROKEN = {"evaluated here": never_finite, "served by scikit-learn": without_training_rows}


@pytest.fixture(params=BROKEN)
def broken(request, tmp_path):
    """The folder of a model that loads, and answers nothing."""
    (tmp_path / "model.pkl").write_bytes(pickle.dumps(BROKEN[request.param]()))
    return tmp_path


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_model_that_answers_no_row_is_never_healthy(start_server, broken, workers):
    server = start_server(broken, SAGEMAKER_MODEL_SERVER_WORKERS=workers)
    statuses = set()
    until = time.monotonic() + 30
    while server.process.poll() is None and time.monotonic() < until:
        try:
            statuses.add(httpx.get(f"{server.url}/ping", timeout=2).status_code)
        except httpx.HTTPError:
            time.sleep(0.05)
    assert server.process.wait(1) == 1
    assert statuses <= {503}
    errors = [line for line in server.log.splitlines() if " ERROR " in line]
    assert len(errors) == 1
    assert "the model cannot be served: It can be loaded, but answers none of" in errors[0]


def test_on_a_multi_model_endpoint_it_is_not_loaded(start_server, tmp_path, broken):
    root = broken.parent
    server = start_server(root, SAGEMAKER_MULTI_MODEL="true")
    server.wait_until_ready()
    order = {"model_name": "one", "url": str(broken)}
    answer = httpx.post(f"{server.url}/models", json=order, timeout=30)
    assert answer.status_code == 400
    assert "answers none of" in answer.json()["error"]
    assert httpx.get(f"{server.url}/models").json() == {"models": []}


@pytest.fixture(scope="module")
def levels(tmp_path_factory):
    """The folder of a model that refuses categories that training did not see."""
    folder = tmp_path_factory.mktemp("levels")
    pipeline = mixed_models.fit(mixed_models.mixed_models()["levels"])
    (folder / "model.pkl").write_bytes(pickle.dumps(pipeline))
    return folder


def unknown(count: int = 7) -> list:
    return [None] * (count - 1) + ["highest"]


def test_what_refuses_every_row_is_up_with_a_warning(levels, monkeypatch, caplog):
    monkeypatch.setattr(check_answers, "made_rows", lambda model: [unknown()])
    with caplog.at_level(logging.WARNING, "inference_server"):
        model = load_model(levels)
    assert model.example is None
    assert "refuses each of 1 rows that were tried, the first with: Invalid input: Instance 0: 'level'" in caplog.text


@pytest.mark.parametrize("where", ["golden.json", "model.json"])
def test_rows_of_the_author_are_tried_first(levels, tmp_path, monkeypatch, where):
    monkeypatch.setattr(check_answers, "made_rows", lambda model: [unknown()])
    row = [1.5, "oslo", 30, "web", True, "x", "mid"]
    cases = [
        {"request": {"body": {"instances": [unknown()]}}, "expect": {"status": "4xx"}},
        {"request": {"contentType": "application/json", "body": {"instances": [row]}}, "expect": {"status": 200}},
    ]
    content = {"cases": cases} if where == "golden.json" else {"exampleRows": [row]}
    (tmp_path / "model.pkl").write_bytes((levels / "model.pkl").read_bytes())
    (tmp_path / where).write_text(json.dumps(content))
    assert load_model(tmp_path).example.rows == [row]


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", '{"cases": 1}', '{"cases": [1]}', '{"cases": [{"request": 1, "expect": {"status": 200}}]}'],
)
def test_golden_requests_that_cannot_be_read_are_left_out(levels, tmp_path, content):
    (tmp_path / "golden.json").write_text(content)
    assert list(golden_tables.golden_tables(tmp_path, load_model(levels).schema)) == []


def test_a_category_is_chosen_that_training_saw(levels):
    assert load_model(levels).example.rows[0][6] == "low"


def test_the_error_names_no_values_and_the_place(tmp_path):
    (tmp_path / "model.pkl").write_bytes(pickle.dumps(without_training_rows()))
    with pytest.raises(ModelError, match=r"AttributeError in File .*, line \d+"):
        load_model(tmp_path, apart=True)
