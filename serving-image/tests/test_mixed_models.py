"""Models of texts, numbers and gaps answer as scikit-learn does, whichever way the rows come."""

from __future__ import annotations

import csv
import io
import json
import pickle
import random

import mixed_models
import numpy as np
import pytest
from mixed_models import NAMES, as_frame, draw, fit

from inference_server.evaluate.evaluator import Evaluator
from inference_server.formats.read_request import read_request
from inference_server.formats.read_tensors import read_tensors
from inference_server.invalid_input import InvalidInput
from inference_server.load_model import load_model

# Those that refuse a category that training did not see.
STRICT = {"levels", "dropped first"}


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """Each pipeline, and the server's model of its file."""
    loaded = {}
    for name, pipeline in mixed_models.mixed_models().items():
        folder = tmp_path_factory.mktemp("mixed")
        (folder / "model.pkl").write_bytes(pickle.dumps(fit(pipeline)))
        loaded[name] = (pipeline, load_model(folder))
    return loaded


@pytest.mark.parametrize("name", mixed_models.mixed_models())
def test_is_evaluated_here_and_answers_as_scikit_learn_does(models, name):
    pipeline, model = models[name]
    assert isinstance(model.estimator, Evaluator)
    rows = draw(500, seed=1, unseen=name not in STRICT)
    if name == "selected by type":
        rows = [row for row in rows if row[1] != ""]
    answers = model.predict([list(row) for row in rows])
    frame = as_frame(rows)
    if model.class_names is None:
        assert np.allclose([one["prediction"] for one in answers], pipeline.predict(frame), rtol=1e-12, atol=0)
        return
    assert [one["predicted_class"] for one in answers] == pipeline.predict(frame).tolist()
    found = np.array([list(one["probabilities"].values()) for one in answers])
    assert np.allclose(found, pipeline.predict_proba(frame), rtol=0, atol=1e-12)
    assert [list(one["input_features"].values()) for one in answers] == rows


@pytest.mark.parametrize("name", ["logistic", "missing as a category", "levels"])
def test_a_skops_file_answers_as_the_pickle(models, tmp_path, name):
    skops_io = pytest.importorskip("skops.io", reason="skops is not installed")
    pipeline, model = models[name]
    skops_io.dump(pipeline, tmp_path / "model.skops")
    rows = draw(20, seed=2, unseen=name not in STRICT)
    assert load_model(tmp_path).predict([list(row) for row in rows]) == model.predict(rows)


def _csv(rows: list[list], header: bool) -> bytes:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerows([NAMES] if header else [])
    writer.writerows([["" if cell is None else cell for cell in row] for row in rows])
    return file.getvalue().encode()


def _by_name(rows: list[list]) -> list[dict]:
    found = [dict(zip(NAMES, row, strict=True)) for row in rows]
    for row in found:
        names = random.Random(0).sample(NAMES, len(NAMES))
        row.update({name: row.pop(name) for name in names})
    return found


def _shapes(rows: list[list]) -> dict[str, tuple[str, bytes]]:
    mixed = random.Random(1).sample(range(len(NAMES)), len(NAMES))
    split = {"columns": [NAMES[p] for p in mixed], "data": [[row[p] for p in mixed] for row in rows]}
    columns = {name: [[row[place]] for row in rows] for place, name in enumerate(NAMES)}
    json_shapes = {
        "instances": {"instances": rows},
        "by name": {"instances": _by_name(rows)},
        "features": {"instances": [{"features": row} for row in rows]},
        "list": rows,
        "split": {"dataframe_split": split},
        "records": {"dataframe_records": _by_name(rows)},
        "inputs": {"inputs": rows},
        "columns": {"inputs": columns},
    }
    shapes = {name: ("application/json", json.dumps(shape).encode()) for name, shape in json_shapes.items()}
    lines = "application/jsonlines"
    return shapes | {
        "lines": (lines, "\n".join(map(json.dumps, rows)).encode()),
        "lines by name": (lines, "\n".join(map(json.dumps, _by_name(rows))).encode()),
        "clarify": (lines, "\n".join(json.dumps({"features": row}) for row in rows).encode()),
        "csv": ("text/csv", _csv(rows, header=False)),
        "csv, header": ("text/csv", _csv(rows, header=True)),
        "csv, header said": ("text/csv; header=present", _csv(rows, header=True)),
        "csv, no header said": ("text/csv;header=absent", _csv(rows, header=False)),
    }


@pytest.mark.parametrize("shape", _shapes([]))
def test_every_shape_is_read_as_the_same_rows(models, shape):
    schema = models["fraud"][1].schema
    rows = draw(50, seed=2)
    content_type, body = _shapes(rows)[shape]
    found = read_request(content_type, body, schema)
    assert found.rows == rows
    expected = read_request("application/json", json.dumps({"instances": rows}).encode(), schema)
    assert np.array_equal(found.values, expected.values, equal_nan=True)


def test_tensors_of_columns_are_read_as_the_same_rows(models):
    rows = draw(20, seed=3)
    types = ["FP64", "BYTES", "INT64", "BYTES", "BOOL", "BYTES", "BYTES"]
    inputs = [
        {"name": name, "datatype": kind, "shape": [20, 1], "data": [row[place] for row in rows]}
        for place, (name, kind) in enumerate(zip(NAMES, types, strict=True))
    ]
    schema = models["fraud"][1].schema
    assert read_tensors(inputs, schema).rows == rows
    texts = [["" if cell is None else str(cell) for cell in row] for row in rows]
    table = {"name": "x", "datatype": "BYTES", "shape": [20, 7], "data": texts}
    assert np.array_equal(read_tensors([table], schema).values, read_tensors(inputs, schema).values, equal_nan=True)


def test_what_the_model_does_not_use_may_be_left_out(models):
    model = models["fraud"][1]
    row = {"amount": 1.5, "city": "oslo", "age": 30, "channel": "web"}
    assert model.predict([row])[0]["input_features"]["customer"] is None


ROW = {"amount": 1.5, "city": "oslo", "age": 30, "channel": "web", "is_new": True, "customer": "x", "level": "mid"}


@pytest.mark.parametrize(
    ("name", "changed", "message"),
    [
        ("fraud", {"city": 3}, "Instance 0 contains a value of another type: 'city' must be a text: 'unknown', 'lima'"),
        ("fraud", {"age": "x"}, "Instance 0 contains non-numeric values: 'age' must be a number"),
        ("fraud", {"age": [1]}, "'age' must be a number"),
        ("fraud", {"age": 10**400}, "not finite: 'age'"),
        ("fraud", {"town": "x"}, "Instance 0 has 'town', which the model does not know"),
        (
            "levels",
            {"level": "highest"},
            "'level' holds a value that this model does not take; send a text: 'low', 'mid'",
        ),
        ("levels", {"level": None}, "'level' is missing, and this model takes no missing value there"),
        ("dropped first", {"city": "paris"}, "'city' holds a value that this model does not take"),
        ("levels", {"level": 1}, "'level' must be a text"),
    ],
)
def test_what_a_column_does_not_take_is_named(models, name, changed, message):
    with pytest.raises(InvalidInput) as refused:
        models[name][1].predict([ROW | changed])
    assert message in str(refused.value)


def test_the_first_wrong_row_of_many_is_found(models):
    rows = [dict(ROW) for _ in range(100)]
    rows[63]["level"] = "highest"
    with pytest.raises(InvalidInput, match="Instance 63: 'level'"):
        models["levels"][1].predict(rows)


def test_a_missing_column_is_named(models):
    with pytest.raises(InvalidInput, match="Instance 0 lacks 'age'"):
        models["fraud"][1].predict([{name: value for name, value in ROW.items() if name != "age"}])


@pytest.mark.parametrize("apart", [False, True])
def test_scikit_learn_gets_a_frame_where_it_was_trained_on_one(tmp_path, apart):
    pipeline = fit(mixed_models.served_by_scikit_learn()["support vectors"])
    (tmp_path / "model.pkl").write_bytes(pickle.dumps(pipeline))
    model = load_model(tmp_path, apart=apart)
    try:
        assert not isinstance(model.estimator, Evaluator)
        assert model.example is not None
        rows = draw(100, seed=4)
        answers = model.predict([list(row) for row in rows])
        assert [one["predicted_class"] for one in answers] == pipeline.predict(as_frame(rows)).tolist()
        with pytest.raises(InvalidInput, match="'city' holds a value that this model does not take"):
            model.predict([ROW | {"city": "paris"}])
        with pytest.raises(InvalidInput, match="'age' must be a number"):
            model.predict([ROW | {"age": "old"}])
    finally:
        if apart:
            model.estimator.close()
