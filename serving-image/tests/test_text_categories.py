"""Columns of categories take the texts that the model file holds, as the library takes a DataFrame, and their codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inference_server.formats.read_csv import read_csv
from inference_server.invalid_input import InvalidInput
from inference_server.load_model import load_model
from inference_server.model import Model
from inference_server.model_error import ModelError

RECORDED = json.loads((Path(__file__).parent / "newer-xgboost" / "3.4-categories.json").read_text())


def load(folder: Path, column: dict[str, Any] | None = None, version: tuple[int, ...] = (3, 4, 1)) -> Model:
    """XGBoost's model of the column kind, a text, and size, a number; ``column``: other categories of the first."""
    model = json.loads(json.dumps(RECORDED["model"]))
    model["version"] = list(version)
    if column is not None:
        model["learner"]["gradient_booster"]["model"]["cats"]["enc"][0] = column
    (folder / "model.xgb.json").write_text(json.dumps(model))
    return load_model(folder)


def texts(*values: str) -> dict[str, Any]:
    """As XGBoost has them: all bytes, with a sign, and where each text begins."""
    parts = [value.encode() for value in values]
    content = np.frombuffer(b"".join(parts), np.int8).tolist()
    return {"offsets": np.cumsum([0, *map(len, parts)]).tolist(), "values": content}


def predictions(model: Model, rows: list[list[Any]]) -> list[float]:
    return [answer["prediction"] for answer in model.predict(rows)]


def test_texts_and_codes_are_one(tmp_path):
    model = load(tmp_path)
    assert [(column.name, column.type, column.is_text) for column in model.schema.columns] == [
        ("kind", "category", True),
        ("size", "number", False),
    ]
    rows = RECORDED["rows"]
    expected = predictions(model, [list(row) for row in rows])
    assert np.allclose(expected, RECORDED["sums"], rtol=1e-6)
    assert len(set(expected)) > 3
    named = [["xyz"[int(kind)], size] for kind, size in rows]
    assert predictions(model, [list(row) for row in named]) == expected
    table = read_csv("".join(f"{kind},{size}\n" for kind, size in named).encode(), model.schema)
    assert [answer["prediction"] for answer in model.predict(table)] == expected
    table = read_csv("".join(f"{int(kind)},{size}\n" for kind, size in rows).encode(), model.schema)
    assert [answer["prediction"] for answer in model.predict(table)] == expected


@pytest.mark.parametrize("cell", ["paris", "", "0"])
def test_xgboost_refuses_a_text_that_training_did_not_see(tmp_path, cell):
    said = r"a category that the model does not know: 'kind' must be a text: 'x', 'y', 'z', or its code"
    with pytest.raises(InvalidInput, match=said):
        load(tmp_path).predict([[cell, 0.5]])


def test_a_missing_category_is_one(tmp_path):
    model = load(tmp_path)
    assert predictions(model, [[None, 0.5]]) == model.estimator.sums(np.array([[np.nan, 0.5]]))[0].tolist()


def test_other_texts_than_ascii_are_whole_in_newer_files_alone(tmp_path):
    column = texts("bodø", "oslo", "ærøskøbing")
    assert list(load(tmp_path, column).schema.columns[0].codes) == ["bodø", "oslo", "ærøskøbing"]
    # XGBoost 3.1 to 3.3 counted letters, and cut off as many bytes.
    cut = column | {"offsets": [0, 4, 8, 18], "values": column["values"][:18]}
    model = load(tmp_path, cut, (3, 3, 0))
    assert model.schema.is_numeric
    assert predictions(model, [[1, 0.5]]) == predictions(load(tmp_path), [["y", 0.5]])


def test_whole_numbers_are_taken_by_value(tmp_path):
    model = load(tmp_path, {"type": 15, "values": [10, 20, 30]})
    by_text = load(tmp_path)
    assert predictions(model, [[10, 0.5], [20, 0.5], [30.0, 0.5]]) == predictions(
        by_text, [["x", 0.5], ["y", 0.5], ["z", 0.5]]
    )
    for wrong in (1, 0, "10"):
        with pytest.raises(InvalidInput, match="'kind' must be one of 10, 20, 30"):
            model.predict([[wrong, 0.5]])
    # Numbers that are their codes are numbers.
    assert load(tmp_path, {"type": 15, "values": [0, 1, 2]}).schema.is_numeric


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ({"type": 10, "values": [0.5, 1.0, 2.0]}, "neither texts nor whole numbers"),
        (texts("a", "b", "a"), "do not fit together"),
        ({"offsets": [0, 1, 9], "values": [97, 98]}, "do not fit together"),
        ({"offsets": [0, 2, 1, 2], "values": [97, 98]}, "do not fit together"),
        ({"offsets": [], "values": [97, 98]}, "do not fit together"),
        ({"offsets": [0, 1], "values": [-61]}, "no texts in UTF-8"),
    ],
)
def test_categories_that_xgboost_would_not_write_are_refused(tmp_path, column, message):
    with pytest.raises(ModelError, match=message):
        load(tmp_path, column)


LIGHT = {"objective": "regression", "verbose": -1, "num_threads": 1, "min_data_per_group": 5, "cat_smooth": 1}


@pytest.mark.parametrize("ordered", [False, True])
def test_lightgbm_takes_texts_where_its_file_says_of_which_columns(tmp_path, ordered):
    """An ordered category is a number to LightGBM, and its file does not say where those stand."""
    lightgbm = pytest.importorskip("lightgbm", reason="lightgbm is not installed")
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    random = np.random.default_rng(4)
    kind, step = random.integers(4, size=200), random.integers(3, size=200)
    towns, steps = np.array(["x", "y", "z", "å"]), np.array(["low", "mid", "top"])
    frame = pandas.DataFrame(
        {
            "size": random.normal(size=200),
            "town": pandas.Categorical(towns[kind]),
            "step": pandas.Categorical(steps[step], categories=steps, ordered=ordered),
        }
    )
    booster = lightgbm.train(LIGHT, lightgbm.Dataset(frame, kind * (step - 1) + frame["size"]), 5)
    booster.save_model(tmp_path / "model.lgb.txt")
    model = load_model(tmp_path)
    expected = booster.predict(frame).tolist()
    codes = np.stack([frame["size"], kind, step], axis=1).tolist()
    assert predictions(model, codes) == expected
    if ordered:
        assert model.schema.is_numeric
        return
    assert (
        predictions(model, [[size, towns[a], steps[b]] for size, a, b in zip(frame["size"], kind, step, strict=True)])
        == expected
    )
    unknown = frame[:2].assign(town=pandas.Categorical(["paris", None]))
    asked = [[frame["size"][0], "paris", steps[step[0]]], [frame["size"][1], None, steps[step[1]]]]
    assert predictions(model, asked) == booster.predict(unknown).tolist()
