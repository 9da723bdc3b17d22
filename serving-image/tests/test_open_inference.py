"""The Open Inference Protocol v2 over REST, asked of a real process: routes, metadata, tensors, refusals."""

from __future__ import annotations

import hashlib
import json
import pickle

import httpx
import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from inference_server.model import Model
from inference_server.routes.infer import Inference, infer

ROWS = [[5.1, 3.5, 1.4, 0.2], [6.3, 3.3, 6.0, 2.5]]
TABLE = {"name": "input", "shape": [2, 4], "datatype": "FP64", "data": ROWS}
FEATURES = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
COLUMNS = [
    {"name": name, "shape": [2], "datatype": "FP64", "data": [row[index] for row in ROWS]}
    for index, name in enumerate(FEATURES)
]


@pytest.fixture
def digest(iris_server) -> str:
    return hashlib.sha256((iris_server.model_directory / "model.pkl").read_bytes()).hexdigest()


def ask(server, request, path="/v2/models/model/infer", **headers) -> httpx.Response:
    content = request if isinstance(request, bytes) else json.dumps(request)
    return httpx.post(server.url + path, content=content, headers={"content-type": "application/json"} | headers)


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("/v2/health/live", {"live": True}),
        ("/v2/health/ready", {"ready": True}),
        ("/v2", {"name": "inference_server", "version": "1", "extensions": ["binary_tensor_data"]}),
        ("/v2/models/model/ready", {"name": "model", "ready": True}),
        ("/v2/models/model/versions/{digest}/ready", {"name": "model", "ready": True}),
    ],
)
def test_health_and_server(iris_server, digest, path, content):
    answer = httpx.get(iris_server.url + path.format(digest=digest))
    assert (answer.status_code, answer.json()) == (200, content)


@pytest.mark.parametrize("path", ["/v2/models/model", "/v2/models/model/versions/{digest}", "/v2/models/m%6Fdel"])
def test_describes_the_model(iris_server, digest, path):
    assert httpx.get(iris_server.url + path.format(digest=digest)).json() == {
        "name": "model",
        "versions": [digest],
        "platform": "sklearn",
        "inputs": [{"name": "input", "datatype": "FP64", "shape": [-1, 4]}],
        "outputs": [
            {"name": "predicted_class", "datatype": "BYTES", "shape": [-1]},
            {"name": "predicted_class_index", "datatype": "INT64", "shape": [-1]},
            {"name": "probabilities", "datatype": "FP64", "shape": [-1, 3]},
        ],
    }


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v2/models/other", 404),
        ("GET", "/v2/models/", 404),
        ("GET", "/v2/models/%ff%00", 404),
        ("GET", "/v2/models/model/versions/1", 404),
        ("GET", "/v2/models/model/versions", 404),
        ("GET", "/v2/models/model/explain", 404),
        ("GET", "/v2/models/model/infer", 405),
        ("POST", "/v2/models/model", 405),
        ("POST", "/v2/models/other/infer", 404),
        ("POST", "/v2/models/model/versions/1/infer", 404),
        ("GET", "/v2/", 404),
    ],
)
def test_errors_are_objects_with_an_error(iris_server, method, path, status):
    answer = httpx.request(method, iris_server.url + path)
    assert answer.status_code == status
    assert list(answer.json()) == ["error"]
    assert isinstance(answer.json()["error"], str)


@pytest.mark.parametrize("path", ["/v2/models/model/infer", "/v2/models/model/versions/{digest}/infer"])
def test_infers_what_invocations_predict(iris_server, digest, path):
    answer = ask(iris_server, {"id": "42", "inputs": [TABLE]}, path.format(digest=digest))
    assert answer.status_code == 200
    expected = iris_server.invoke(json.dumps({"instances": ROWS})).json()["predictions"]
    assert answer.json() == {
        "model_name": "model",
        "model_version": digest,
        "id": "42",
        "outputs": [
            {
                "name": "predicted_class",
                "datatype": "BYTES",
                "shape": [2],
                "data": [one["predicted_class"] for one in expected],
            },
            {
                "name": "predicted_class_index",
                "datatype": "INT64",
                "shape": [2],
                "data": [one["predicted_class_index"] for one in expected],
            },
            {
                "name": "probabilities",
                "datatype": "FP64",
                "shape": [2, 3],
                "data": [value for one in expected for value in one["probabilities"].values()],
            },
        ],
    }
    assert answer.headers["x-amzn-sagemaker-custom-attributes"] == f"model-sha256={digest}"


def classes(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return answer.json()["outputs"][0]["data"]


FLAT = [value for row in ROWS for value in row]


@pytest.mark.parametrize(
    "inputs",
    [
        [TABLE],
        [TABLE | {"data": FLAT}],
        [TABLE | {"datatype": "FP32"}],
        [TABLE | {"parameters": None}],
        COLUMNS,
        COLUMNS[::-1],
        [column | {"shape": [2, 1]} for column in COLUMNS],
        [column | {"shape": [2, 1], "data": [[value] for value in column["data"]]} for column in COLUMNS],
        [TABLE | {"parameters": {"content_type": "np", "n": 1, "b": True}}],
    ],
)
def test_takes_a_table_or_columns_flat_or_nested(iris_server, inputs):
    assert classes(ask(iris_server, {"inputs": inputs})) == ["setosa", "virginica"]


@pytest.mark.parametrize("datatype", ["INT64", "INT32", "INT8", "UINT8", "UINT64"])
def test_takes_whole_numbers(iris_server, datatype):
    table = TABLE | {"datatype": datatype, "data": [5, 3, 1, 0, 6, 3, 6, 2]}
    assert classes(ask(iris_server, {"inputs": [table]})) == ["setosa", "virginica"]


def test_takes_booleans(iris_server):
    table = TABLE | {"shape": [1, 4], "datatype": "BOOL", "data": [True, False, True, False]}
    expected = iris_server.invoke('{"instances": [[1, 0, 1, 0]]}').json()["predictions"][0]["predicted_class"]
    assert classes(ask(iris_server, {"inputs": [table]})) == [expected]


def test_fp32_means_the_float32_that_was_sent(iris_data):
    """A regression shows what reached it: 0.1 as FP32 is 0.10000000149011612."""
    x, _ = iris_data
    model = Model(LinearRegression().fit(x[:, :1], x[:, 0]))
    model.estimator.coef_, model.estimator.intercept_ = model.estimator.coef_ * 0 + 1, 0
    for datatype, seen in (("FP64", 0.1), ("FP32", 0.10000000149011612), ("FP16", 0.0999755859375)):
        tensor = {"name": "input", "shape": [1, 1], "datatype": datatype, "data": [0.1]}
        answer = infer(model, Inference("model", "", json.dumps({"inputs": [tensor]}).encode()))
        output = {"name": "prediction", "datatype": "FP64", "shape": [1], "data": [seen]}
        assert json.loads(answer.body) == {"model_name": "model", "outputs": [output]}


def test_answers_the_outputs_asked_for_in_that_order(iris_server):
    outputs = [{"name": "probabilities", "parameters": {"binary_data": False}}, {"name": "predicted_class"}]
    answer = ask(iris_server, {"inputs": [TABLE], "outputs": outputs}).json()
    assert [output["name"] for output in answer["outputs"]] == ["probabilities", "predicted_class"]
    assert "id" not in answer


ONE_OR_EACH = "Send one input of shape [rows, 4], or one for each feature"


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (b"{", "Request body is not valid JSON"),
        ([], "An inference request must be a JSON object"),
        ({}, '"inputs" must be a list of at least one tensor'),
        ({"inputs": []}, '"inputs" must be a list of at least one tensor'),
        ({"inputs": [1]}, "Input 0 must be an object"),
        ({"inputs": [TABLE | {"name": 1}]}, 'Input 0 must have "name", a string'),
        ({"inputs": [TABLE | {"shape": "2,4"}]}, 'Input 0 must have "shape", a list'),
        ({"inputs": [TABLE | {"shape": []}]}, "The shape of input 0 must be a list of whole numbers"),
        ({"inputs": [TABLE | {"shape": [2.0, 4]}]}, "The shape of input 0 must be a list of whole numbers"),
        ({"inputs": [TABLE | {"shape": [True, 4]}]}, "The shape of input 0 must be a list of whole numbers"),
        ({"inputs": [TABLE | {"shape": [-2, 4]}]}, "The shape of input 0 must be a list of whole numbers"),
        ({"inputs": [TABLE | {"shape": [2**64, 4]}]}, "The shape of input 0 must be a list of whole numbers"),
        ({"inputs": [TABLE | {"shape": [2**63, 4]}]}, "The data of input 'input' is not nested as its shape says"),
        ({"inputs": [TABLE | {"shape": [4, 2]}]}, "Input 'input' must have the shape [rows, 4]"),
        ({"inputs": [TABLE | {"shape": [8]}]}, f"{ONE_OR_EACH}: 'input' is none of them"),
        ({"inputs": [TABLE | {"shape": [0, 4], "data": []}]}, "instances must hold at least one feature array"),
        ({"inputs": [TABLE | {"shape": [3, 4]}]}, "The data of input 'input' is not nested as its shape says"),
        ({"inputs": [TABLE | {"shape": [3, 4], "data": FLAT}]}, "Input 'input' holds 8 values; its shape says 12"),
        ({"inputs": [TABLE | {"data": [*ROWS[0], ROWS[1]]}]}, "is not nested as its shape says"),
        ({"inputs": [TABLE | {"data": [ROWS]}]}, "is not nested as its shape says"),
        ({"inputs": [TABLE | {"datatype": "BF16"}]}, "Input 0 has the datatype 'BF16'; features are one of BOOL, "),
        ({"inputs": [TABLE | {"datatype": "BYTES"}]}, "Input 'input' is BYTES: every value must be a text"),
        ({"inputs": [TABLE | {"datatype": "BYTES", "data": ["a"] * 8}]}, "'sepal_length' must be a number"),
        ({"inputs": [TABLE | {"datatype": "fp64"}]}, "Input 0 has the datatype 'fp64'; features are one of BOOL, "),
        ({"inputs": [TABLE | {"data": [["1", 2, 3, 4]] * 2}]}, "every value must be a number"),
        ({"inputs": [TABLE | {"data": [[True, 2, 3, 4]] * 2}]}, "every value must be a number"),
        ({"inputs": [TABLE | {"data": [[None, 2, 3, 4]] * 2}]}, "'sepal_length' is missing"),
        ({"inputs": [TABLE | {"datatype": "INT64"}]}, "every value must be a whole number in its range"),
        ({"inputs": [TABLE | {"datatype": "INT8", "data": [128] * 8}]}, "must be a whole number in its range"),
        ({"inputs": [TABLE | {"datatype": "UINT8", "data": [-1] * 8}]}, "must be a whole number in its range"),
        ({"inputs": [TABLE | {"datatype": "BOOL", "data": [1] * 8}]}, "every value must be true or false"),
        ({"inputs": [TABLE | {"data": [1e39] * 8, "datatype": "FP32"}]}, "contains a value that is not finite"),
        (b'{"inputs": [{"name": "input", "shape": [1, 4], "datatype": "FP64", "data": [NaN, 1, 1, 1]}]}', "NaN is not"),
        ({"inputs": [TABLE, TABLE]}, "Two inputs have the name 'input'"),
        ({"inputs": COLUMNS[:3]}, f"{ONE_OR_EACH}: 'petal_width' is missing"),
        ({"inputs": [*COLUMNS, TABLE]}, f"{ONE_OR_EACH}: 'input' is none of them"),
        (
            {"inputs": [*COLUMNS[:3], COLUMNS[3] | {"shape": [1], "data": [1]}]},
            "Input 'petal_width' must have the shape [rows] or [rows, 1], like the others",
        ),
        ({"inputs": [TABLE], "outputs": [{"name": "x"}]}, "There is no output 'x'; this model has predicted_class, "),
        ({"inputs": [TABLE], "outputs": {}}, '"outputs" must be a list of objects with a "name"'),
        ({"inputs": [TABLE], "outputs": [{"name": "probabilities"}] * 2}, "An output is asked for twice"),
        ({"inputs": [TABLE], "parameters": []}, 'The request has "parameters" that are not an object'),
        ({"inputs": [TABLE | {"parameters": {"a": []}}]}, 'Input 0 has "parameters" that are not an object'),
        ({"inputs": [TABLE | {"parameters": {"binary_data_size": 64}}]}, "of more bytes than follow the JSON"),
        ({"inputs": [TABLE], "id": 42}, '"id" must be a string of printable characters'),
        (b'{"inputs": [], "id": "\\ud800"}', '"id" must be a string of printable characters'),
        ({"inputs": [TABLE | {"name": "x" * 5000, "shape": [8]}]}, "none of them"),
    ],
)
def test_refuses_what_it_cannot_answer(iris_server, request_, message):
    answer = ask(iris_server, request_)
    assert answer.status_code == 400
    assert list(answer.json()) == ["error"]
    assert message in answer.json()["error"]
    assert len(answer.content) < 2048


def binary(inputs: list[dict], data: bytes, length: int | None = None) -> tuple[bytes, dict[str, str]]:
    text = json.dumps({"inputs": inputs}).encode()
    return text + data, {"Inference-Header-Content-Length": str(len(text) if length is None else length)}


NUMBERS = np.array(ROWS, "<f4").tobytes()
PACKED = {"name": "x", "shape": [2, 4], "datatype": "FP32", "parameters": {"binary_data_size": len(NUMBERS)}}


def test_binary_tensors_are_read_as_json_is(iris_server):
    body, headers = binary([PACKED], NUMBERS)
    answer = ask(iris_server, body, **headers)
    assert answer.status_code == 200
    in_json = {"name": "x", "shape": [2, 4], "datatype": "FP32", "data": np.array(ROWS, "<f4").tolist()}
    assert answer.json()["outputs"] == ask(iris_server, {"inputs": [in_json]}).json()["outputs"]


@pytest.mark.parametrize(
    ("tensor", "data", "length", "message"),
    [
        (PACKED, NUMBERS[:-1], None, "of more bytes than follow the JSON"),
        (PACKED, NUMBERS + b"x", None, "More bytes follow the JSON"),
        (PACKED | {"shape": [2, 3]}, NUMBERS, None, "not what its shape and datatype say"),
        (PACKED | {"datatype": "FP64"}, NUMBERS, None, "not what its shape and datatype say"),
        (PACKED | {"datatype": "BF16"}, NUMBERS, None, "no binary form"),
        (PACKED | {"datatype": "BYTES"}, b"\xff" * 32, None, "not as long as they say"),
        (PACKED | {"data": ROWS}, NUMBERS, None, "has both"),
        (PACKED, NUMBERS, 10**6, "the length of the JSON"),
        (PACKED, NUMBERS, -1, "the length of the JSON"),
    ],
)
def test_binary_tensors_that_do_not_fit_are_refused(iris_server, tensor, data, length, message):
    body, headers = binary([tensor], data, length)
    answer = ask(iris_server, body, **headers)
    assert answer.status_code == 400
    assert message in answer.json()["error"]


def test_the_model_can_have_a_name(start_server, tmp_path, iris_data):
    (tmp_path / "model.pkl").write_bytes(pickle.dumps(LinearRegression().fit(*iris_data)))
    server = start_server(tmp_path, INFERENCE_SERVER_MODEL_NAME="my model")
    server.wait_until_ready()
    assert httpx.get(f"{server.url}/v2/models/my%20model").json()["outputs"] == [
        {"name": "prediction", "datatype": "FP64", "shape": [-1]}
    ]
    assert httpx.get(f"{server.url}/v2/models/model").status_code == 404
    assert ask(server, {"inputs": [TABLE]}, "/v2/models/my%20model/infer").json()["outputs"][0]["shape"] == [2]


def test_while_loading_it_is_live_and_not_ready(start_server, slow_model):
    server = start_server(slow_model)
    assert httpx.get(f"{server.url}/v2/health/live").status_code == 200
    ready = httpx.get(f"{server.url}/v2/health/ready")
    assert (ready.status_code, ready.json()) == (503, {"ready": False})
    for path in ("/v2/models/model", "/v2/models/model/ready"):
        assert httpx.get(server.url + path).status_code == 503
    assert ask(server, {"inputs": [TABLE]}).status_code == 503
