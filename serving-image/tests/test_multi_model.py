"""A multi-model endpoint as SageMaker drives it: load, list, describe, invoke, unload, and every refusal."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import shutil
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import httpx
import joblib
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from raw_connection import BODY
from server_process import ServerProcess


@pytest.fixture(scope="module")
def packed(pack_iris, forest) -> Path:
    return pack_iris(forest) / "model"


def unpack(packed: Path, root: Path) -> Path:
    """Fill the folder that SageMaker unpacks into: `<name>/model` for each model."""
    for name in ("one", "two", "three"):
        shutil.copytree(packed, root / name / "model")
    return root


@pytest.fixture
def models(packed, tmp_path) -> Path:
    return unpack(packed, tmp_path)


@pytest.fixture(scope="module")
def shared(packed, tmp_path_factory):
    """A server with one model loaded, for tests that only ask, or order what is refused."""
    models = unpack(packed, tmp_path_factory.mktemp("models"))
    (models / "empty").mkdir()
    (models / "link").symlink_to("/etc")
    (models / "unlisted").mkdir()
    (models / "unlisted" / "model.pkl").write_bytes(pickle.dumps(Counter("a")))
    command = [sys.executable, "-m", "inference_server", "serve"]
    server = ServerProcess(command, models, {"SAGEMAKER_MULTI_MODEL": "true"})
    server.wait_until_ready()
    assert load(server, "one").status_code == 200
    yield server
    server.kill()


@pytest.fixture
def server(start_server, models):
    return start(start_server, models)


def start(start_server, models, **settings):
    found = start_server(models, SAGEMAKER_MULTI_MODEL="true", **settings)
    found.wait_until_ready()
    return found


def load(server, name, url=None, timeout=30) -> httpx.Response:
    order = {"model_name": name, "url": str(server.model_directory / name / "model") if url is None else url}
    return httpx.post(f"{server.url}/models", json=order, timeout=timeout)


def invoke(server, name, body=BODY, **headers) -> httpx.Response:
    headers = {"content-type": "application/json", "X-Amzn-SageMaker-Target-Model": "a.tar.gz"} | headers
    return httpx.post(f"{server.url}/models/{name}/invoke", content=body, headers=headers, timeout=30)


def test_a_model_is_loaded_listed_invoked_and_unloaded(server, models):
    assert httpx.get(f"{server.url}/models").json() == {"models": []}
    assert invoke(server, "one").status_code == 404
    entry = {"modelName": "one", "modelUrl": str(models / "one" / "model")}
    answer = load(server, "one")
    assert (answer.status_code, answer.json()) == (200, entry)
    assert httpx.get(f"{server.url}/models").json() == {"models": [entry]}
    answer = httpx.get(f"{server.url}/models/one")
    assert (answer.status_code, answer.json()) == (200, entry)
    answer = invoke(server, "one")
    assert answer.json()["predictions"][0]["predicted_class"] == "setosa"
    digest = hashlib.sha256((models / "one" / "model" / "model.pkl").read_bytes()).hexdigest()
    assert answer.headers["x-amzn-sagemaker-custom-attributes"] == f"model-sha256={digest}"
    assert httpx.delete(f"{server.url}/models/one").status_code == 200
    for request in (httpx.get, httpx.delete):
        assert request(f"{server.url}/models/one").status_code == 404
    assert invoke(server, "one").status_code == 404
    assert httpx.get(f"{server.url}/models").json() == {"models": []}
    # And again.
    assert load(server, "one").status_code == 200
    assert invoke(server, "one").status_code == 200


def test_models_are_told_apart(start_server, models, iris_data):
    x, y = iris_data
    other = models / "other" / "model"
    other.mkdir(parents=True)
    (other / "model.pkl").write_bytes(pickle.dumps(LogisticRegression(max_iter=1000).fit(x, y == 2)))
    server = start(start_server, models)
    assert load(server, "one").status_code == load(server, "other").status_code == 200
    assert invoke(server, "one").json()["predictions"][0]["predicted_class"] == "setosa"
    assert invoke(server, "other").json()["predictions"][0]["predicted_class"] == "False"
    lines = httpx.get(f"{server.url}/metrics").text.splitlines()
    assert 'invocations_total{model="one",status="200"} 1' in lines
    assert 'predicted_classes_total{model="other",class="False"} 1' in lines
    assert httpx.get(f"{server.url}/v2/models/other").json()["outputs"][2]["shape"] == [-1, 2]
    assert httpx.get(f"{server.url}/v2/models/two").status_code == 404


def test_a_loaded_model_is_409_and_stays(server):
    assert load(server, "one").status_code == 200
    assert load(server, "one").status_code == 409
    assert invoke(server, "one").status_code == 200


def test_more_models_than_allowed_are_507_until_one_is_unloaded(start_server, models):
    server = start(start_server, models, INFERENCE_SERVER_MAX_MODELS="2")
    assert [load(server, name).status_code for name in ("one", "two", "three")] == [200, 200, 507]
    assert httpx.delete(f"{server.url}/models/one").status_code == 200
    assert load(server, "three").status_code == 200


def test_without_memory_it_is_507_and_what_is_loaded_serves_on(start_server, models):
    """The server takes about 45 MB itself; a model of 60 MB fits below 150 MB once, and again when it is gone."""
    server = start(start_server, models, INFERENCE_SERVER_MAX_MEMORY_MB="150")
    for name in ("one", "two"):
        (models / name / "model" / "padding").write_bytes(bytes(60_000_000))
    assert load(server, "one").status_code == 200
    (models / "two" / "model" / "padding").write_bytes(bytes(200_000_000))
    answer = load(server, "two")
    assert (answer.status_code, "150 MB" in answer.json()["error"]) == (507, True)
    assert invoke(server, "one").status_code == 200
    assert invoke(server, "two").status_code == 404
    (models / "two" / "model" / "padding").unlink()
    assert load(server, "two").status_code == 200


def test_what_unfolds_to_more_memory_than_there_is_is_given_back(start_server, models, iris_data):
    """80 MB of zeros in a file of some kilobytes."""
    estimator = LogisticRegression(max_iter=1000).fit(*iris_data)
    estimator.coef_, estimator.intercept_ = np.zeros((5000, 2000)), np.zeros(5000)
    estimator.classes_, estimator.n_features_in_ = np.arange(5000), 2000
    (models / "large" / "model").mkdir(parents=True)
    joblib.dump(estimator, models / "large" / "model" / "model.joblib", compress=9)
    assert (models / "large" / "model" / "model.joblib").stat().st_size < 1_000_000
    server = start(start_server, models, INFERENCE_SERVER_MAX_MEMORY_MB="110")
    assert load(server, "large").status_code == 507
    assert invoke(server, "large").status_code == 404
    assert resident(server) < 90_000_000
    assert load(server, "one").status_code == 200


def resident(server) -> int:
    return int(Path(f"/proc/{server.process.pid}/statm").read_text().split()[1]) * 4096


@pytest.mark.parametrize(
    ("order", "message"),
    [
        (b"{", "not valid JSON"),
        ([], 'Send {"model_name"'),
        ({"model_name": "one"}, 'Send {"model_name"'),
        ({"model_name": 1, "url": "x"}, 'Send {"model_name"'),
        ({"model_name": "", "url": "x"}, '"model_name" must be'),
        ({"model_name": "a/b", "url": "x"}, '"model_name" must be'),
        ({"model_name": "a\nb", "url": "x"}, '"model_name" must be'),
        ({"model_name": "x" * 257, "url": "x"}, '"model_name" must be'),
        ({"model_name": "a", "url": "/etc"}, '"url" must lie below'),
        ({"model_name": "a", "url": "{models}"}, '"url" must lie below'),
        ({"model_name": "a", "url": "{models}/../.."}, '"url" must lie below'),
        ({"model_name": "a", "url": "{models}/one/../../../etc"}, '"url" must lie below'),
        ({"model_name": "a", "url": "{models}/link"}, '"url" must lie below'),
        ({"model_name": "a", "url": "{models}/none"}, '"url" must be a directory that exists'),
        ({"model_name": "a", "url": "{models}/one/\0"}, '"url" is no path'),
        ({"model_name": "a", "url": "{models}/" + "x" * 4000}, '"url" '),
        ({"model_name": "a", "url": "{models}/empty"}, "The model cannot be served: The archive has no"),
        (
            {"model_name": "a", "url": "{models}/unlisted"},
            "The model cannot be served: The model file names collections.Counter",
        ),
    ],
)
def test_refuses_orders_that_it_cannot_follow(shared, order, message):
    models = shared.model_directory
    if isinstance(order, dict) and "url" in order:
        order = order | {"url": order["url"].replace("{models}", str(models))}
    content = order if isinstance(order, bytes) else json.dumps(order)
    # A model that is refused is read first, which takes seconds where other tests run beside.
    answer = httpx.post(f"{shared.url}/models", content=content, timeout=30)
    assert answer.status_code == 400
    assert message in answer.json()["error"]
    assert len(answer.content) < 2048
    assert [one["modelName"] for one in httpx.get(f"{shared.url}/models").json()["models"]] == ["one"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/invocations", 404),
        ("PUT", "/models", 405),
        ("POST", "/models/one", 405),
        ("GET", "/models/one/invoke", 405),
        ("GET", "/models/one/other", 404),
        ("GET", "/models/one/", 404),
        ("GET", "/models/", 404),
        ("GET", "/models/%ff", 404),
        ("GET", "/models/o%6Ee", 200),
        ("POST", "/models/two/invoke", 404),
        ("DELETE", "/models/two", 404),
    ],
)
def test_other_routes(shared, method, path, status):
    assert httpx.request(method, shared.url + path).status_code == status


def test_lists_page_by_page(start_server, models, iris_data):
    names = [f"m{index:03}" for index in range(105)]
    (models / "one" / "model" / "model.json").unlink()
    small = pickle.dumps(LogisticRegression(max_iter=1000).fit(*iris_data))
    (models / "one" / "model" / "model.pkl").write_bytes(small)
    for name in names:
        (models / name).mkdir()
        (models / name / "model").symlink_to(models / "one" / "model")
    server = start(start_server, models)
    assert all(load(server, name).status_code == 200 for name in names)
    first = httpx.get(f"{server.url}/models").json()
    second = httpx.get(f"{server.url}/models", params={"next_page_token": first["nextPageToken"]}).json()
    assert [one["modelName"] for one in first["models"] + second["models"]] == names
    assert len(first["models"]) == 100
    assert "nextPageToken" not in second


def test_loading_holds_up_nobody_else(server, models):
    """A model whose model.json is a pipe loads until somebody writes to it."""
    os.unlink(models / "two" / "model" / "model.json")
    os.mkfifo(models / "two" / "model" / "model.json")
    assert load(server, "one").status_code == 200
    answers: list[int] = []
    loading = threading.Thread(target=lambda: answers.append(load(server, "two").status_code))
    loading.start()
    time.sleep(0.3)
    started = time.monotonic()
    assert server.ping() == 200
    assert invoke(server, "one").status_code == 200
    large = json.dumps({"instances": [[5.1, 3.5, 1.4, 0.2]] * 5000})
    assert invoke(server, "one", large).status_code == 200
    assert load(server, "three").status_code == 200
    assert load(server, "two").status_code == 409
    assert invoke(server, "two").status_code == 404
    assert time.monotonic() - started < 20
    assert answers == []
    (models / "two" / "model" / "model.json").write_text("{}")
    loading.join(10)
    assert answers == [200]
    assert invoke(server, "two").status_code == 200


def test_a_caller_who_leaves_while_a_model_loads_does_not_leave_it_half_loaded(server, models):
    os.unlink(models / "two" / "model" / "model.json")
    os.mkfifo(models / "two" / "model" / "model.json")
    with pytest.raises(httpx.TimeoutException):
        load(server, "two", timeout=0.3)
    (models / "two" / "model" / "model.json").write_text("{}")
    deadline = time.monotonic() + 5
    while invoke(server, "two").status_code != 200:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert load(server, "two").status_code == 409


def test_ping_is_200_without_any_model_and_models_are_only_there_where_it_is_asked_for(server, iris_server):
    assert server.ping() == 200
    assert httpx.get(f"{iris_server.url}/models").status_code == 404
    assert load(iris_server, "one", "x").status_code == 404
