"""A server of texts, numbers and gaps: its documents are true, and it is asked in the ways that HTTP adds."""

from __future__ import annotations

import gzip
import json
import pickle
import sys

import httpx
import mixed_models
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from server_process import ServerProcess

ROWS = [[1.5, "oslo", 30, "web", True, "x", "low"], [None, None, 40, "fax", True, None, "low"]]


@pytest.fixture(scope="module")
def pipeline():
    return mixed_models.fit(mixed_models.mixed_models()["fraud"])


@pytest.fixture(scope="module", params=["1", "2"])
def server(request, pipeline, tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    (folder / "model.pkl").write_bytes(pickle.dumps(pipeline))
    workers = {"SAGEMAKER_MODEL_SERVER_WORKERS": request.param}
    found = ServerProcess([sys.executable, "-m", "inference_server", "serve"], folder, workers)
    found.wait_until_ready()
    yield found
    found.kill()


def ask(server: ServerProcess, body: object, path: str = "/invocations", **headers: str) -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return httpx.post(server.url + path, content=content, headers={"content-type": "application/json"} | headers)


def test_answers_with_the_rows_as_they_came(server, pipeline):
    predictions = ask(server, {"instances": ROWS}).json()["predictions"]
    expected = pipeline.predict(mixed_models.as_frame(ROWS)).tolist()
    assert [one["predicted_class"] for one in predictions] == expected
    assert [list(one["input_features"].values()) for one in predictions] == ROWS


def test_bodies_may_be_packed(server):
    body = json.dumps({"instances": ROWS}).encode()
    expected = ask(server, body).json()
    for packed in (gzip.compress(body), gzip.compress(body[:20]) + gzip.compress(body[20:])):
        answer = ask(server, packed, **{"content-encoding": "gzip"})
        assert (answer.status_code, answer.json()) == (200, expected)


@pytest.mark.parametrize(
    ("body", "encoding", "status"),
    [
        (b"no gzip", "gzip", 400),
        (gzip.compress(b"[]")[:-4], "gzip", 400),
        (gzip.compress(bytes(7_000_000)), "gzip", 413),
        (b"[]", "br", 415),
    ],
    ids=["no gzip", "cut off", "too large unpacked", "another encoding"],
)
@pytest.mark.parametrize("path", ["/invocations", "/v2/models/model/infer"])
def test_what_is_not_packed_as_it_says_is_refused(server, path, body, encoding, status):
    answer = ask(server, body, path, **{"content-encoding": encoding})
    assert answer.status_code == status
    assert list(answer.json()) == ["error"]


def test_describes_its_rows_on_request(server):
    header = {"X-Amzn-SageMaker-Custom-Attributes": "describe=true"}
    answer = ask(server, b"", **header)
    assert answer.status_code == 200
    described = answer.json()
    assert described["columns"][:2] == [
        {"name": "amount", "type": "number", "mayBeMissing": True},
        {"name": "city", "type": "text", "mayBeMissing": True},
    ]
    assert described["columns"][5] == {"name": "customer", "type": "any", "isUsed": False, "mayBeMissing": True}
    assert described["exampleAnswered"]
    example = described["example"]
    assert ask(server, example["body"], **{"content-type": example["contentType"]}).status_code == 200
    assert "phone" not in answer.text  # no list of the categories that training saw
    assert ask(server, b"", "/invocations?describe=true").json() == described
    assert ask(server, {"instances": ROWS}, "/invocations?describe=maybe").status_code == 400


def test_the_openapi_document_is_true(server):
    document = httpx.get(f"{server.url}/openapi.json").json()
    OpenAPIV31SpecValidator(document).validate()
    row = document["components"]["schemas"]["Row"]["prefixItems"]
    assert row[0]["type"] == ["number", "null"]
    assert row[1]["type"] == ["string", "null"]
    for path in ("/invocations", "/v2/models/model/infer"):
        operation = document["paths"][path]["post"]
        content = operation["requestBody"]["content"]
        expected = operation["responses"]["200"]["content"]["application/json"]["example"]
        for content_type in {"application/json", "text/csv", "application/jsonlines"} & set(content):
            example = content[content_type]["example"]
            body = example.encode() if isinstance(example, str) else example
            assert ask(server, body, path, **{"content-type": content_type}).json() == expected


def test_columns_of_several_types_are_described_and_read_as_tensors(server):
    described = httpx.get(f"{server.url}/v2/models/model").json()
    assert described["platform"] == "sklearn"
    assert described["inputs"][:2] == [
        {"name": "amount", "datatype": "FP64", "shape": [-1, 1]},
        {"name": "city", "datatype": "BYTES", "shape": [-1, 1]},
    ]
    expected = [one["predicted_class"] for one in ask(server, {"instances": ROWS}).json()["predictions"]]
    types = {"amount": "FP64", "city": "BYTES", "age": "INT64", "channel": "BYTES"}
    inputs = [
        {"name": name, "datatype": kind, "shape": [2, 1], "data": [row[place] for row in ROWS]}
        for place, (name, kind) in enumerate(types.items())
    ]
    path = "/v2/models/model/infer"
    assert ask(server, {"inputs": inputs}, path).json()["outputs"][0]["data"] == expected
    # As tritonclient sends texts.
    texts = b"".join(len(one).to_bytes(4, "little") + one for one in (b"oslo", b"rome"))
    inputs[1] = {"name": "city", "datatype": "BYTES", "shape": [2, 1], "parameters": {"binary_data_size": len(texts)}}
    text = json.dumps({"inputs": inputs}).encode()
    header = {"inference-header-content-length": str(len(text))}
    assert ask(server, text + texts, path, **header).status_code == 200


@pytest.mark.parametrize("body", ['{"instances": [["a\\ud800", 1]]}', '{"instances": [[1e999, "x", 1, "x", 1, 1, 1]]}'])
def test_what_cannot_be_written_back_is_the_callers_mistake(server, body):
    assert ask(server, body.encode()).status_code == 400


@pytest.mark.parametrize("cell", ['"\\ud800"', "1" + "0" * 400, "18446744073709551616000", "[]", "{}"])
def test_any_cell_of_any_column_is_answered_without_a_500(server, cell):
    for place in range(7):
        row = [json.dumps(value) for value in ROWS[0]]
        row[place] = cell
        answer = ask(server, f'{{"instances": [[{",".join(row)}]]}}'.encode())
        assert answer.status_code in (200, 400)
