"""Types of request and answer beside the recipe's: the same rows get the same predictions in all of them."""

from __future__ import annotations

import csv
import io
import json
import pickle
from collections import Counter

import httpx
import numpy as np
import pytest

from inference_server.formats.read_npy import read_npy
from inference_server.formats.read_request import read_request
from inference_server.formats.write_answer import choose_format, write_answer
from inference_server.invalid_input import InvalidInput
from inference_server.table.schema import Schema

SCHEMA = Schema(["sepal_length", "sepal_width", "petal_length", "petal_width"])
ROWS = [[5.1, 3.5, 1.4, 0.2], [6.7, 3.1, 4.4, 1.4], [6.3, 3.3, 6.0, 2.5]]


def npy(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


TYPES = {
    "application/json": json.dumps({"instances": ROWS}).encode(),
    "text/csv": b"5.1,3.5,1.4,0.2\n6.7,3.1,4.4,1.4\n6.3,3.3,6.0,2.5\n",
    "text/csv; charset=utf-8": b'\xef\xbb\xbf5.1, 3.5,1.4,"0.2"\r\n\r\n6.7,3.1,4.4,1.4\r\n6.3,3.3,6e0,+2.5',
    "application/jsonlines": b"".join(json.dumps(row).encode() + b"\n" for row in ROWS),
    "application/jsonlines; x=y": b"".join(b'\n{"features": %b}\r\n' % json.dumps(row).encode() for row in ROWS),
    "application/x-npy": npy(np.array(ROWS)),
    "Application/X-NPY": npy(np.asfortranarray(ROWS)),
}


@pytest.mark.parametrize("content_type", TYPES)
def test_every_type_is_read_as_the_same_rows(content_type):
    assert read_request(content_type, TYPES[content_type], SCHEMA).rows == ROWS


@pytest.mark.parametrize("dtype", [">f8", "<f4", "<f2", "<i8", ">i2", "u1", "?"])
def test_npy_of_every_kind_of_number(dtype):
    array = np.array([[1, 0, 1, 1], [0, 0, 1, 0]], dtype)
    assert read_npy(npy(array), SCHEMA).rows == array.tolist()


@pytest.mark.parametrize("content_type", [name for name in TYPES if name != "application/json"])
def test_every_type_is_answered_over_http_as_json_is(iris_server, content_type):
    expected = iris_server.invoke(TYPES["application/json"]).json()
    answer = iris_server.invoke(TYPES[content_type], content_type)
    assert (answer.status_code, answer.json()) == (200, expected)


def test_answers_in_the_format_that_the_caller_accepts(iris_server):
    def ask(accept: str) -> httpx.Response:
        headers = {"content-type": "application/json", "accept": accept}
        return httpx.post(f"{iris_server.url}/invocations", content=TYPES["application/json"], headers=headers)

    predictions = ask("application/json").json()["predictions"]
    lines = ask("application/jsonlines")
    assert lines.headers["content-type"] == "application/jsonlines"
    assert [json.loads(line) for line in lines.text.splitlines()] == predictions
    table = ask("text/csv")
    assert table.headers["content-type"] == "text/csv"
    assert table.text.splitlines()[0] == "setosa,1.0,0.0,0.0"
    for line, prediction in zip(csv.reader(table.text.splitlines()), predictions, strict=True):
        assert line[0] == prediction["predicted_class"]
        assert [float(cell) for cell in line[1:]] == list(prediction["probabilities"].values())


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("text/*", "text/csv"),
        ("TEXT/CSV;header=absent", "text/csv"),
        ("text/csv;q=0.5, application/jsonlines;q=0.8", "application/jsonlines"),
        ("text/csv;q=0, */*;q=0.1", "application/json"),
        ("text/csv;q=none", "application/json"),
        ("text/csv;q=nan", "application/json"),
        ("text/html", "application/json"),  # the recipe's server looks at no Accept at all
        (",;,=;q=", "application/json"),
    ],
)
def test_the_format_that_is_chosen(accept, chosen):
    assert choose_format(accept) == chosen


def header(text: str, data: bytes = b"", version: bytes = b"\x01\x00") -> bytes:
    return b"\x93NUMPY" + version + len(text).to_bytes(2, "little") + text.encode() + data


@pytest.mark.parametrize("descr", ["|O", "O", "<M8[s]", "|S8", "<U2", "|V8", "<c16", "os.getcwd", "numpy.float64"])
def test_other_types_in_an_npy_are_refused(descr):
    """Objects, for one, would follow as a pickle, which is not looked at."""
    for data in (bytes(32), b"", pickle.dumps(Counter())):
        with pytest.raises(InvalidInput, match=r"must hold integers|not a valid npy"):
            read_npy(header(f"{{'descr': '{descr}', 'fortran_order': False, 'shape': (1, 4), }}\n", data), SCHEMA)
    with pytest.raises(InvalidInput, match="not a valid npy"):
        read_npy(header(f"{{'descr': {descr}, 'fortran_order': False, 'shape': (1, 4), }}\n", bytes(32)), SCHEMA)


def test_both_versions_of_npy_are_read():
    numbers = np.arange(4.0).tobytes()
    text = b"{'descr': '<f8', 'fortran_order': False, 'shape': (1, 4), }\n"
    for version, size in ((b"\1\0", 2), (b"\2\0", 4)):
        body = b"\x93NUMPY" + version + len(text).to_bytes(size, "little") + text + numbers
        assert read_npy(body, SCHEMA).rows == [[0.0, 1.0, 2.0, 3.0]]
    for version in (b"\1\1", b"\2\1", b"\3\0", b"\0\0"):
        with pytest.raises(InvalidInput, match="not a valid npy"):
            read_npy(b"\x93NUMPY" + version + len(text).to_bytes(2, "little") + text + numbers, SCHEMA)


def test_a_pickle_is_no_npy():
    file = io.BytesIO()
    np.savez(file, a=np.zeros((1, 4)))
    for body in (pickle.dumps(np.zeros((1, 4))), pickle.dumps(Counter()), file.getvalue()):
        with pytest.raises(InvalidInput, match="not a valid npy"):
            read_npy(body, SCHEMA)


F8 = "{'descr': '<f8', 'fortran_order': False, 'shape': %s, }\n"


@pytest.mark.parametrize(
    ("content_type", "body", "message"),
    [
        ("text/csv", b"", "at least one"),
        (
            "text/csv",
            b"a,b,c,d\n1,2,3,4",
            r"Instance 0 contains non-numeric values: .*\(a header holds the model's names",
        ),
        ("text/csv", b"1,2,3,4\n1,2,x,4", "Instance 1 contains non-numeric values: 'petal_length' must be a number$"),
        ("text/csv", b"1;2;3;4\n", "separated by semicolons"),
        ("text/csv", b"1\t2\t3\t4\n", "separated by tabs"),
        ("text/csv; header=present", b"a,b,c,d\n1,2,3,4", "The header lacks 'sepal_length', .*has 'a', 'b'"),
        ("text/csv; header=absent", b"sepal_length,sepal_width,petal_length,petal_width\n1,2,3,4", "non-numeric"),
        ("text/csv; header=perhaps", b"1,2,3,4", "present or absent"),
        (
            "text/csv",
            b"petal_width,petal_length,sepal_width,sepal_lenght\n1,2,3,4",
            "lacks 'sepal_length' and has 'sepal_len",
        ),
        ("text/csv", b"1,2,3\n", "Instance 0 must have exactly 4 features"),
        ("text/csv", b"1,2,3,1e999", "not finite"),
        ("text/csv", b"1,2,3,1_0", "non-numeric"),
        ("text/csv", "1,2,3,\u0664".encode(), "non-numeric"),
        ("text/csv", b"1,2,3,\xff", "not UTF-8"),
        ("text/csv", b'1,2,3,"4', "not valid CSV"),
        ("application/jsonlines", b"[1,2,3,4]\n[1,2,3", "Line 2: Request body is not valid JSON"),
        ("application/jsonlines", b'{"instances": [[1,2,3,4]]}', "Instance 0 lacks .* has 'instances'"),
        ("application/jsonlines", b"\n\n", "at least one"),
        ("application/jsonlines", b"[1,2,3,NaN]", "Line 1: .*NaN is not JSON"),
        ("application/x-npy", b"", "not a valid npy"),
        ("application/x-npy", b"\x93NUMPY\x03\x00", "not a valid npy"),
        ("application/x-npy", header("{'descr': len('f8')}\n"), "not a valid npy"),
        ("application/x-npy", header("(("), "not a valid npy"),
        ("application/x-npy", header(F8 % "(1, 3)", bytes(24)), "the shape"),
        ("application/x-npy", header(F8 % "(4,)", bytes(32)), "the shape"),
        ("application/x-npy", header(F8 % "(0, 4)"), "at least one"),
        ("application/x-npy", header(F8 % "(-1, 4)"), "not as long"),
        ("application/x-npy", header(F8 % "(2, 4)", bytes(32)), "not as long"),
        ("application/x-npy", header(F8 % "(1, 4)", bytes(33)), "not as long"),
        ("application/x-npy", header(F8 % "(1L, 4)", bytes(32)), "not a valid npy"),
        ("application/x-npy", npy(np.full((1, 4), np.inf)), "not finite: 'sepal_length'"),
        ("application/x-npy", npy(np.zeros((1, 4), "c16")), "must hold integers"),
        ("application/x-npy", npy(np.zeros((1, 4), "S8")), "must hold integers"),
        ("application/x-npy", npy(np.zeros((1, 4), "M8[s]")), "must hold integers"),
        ("application/x-npy", npy(np.zeros((1,), "f8,f8,f8,f8")), "must hold integers"),
    ],
    ids=str,
)
def test_what_cannot_be_read_is_refused(content_type, body, message):
    with pytest.raises(InvalidInput, match=message):
        read_request(content_type, body, SCHEMA)


def test_json_that_nests_deeper_than_python_reads_is_refused(monkeypatch):
    def reach_the_limit(*_, **__):
        raise RecursionError

    monkeypatch.setattr(json, "loads", reach_the_limit)
    with pytest.raises(InvalidInput, match="Request body is not valid JSON: it is nested too deeply"):
        read_request("application/json", b"[", SCHEMA)


def test_execution_parameters_for_batch_transform(iris_server):
    assert httpx.get(f"{iris_server.url}/execution-parameters").json() == {
        "MaxConcurrentTransforms": 1,
        "BatchStrategy": "MULTI_RECORD",
        "MaxPayloadInMB": 6,
    }


def test_metrics_count_answers_latencies_and_classes(start_server, pack_iris, forest):
    server = start_server(pack_iris(forest) / "model")
    server.wait_until_ready()
    server.invoke(TYPES["application/json"])
    server.invoke(TYPES["text/csv"], "text/csv")
    server.invoke("{}")
    answer = httpx.get(f"{server.url}/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    lines = answer.text.splitlines()
    assert 'invocations_total{model="model",status="200"} 2' in lines
    assert 'invocations_total{model="model",status="400"} 1' in lines
    assert 'invocation_seconds_bucket{model="model",le="+Inf"} 3' in lines
    assert 'invocation_seconds_count{model="model"} 3' in lines
    for name in ("setosa", "versicolor", "virginica"):
        assert f'predicted_classes_total{{model="model",class="{name}"}} 2' in lines


ANSWER = {"prediction": 1.5, "input_features": {"a": None, "b": [1.0, True, "null"]}}


def test_a_missing_value_is_written_like_any_other():
    assert write_answer("application/json", [ANSWER]) == (
        b'{"predictions":[{"prediction":1.5,"input_features":{"a":null,"b":[1.0,true,"null"]}}]}'
    )


@pytest.mark.parametrize("content_type", ["application/json", "application/jsonlines", "text/csv"])
@pytest.mark.parametrize(
    "wrong",
    [{"prediction": float("nan")}, {"prediction": [1.0, float("inf")]}, {"explanation": {"base_value": float("nan")}}],
)
def test_what_is_not_finite_is_never_written(content_type, wrong):
    with pytest.raises(ValueError, match="not finite"):
        write_answer(content_type, [ANSWER, ANSWER | wrong])
