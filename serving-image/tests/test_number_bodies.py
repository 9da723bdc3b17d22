"""Large bodies of numbers, read and written by number_bodies: the general path's answer to the byte, whatever comes."""

from __future__ import annotations

import io
import json
import pickle
import random
import struct

import numpy as np
import pytest
from covered_models import load_data
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestClassifier
from sklearn.linear_model import LogisticRegression, RidgeClassifier

from inference_server.evaluate.compile_model import compile_model
from inference_server.model import Model
from inference_server.number_bodies import read_number_body as reading
from inference_server.number_bodies.library import library
from inference_server.pickles.read_inert import read_inert
from inference_server.routes import answer_invocation as answering
from inference_server.routes.answer_invocation import Invocation, answer_invocation
from inference_server.table.number_table import NumberTable

DATA = load_data("iris")
JSON, CSV, NPY = "application/json", "text/csv", "application/x-npy"
ACCEPTS = ["", JSON, "application/jsonlines", CSV]


def model_of(estimator, rows=DATA[0], **names) -> Model:
    return Model(compile_model(read_inert(pickle.dumps(estimator.fit(rows, DATA[1])))), **names)


MODELS = {
    "forest": model_of(RandomForestClassifier(5, random_state=1), class_names=["é", 'b"\\', "null"]),
    "regression": model_of(
        HistGradientBoostingRegressor(max_iter=5), feature_names=["a", "b\n", "ü", "input_features"]
    ),
    "no probabilities": model_of(RidgeClassifier()),
    "one column": model_of(LogisticRegression(max_iter=1000), DATA[0][:, :1]),
    "same names": model_of(LogisticRegression(max_iter=1000), feature_names=["a", "a", "b", "c"]),
    "lone surrogate": model_of(RandomForestClassifier(2), feature_names=["a", "b", "\ud800", "c"]),
}


@pytest.fixture(autouse=True)
def small_bodies_too(monkeypatch):
    if library() is None:
        pytest.skip("there is no C compiler")
    monkeypatch.setattr(reading, "LEAST_BYTES", 0)


def answer_generally(model: Model, invocation: Invocation, monkeypatch) -> object:
    with monkeypatch.context() as patched:
        patched.setattr(answering, "read_number_body", lambda *_: None)
        return outcome(model, invocation)


def outcome(model: Model, invocation: Invocation) -> object:
    try:
        answer = answer_invocation(model, invocation)
    except Exception as error:
        return type(error)
    return answer.status, answer.body, answer.content_type, list(answer.classes)


def assert_same(name: str, content_type: str, body: bytes, monkeypatch, accept: str = "") -> None:
    invocation = Invocation(content_type, accept, body)
    assert outcome(MODELS[name], invocation) == answer_generally(MODELS[name], invocation, monkeypatch), body[:300]


def npy(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def is_read(body: bytes, content_type: str = JSON, name: str = "forest") -> bool:
    return isinstance(reading.read_number_body(content_type, body, MODELS[name].schema), NumberTable)


def random_rows(generator: np.random.Generator, width: int) -> list[list[float | None]]:
    values = generator.normal(size=(int(generator.integers(1, 30)), width)) * 10.0 ** generator.integers(-12, 12)
    rows = values.tolist() if generator.random() < 0.5 else np.round(values, 2).tolist()
    if generator.random() < 0.3:
        rows[-1][0] = None
    if generator.random() < 0.3:
        rows[0] = [int(generator.integers(-5, 10**15)) for _ in rows[0]]
    return rows


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("accept", ACCEPTS)
def test_answers_are_those_of_the_general_path(name, accept, monkeypatch):
    generator = np.random.default_rng(len(name) + len(accept))
    width = MODELS[name].schema.width
    for _ in range(25):
        rows = random_rows(generator, width)
        for content in ({"instances": rows}, rows):
            assert_same(name, JSON, json.dumps(content).encode(), monkeypatch, accept)
        lines = "\r\n".join(",".join("" if cell is None else repr(cell) for cell in row) for row in rows)
        header = ",".join(MODELS[name].feature_names) + "\r\n"
        for body in (lines, lines + "\r\n", header + lines):
            for content_type in (CSV, f"{CSV}; header=present", f"{CSV}; header=absent"):
                assert_same(name, content_type, body.encode("utf-8", "surrogatepass"), monkeypatch, accept)
        array = np.array(rows, dtype=np.float64)
        for dtype in (np.float64, np.float32, ">f8", np.float16):
            with np.errstate(over="ignore"):
                assert_same(name, NPY, npy(array.astype(dtype)), monkeypatch, accept)
        assert_same(name, NPY, npy(np.asfortranarray(array)), monkeypatch, accept)


@pytest.mark.parametrize("name", ["forest", "one column"])
def test_bodies_that_are_broken_anywhere(name, monkeypatch):
    shuffled = random.Random(1)
    row = [5.1, 3.5, -1.4e-3, 0][: MODELS[name].schema.width]
    bodies = {
        JSON: [json.dumps({"instances": [row, row]}).encode(), b"[[1]]"],
        CSV: [b"5.1,3.5,1.4,0.2\n1,2,3,4", b"1\n2\n"],
    }
    bodies[NPY] = [npy(np.array([row, row]))]
    pieces = [
        b"[",
        b"]",
        b"{",
        b"}",
        b",",
        b":",
        b'"',
        b" ",
        b"\n",
        b"\r",
        b"0",
        b"-",
        b"1e400",
        b"null",
        b"nan",
        b"e",
        b".",
    ]
    pieces += [
        b"true",
        b"\xff",
        b"\xef\xbb\xbf",
        b"99999999999999999999",
        b"Infinity",
        b'"instances":[[1,2,3,4]]',
        b"\t",
        b";",
    ]
    for content_type, wholes in bodies.items():
        for _ in range(1500):
            body = shuffled.choice(wholes)
            for _ in range(shuffled.randint(1, 2)):
                at = shuffled.randint(0, len(body))
                body = body[:at] + shuffled.choice(pieces) + body[at + shuffled.randint(0, 3) :]
            assert_same(name, content_type, body, monkeypatch)


def test_numbers_are_read_to_the_nearest_double():
    generator = random.Random(2)
    texts = ["0.1", "-0.0", "1e22", "1e23", "123456789012345678", "9007199254740993", "9007199254740993.0"]
    texts += [
        "9223372036854775809",
        "0.500000000000000166",
        "8.5e-280",
        "4.35e280",
        "1E+5",
        "2e-05",
    ]
    for _ in range(60_000):
        (double,) = struct.unpack("d", generator.randbytes(8))
        exponent = generator.randint(-35, 35)
        digits = str(generator.randint(1, 10 ** generator.randint(1, 19)))
        texts.append(f"{digits}e{exponent}")
        texts.append(repr(generator.gauss(0, 10.0 ** generator.randint(-20, 20))))
        if 1e-270 < abs(double) < 1e270:
            texts.append(repr(double))
    # Half-way between two doubles, and beside it, where rounding twice would err.
    for _ in range(2_000):
        whole = generator.randint(2**53, 2**62) | 1
        texts += [str((whole << 1) + beside) for beside in (-1, 0, 1) if whole < 2**61]
    rows = [f"[{text},1,1,1]" for text in texts]
    read = reading.read_number_body(JSON, f"[{','.join(rows)}]".encode(), MODELS["forest"].schema)
    assert isinstance(read, NumberTable)
    expected = np.array([float(text) for text in texts])
    assert read.values[:, 0].tobytes() == expected.tobytes()


def test_what_is_usual_is_read_here():
    """Otherwise the other tests would compare the general path with itself."""
    assert is_read(b'{"instances": [[1, 2.5, -3e-2, 4], [5,6,7,8]]}')
    assert is_read(b" [ [1 , 2,\n3,4 ] ]\n")
    assert is_read(b"1,2.5,-3e-2,4\r\n5,6,7,8\r\n", CSV)
    assert is_read(b",".join(name.encode() for name in MODELS["forest"].feature_names) + b"\n1,2,3,4\n", CSV)
    assert is_read(b"1,,3,4", CSV, "regression")
    assert is_read(b"[[1,null,3,4]]", name="regression")
    assert not is_read(b"[[1,null,3,4]]")
    assert is_read(npy(np.ones((2, 4), np.int8)), NPY)
    assert not is_read(b'{"instances": [[1, 2, 3, 4]], "x": 1}')
    assert not is_read(b'{"instances": [[1, 2, 3]]}')
    assert not is_read(b'"1",2,3,4', CSV)


def test_cells_without_a_number_take_a_byte_each():
    table = reading.read_number_body(CSV, b",,,\n" * 1000, MODELS["regression"].schema)
    assert table.values.shape == (1000, 4)
    assert np.isnan(table.values).all()


def test_a_table_of_numbers_is_a_table(monkeypatch):
    model = MODELS["regression"]
    rows = [[1.0, None, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]]
    table = reading.read_number_body(JSON, json.dumps(rows).encode(), model.schema)
    assert table.rows == rows
    assert table.part(0, 1).as_sent() == [dict(zip(model.feature_names, rows[0], strict=True))]
    changed = table.with_columns_of(table.part(1, 2), slice(1, 2))
    assert changed.rows == [[1.0, 6.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]]
    invocation = Invocation(JSON, "", json.dumps(rows).encode(), explain=True)
    assert outcome(model, invocation) == answer_generally(model, invocation, monkeypatch)
