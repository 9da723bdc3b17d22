"""The OpenAPI document: valid, made from the model, and true: its own examples are sent and answered as it says."""

from __future__ import annotations

import json
import pickle
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, Perceptron

from server_process import ServerProcess

FEATURES = [
    {"name": "length", "type": "number", "minimum": 4.3, "maximum": 7.9},
    {"name": "count", "type": "integer", "minimum": 2, "maximum": 4},
    {"name": "kind", "type": "category", "categories": [1, 3, 6]},
    {"name": "wild", "type": "boolean"},
]


def train(kind: str, x: np.ndarray, y: np.ndarray):
    estimator = {
        "forest": RandomForestClassifier(5, random_state=0),
        "without probabilities": Perceptron(),
        "regression": LinearRegression(),
        "two outputs": LinearRegression(),
    }[kind]
    return estimator.fit(x, np.stack([y, y], axis=1) if kind == "two outputs" else y)


@pytest.fixture(scope="module", params=["forest", "without probabilities", "regression", "two outputs"])
def server(request, tmp_path_factory, iris_data) -> Iterator[ServerProcess]:
    folder = tmp_path_factory.mktemp("model")
    (folder / "model.pkl").write_bytes(pickle.dumps(train(request.param, *iris_data)))
    (folder / "model.json").write_text(json.dumps({"features": FEATURES}))
    found = ServerProcess([sys.executable, "-m", "inference_server", "serve"], folder, {})
    found.wait_until_ready()
    yield found
    found.kill()


def read(server: ServerProcess) -> dict:
    answer = httpx.get(f"{server.url}/openapi.json")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    return answer.json()


def fits(document: dict, schema: dict, value) -> None:
    """Raise where the value is not what the schema, of which references point into the document, says."""
    Draft202012Validator(schema | {"components": document["components"]}).validate(value)


def test_it_is_valid_and_its_examples_are_answered_as_it_says(server):
    document = read(server)
    OpenAPIV31SpecValidator(document).validate()
    asked = 0
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert method in ("get", "post")
            expected = operation["responses"]["200"].get("content", {}).get("application/json", {})
            for content_type, content in operation.get("requestBody", {"content": {"": {}}})["content"].items():
                if content_type and "example" not in content:
                    assert content_type == "application/x-npy"
                    continue
                body = content.get("example", "")
                if content_type == "application/json":
                    fits(document, content["schema"], body)
                    body = json.dumps(body)
                answer = httpx.request(method, server.url + path, content=body, headers={"content-type": content_type})
                assert answer.status_code == 200, (path, answer.text)
                if expected:
                    fits(document, expected["schema"], answer.json())
                if "example" in expected:
                    assert answer.json() == expected["example"]
                asked += 1
    assert asked == 13


def test_it_names_every_route(server):
    said = set(read(server)["paths"])
    for path in ("/ping", "/invocations", "/execution-parameters", "/metrics", "/openapi.json", "/v2"):
        assert path in said
    known = httpx.get(f"{server.url}/nowhere").json()["error"]
    assert set(re.findall(r"/[\w./-]+", known)) <= said


def test_features_and_classes_are_the_models_own(iris_server, start_server, tmp_path, iris_data):
    (tmp_path / "model.pkl").write_bytes(pickle.dumps(train("forest", *iris_data)))
    (tmp_path / "model.json").write_text(json.dumps({"features": FEATURES, "classNames": ["a", "b", "c"]}))
    server = start_server(tmp_path)
    server.wait_until_ready()
    document = read(server)
    assert document["components"]["schemas"]["Row"]["prefixItems"] == [
        {
            "title": "length",
            "type": "number",
            "x-trained-minimum": 4.3,
            "x-trained-maximum": 7.9,
            "description": "In the training data: minimum 4.3, maximum 7.9",
        },
        {
            "title": "count",
            "type": "integer",
            "x-trained-minimum": 2,
            "x-trained-maximum": 4,
            "description": "In the training data: minimum 2, maximum 4",
        },
        {
            "title": "kind",
            "type": "number",
            "x-trained-categories": [1, 3, 6],
            "description": "In the training data: categories 1, 3, 6",
        },
        {"title": "wild", "type": ["boolean", "integer"]},
    ]
    body = document["paths"]["/invocations"]["post"]["requestBody"]["content"]["application/json"]
    assert body["example"] == {"instances": [[6.1, 3, 1, 0]]}
    prediction = document["components"]["schemas"]["Prediction"]["properties"]
    assert prediction["predicted_class"]["enum"] == ["a", "b", "c"]
    assert list(prediction["probabilities"]["properties"]) == ["a", "b", "c"]
    for wrong in ([[1, 2, 3]], [[1, 2, 3, 4, 5]], [["1", 2, 3, 4]], []):
        with pytest.raises(Exception, match=r"."):
            fits(document, body["schema"], {"instances": wrong})
        assert server.invoke(json.dumps({"instances": wrong})).status_code == 400


def test_explanations_fit_it_too(iris_server):
    document = read(iris_server)
    operation = document["paths"]["/invocations"]["post"]
    example = operation["requestBody"]["content"]["application/json"]["example"]
    answer = httpx.post(f"{iris_server.url}/invocations", params={"explain": "true"}, json=example)
    assert answer.status_code == 200
    assert "explanation" in answer.json()["predictions"][0]
    fits(document, operation["responses"]["200"]["content"]["application/json"]["schema"], answer.json())


def test_errors_are_as_it_says(iris_server):
    document = read(iris_server)
    responses = document["paths"]["/invocations"]["post"]["responses"]
    answer = iris_server.invoke("[]")
    assert str(answer.status_code) in responses
    fits(document, responses["400"]["content"]["application/json"]["schema"], answer.json())


def test_a_multi_model_endpoint_describes_each_model(start_server, tmp_path, iris_data):
    for name in ("one", "two.x"):
        directory: Path = tmp_path / name / "model"
        directory.mkdir(parents=True)
        (directory / "model.pkl").write_bytes(pickle.dumps(train("forest", *iris_data)))
    server = start_server(tmp_path, SAGEMAKER_MULTI_MODEL="true")
    server.wait_until_ready()
    OpenAPIV31SpecValidator(read(server)).validate()
    for name in ("one", "two.x"):
        order = {"model_name": name, "url": str(tmp_path / name / "model")}
        assert httpx.post(f"{server.url}/models", json=order).status_code == 200
    document = read(server)
    OpenAPIV31SpecValidator(document).validate()
    assert "/invocations" not in document["paths"]
    for name in ("one", "two.x"):
        operation = document["paths"][f"/models/{name}/invoke"]["post"]
        example = operation["requestBody"]["content"]["application/json"]["example"]
        answer = httpx.post(f"{server.url}/models/{name}/invoke", json=example)
        expected = operation["responses"]["200"]["content"]["application/json"]
        assert answer.json() == expected["example"]
        fits(document, expected["schema"], answer.json())


def test_while_loading_there_is_none(start_server, slow_model):
    server = start_server(slow_model)
    assert httpx.get(f"{server.url}/openapi.json").status_code == 503
