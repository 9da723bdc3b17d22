"""Every route, status and message of the contract, asked of a real process."""

from __future__ import annotations

import hashlib
import json
import pickle

import httpx
import pytest

ROW = [5.1, 3.5, 1.4, 0.2]
BY_NAME = {"sepal_length": 5.1, "sepal_width": 3.5, "petal_length": 1.4, "petal_width": 0.2}


def test_predicts_the_recipes_rows(iris_server):
    rows = [ROW, [6.7, 3.1, 4.4, 1.4], [6.3, 3.3, 6.0, 2.5]]
    answer = iris_server.invoke(json.dumps({"instances": rows}))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    predictions = answer.json()["predictions"]
    assert [p["predicted_class"] for p in predictions] == ["setosa", "versicolor", "virginica"]
    assert [p["predicted_class_index"] for p in predictions] == [0, 1, 2]
    assert predictions[0] == {
        "predicted_class": "setosa",
        "predicted_class_index": 0,
        "confidence": 1.0,
        "probabilities": {"setosa": 1.0, "versicolor": 0.0, "virginica": 0.0},
        "input_features": {"sepal_length": 5.1, "sepal_width": 3.5, "petal_length": 1.4, "petal_width": 0.2},
    }


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_ping_is_200_and_empty(iris_server, method):
    answer = httpx.request(method, f"{iris_server.url}/ping")
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize(
    "content_type", ["application/json; charset=utf-8", "Application/JSON;charset=UTF-8", "application/json ; x=y"]
)
def test_accepts_parameters_of_the_content_type(iris_server, content_type):
    assert iris_server.invoke(json.dumps({"instances": [ROW]}), content_type).status_code == 200


@pytest.mark.parametrize(
    ("content_type", "shown"),
    [("text/xml", "text/xml"), (None, "none"), ("application/jsonl", "application/jsonl"), ("x" * 5000, "x" * 100)],
)
def test_refuses_other_content_types(iris_server, content_type, shown):
    answer = iris_server.invoke(b"5.1,3.5,1.4,0.2", content_type)
    assert answer.status_code == 400
    known = "application/json, text/csv, application/jsonlines, application/x-npy"
    assert answer.json() == {"error": f"Unsupported content type: {shown}; send one of {known}"}


WRONG_COUNT = "Invalid input: Instance 0 must have exactly 4 features"
# In the recipe's words where the rows are as the recipe has them; else with the column and what it may hold.
NON_NUMERIC = "Invalid input: Instance 0 contains non-numeric values"
NAMED = f"{NON_NUMERIC}: 'sepal_length' must be a number"
MISSING = (
    "Invalid input: Instance 0 contains non-numeric values: 'sepal_length' is missing, and this model was trained "
    "without missing values"
)
NOT_FINITE = "Invalid input: Instance 0 contains a value that is not finite: 'sepal_length'"
NO_INSTANCES = 'Input must contain "instances" key'
NOT_A_LIST = "Invalid input: Input must be a list of feature arrays"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("{}", NO_INSTANCES),
        ('"instances"', NO_INSTANCES),
        ("null", NO_INSTANCES),
        ('{"instances": {"a": 1}}', NOT_A_LIST),
        ('{"instances": null}', NOT_A_LIST),
        ('{"instances": []}', "Invalid input: instances must hold at least one feature array"),
        ('{"instances": [[1, 2, 3]]}', WRONG_COUNT),
        ('{"instances": [[1, 2, 3, 4, 5]]}', WRONG_COUNT),
        ('{"instances": [5.1, 3.5, 1.4, 0.2]}', WRONG_COUNT),
        ('{"instances": ["abcd"]}', WRONG_COUNT),
        ('{"instances": [[1, 2, 3, 4], [1]]}', "Invalid input: Instance 1 must have exactly 4 features"),
        ('{"instances": [["1", 2, 3, 4]]}', NON_NUMERIC),
        ('{"instances": [[null, 2, 3, 4]]}', NON_NUMERIC),
        ('{"inputs": [["1", 2, 3, 4]]}', NAMED),
        ('{"inputs": [[null, 2, 3, 4]]}', MISSING),
        (json.dumps({"instances": [BY_NAME | {"sepal_length": "1"}]}), NAMED),
        ('{"instances": [[[1], 2, 3, 4]]}', NON_NUMERIC),
        ('{"instances": [[NaN, 2, 3, 4]]}', "Invalid input: NaN is not JSON; send finite numbers"),
        ('{"instances": [[-Infinity, 2, 3, 4]]}', "Invalid input: -Infinity is not JSON; send finite numbers"),
        ('{"instances": [[1e999, 2, 3, 4]]}', NOT_FINITE),
        ('{"instances": [[1' + "0" * 400 + ", 2, 3, 4]]}", NOT_FINITE),
        ('{"instances": [[1' + "0" * 5000 + ", 2, 3, 4]]}", "Invalid input: a number has too many digits"),
        (
            '{"instances": [[1e39, 2, 3, 4]]}',
            "Invalid input: Instance 0: 'sepal_length' is too large for this model (float32)",
        ),
        ("", "Request body is not valid JSON: Expecting value at character 0"),
        ('{"instances": [[1,', "Request body is not valid JSON: Expecting value at character 18"),
        (b'{"instances": "\xff"}', "Request body is not valid JSON: it is not UTF-8"),
    ],
)
def test_refuses_what_it_cannot_answer(iris_server, body, message):
    answer = iris_server.invoke(body)
    assert (answer.status_code, answer.json()) == (400, {"error": message})
    assert len(answer.content) < 2048


def test_booleans_count_as_numbers(iris_server):
    answer = iris_server.invoke('{"instances": [[true, 3.5, false, 0]]}')
    assert answer.status_code == 200
    assert list(answer.json()["predictions"][0]["input_features"].values()) == [1.0, 3.5, 0.0, 0.0]


def test_other_keys_beside_instances_are_ignored(iris_server):
    assert iris_server.invoke(json.dumps({"instances": [ROW], "signature_name": "x"})).status_code == 200


def test_body_limit_is_exactly_6_mib(iris_server):
    body = json.dumps({"instances": [ROW]})
    assert iris_server.invoke(body.ljust(6_291_456)).status_code == 200
    answer = iris_server.invoke(body.ljust(6_291_457))
    assert (answer.status_code, answer.json()) == (413, {"error": "Request body is larger than 6291456 bytes"})


def test_body_limit_holds_without_a_content_length(iris_server):
    answer = httpx.post(
        f"{iris_server.url}/invocations",
        content=(b" " * 1_048_576 for _ in range(7)),
        headers={"content-type": "application/json"},
    )
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("method", "path", "status", "allow"),
    [
        ("GET", "/invocations", 405, "POST"),
        ("DELETE", "/ping", 405, "GET, HEAD, POST"),
        ("GET", "/", 404, None),
        ("GET", "/ping/", 404, None),
    ],
)
def test_other_routes(iris_server, method, path, status, allow):
    answer = httpx.request(method, iris_server.url + path)
    assert (answer.status_code, answer.headers.get("allow")) == (status, allow)
    assert "error" in answer.json()


@pytest.mark.parametrize(
    ("given", "echoed"),
    [
        (None, "{own}"),
        ("trace=7; a b", "trace=7; a b,{own}"),
        ("x" * 946, "x" * 946 + ",{own}"),
        # Together they would be 1,025 characters: the caller's are kept.
        ("x" * 947, "x" * 947),
        ("x" * 1024, "x" * 1024),
        # What SageMaker would not have forwarded is not given back.
        ("x" * 1025, "{own}"),
        ("a\u00e9", "{own}"),
        ("a\tb", "{own}"),
    ],
)
@pytest.mark.parametrize("body", ['{"instances": [[5.1, 3.5, 1.4, 0.2]]}', "[]"])
def test_custom_attributes_are_echoed_and_name_the_model(iris_server, iris_digest, given, echoed, body):
    headers = {"content-type": "application/json"}
    if given is not None:
        headers["X-Amzn-SageMaker-Custom-Attributes"] = given.encode("latin-1")
    answer = httpx.post(f"{iris_server.url}/invocations", content=body, headers=headers)
    found = answer.headers["x-amzn-sagemaker-custom-attributes"]
    assert found == echoed.format(own=f"model-sha256={iris_digest}")
    assert len(found) <= 1024


def test_the_digest_is_of_the_model_file_even_where_model_json_is_silent(start_server, tmp_path, forest):
    (tmp_path / "model.pkl").write_bytes(pickle.dumps(forest))
    server = start_server(tmp_path)
    server.wait_until_ready()
    found = server.invoke(json.dumps({"instances": [ROW]})).headers["x-amzn-sagemaker-custom-attributes"]
    assert found == "model-sha256=" + hashlib.sha256((tmp_path / "model.pkl").read_bytes()).hexdigest()


@pytest.fixture
def iris_digest(iris_server) -> str:
    return hashlib.sha256((iris_server.model_directory / "model.pkl").read_bytes()).hexdigest()
