"""Packs a model that was trained on a DataFrame, with the rows that it was trained on: texts, numbers and gaps."""

from __future__ import annotations

import csv
import json
import pickle
from pathlib import Path

import mixed_models
import numpy as np
import pandas as pd
import pytest
from mixed_models import NAMES, draw, fit
from sklearn.linear_model import LinearRegression

from sagemaker_deployer.pack.pack_model import PackingOrder, pack_model
from sagemaker_deployer.pack.problems import Problems

ROWS = draw(300, seed=0)
AMOUNTS = [row[0] for row in ROWS if row[0] is not None]
FEATURES = [
    {"name": "amount", "type": "number", "minimum": min(AMOUNTS), "maximum": max(AMOUNTS)},
    {"name": "city", "type": "category", "categories": ["lima", "oslo", "rome", "são paulo"]},
    {"name": "age", "type": "integer", "minimum": 18, "maximum": 89},
    {"name": "channel", "type": "category", "categories": ["phone, old", "shop", "web"]},
    # The model does not look at these.
    {"name": "is_new", "type": "boolean"},
    {"name": "customer", "type": "text"},
    {"name": "level", "type": "text"},
]


def write_rows(path: Path, rows: list[list]) -> Path:
    if path.name.endswith(".csv"):
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerows([NAMES] if "headed" in path.name else [])
            writer.writerows([["" if cell is None else cell for cell in row] for row in rows])
    else:
        named = [dict(zip(NAMES, row, strict=True)) for row in rows]
        lines = path.suffix == ".jsonl"
        path.write_text("\n".join(map(json.dumps, named)) if lines else json.dumps(named), encoding="utf-8")
    return path


def pack(folder: Path, training: Path, model: str = "fraud") -> dict:
    known = mixed_models.mixed_models(trees=3) | mixed_models.served_by_scikit_learn()
    (folder / "model.pkl").write_bytes(pickle.dumps(fit(known[model])))
    return pack_model(
        PackingOrder(model=folder / "model.pkl", output=folder / "model.tar.gz", training=training, feature_names=NAMES)
    ).description


@pytest.mark.parametrize("name", ["rows.csv", "headed.csv", "rows.json", "rows.jsonl"])
def test_types_ranges_and_categories_come_from_a_data_frame(tmp_path, name):
    description = pack(tmp_path, write_rows(tmp_path / name, ROWS))
    assert description["features"] == FEATURES
    assert description["parity"]["servedBy"] == "evaluator"
    assert description["parity"]["labelsFlipped"] == 0


def test_they_do_where_scikit_learn_serves(tmp_path):
    description = pack(tmp_path, write_rows(tmp_path / "rows.json", ROWS), "support vectors")
    assert description["parity"]["servedBy"] == "scikit-learn"
    assert description["features"][:4] == FEATURES[:4]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("rows.csv", "amount,city\n1,oslo\n", "lacks 'age', 'channel', which the model was trained on"),
        ("rows.json", '[{"amount": "x", "city": "oslo", "age": 1, "channel": "web"}]', "'amount' must be a number"),
        ("rows.npy", "", "is no npy file of numbers"),
        ("none.csv", None, "no such file"),
    ],
)
def test_rows_that_the_model_does_not_take_are_a_problem(tmp_path, name, content, message):
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(Problems, match=message):
        pack(tmp_path, tmp_path / name)


@pytest.mark.parametrize("names", [["high", "low"], ["b", "a"], ["low", "high"], ["a", "b"]])
def test_a_header_may_have_columns_of_numbers_in_any_order_by_their_old_names_or_new_ones(tmp_path, names):
    frame = pd.DataFrame({"low": np.arange(9.0), "high": np.arange(100.0, 109.0)})
    (tmp_path / "model.pkl").write_bytes(pickle.dumps(LinearRegression().fit(frame, frame["low"])))
    columns = frame if names[0] in ("low", "a") else frame[["high", "low"]]
    columns.set_axis(names, axis=1).to_csv(tmp_path / "rows.csv", index=False)
    order = PackingOrder(
        model=tmp_path / "model.pkl",
        output=tmp_path / "model.tar.gz",
        training=tmp_path / "rows.csv",
        feature_names=["a", "b"],
    )
    features = pack_model(order).description["features"]
    assert [(one["name"], one["minimum"], one["maximum"]) for one in features] == [("a", 0, 8), ("b", 100, 108)]
