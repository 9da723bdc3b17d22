"""Packing of XGBoost, LightGBM, skops and ONNX: parity with the library, features out of data and model."""

from __future__ import annotations

import json
import pickle
import shutil
import sys
import tarfile
from pathlib import Path

import numpy as np
import pytest
from covered_models import covered_models, fit, load_data
from other_models import lightgbm_models, xgboost_models
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.svm import SVC

xgboost = pytest.importorskip("xgboost", reason="xgboost is not installed")
pytest.importorskip("lightgbm", reason="lightgbm is not installed")
skops_io = pytest.importorskip("skops.io", reason="skops is not installed")
skl2onnx = pytest.importorskip("skl2onnx", reason="skl2onnx is not installed")

from model_matrix.chosen_files import COMMITTED  # noqa: E402

from inference_server.evaluate import finish, finish_single  # noqa: E402
from inference_server.load_model import load_model  # noqa: E402
from inference_server.model_error import ModelError  # noqa: E402
from sagemaker_deployer.pack.pack_model import PackingOrder, pack_model  # noqa: E402
from sagemaker_deployer.pack.problems import Problems  # noqa: E402

WRITERS = {
    "model.ubj": ("two classes", lambda path: _write(xgboost_models()["two classes"], path)),
    "booster.json": ("two classes", lambda path: _write(xgboost_models()["two classes"], path)),
    "categories.ubj": ("categories", lambda path: _write(xgboost_models()["categories"], path)),
    "softmax.ubj": ("softmax", lambda path: _write(xgboost_models()["softmax"], path)),
    "hinge.ubj": ("hinge", lambda path: _write(xgboost_models()["hinge"], path)),
    "early.ubj": ("early stopping", lambda path: _write(xgboost_models()["early stopping"], path)),
    "gamma.ubj": ("reg:gamma", lambda path: _write(xgboost_models()["reg:gamma"], path)),
    "model.txt": ("three classes", lambda path: _write(lightgbm_models()["three classes"], path)),
    "poisson.txt": ("poisson", lambda path: _write(lightgbm_models()["poisson"], path)),
    "kinds.txt": ("categories", lambda path: _write(lightgbm_models()["categories"], path)),
    "model.skops": ("forest iris", lambda path: skops_io.dump(fit(*covered_models()["forest iris"]), path)),
}


def _write(entry, path) -> None:
    rows, answered, estimator, settings = entry
    estimator.fit(rows, answered, **settings)
    getattr(estimator, "booster_", estimator).save_model(path)


def pack(folder, model, **others):
    order = PackingOrder(model=model, output=folder / "model.tar.gz", **others)
    packed = pack_model(order)
    with tarfile.open(order.output) as archive:
        archive.extractall(folder / "unpacked", filter="data")
    return packed.description, load_model(folder / "unpacked")


@pytest.mark.parametrize("file", WRITERS)
def test_the_server_is_compared_with_the_library_that_wrote_the_model(tmp_path, file):
    WRITERS[file][1](tmp_path / file)
    description, model = pack(tmp_path, tmp_path / file)
    parity = description["parity"]
    assert (parity["servedBy"], parity["labelsFlipped"]) == ("evaluator", 0)
    assert parity["rows"] > 500
    assert parity["largestDifference"] <= (1e-6 if file.endswith((".ubj", ".json")) else 1e-12)
    assert description["task"] == ("regression" if file in ("gamma.ubj", "poisson.txt") else "classification")
    assert model.sha256 == description["sha256"]
    library = {"ubj": "xgboost", "json": "xgboost", "txt": "lightgbm", "skops": "skops"}[file.rpartition(".")[2]]
    assert library in description["versions"]


def test_a_server_that_answers_otherwise_packs_nothing(tmp_path, monkeypatch):
    WRITERS["model.ubj"][1](tmp_path / "model.ubj")
    monkeypatch.setattr(finish_single, "sigmoid", lambda sums: finish.sigmoid(0.999, "probability")(sums))
    monkeypatch.setattr(
        "inference_server.model_files.read_xgboost._CLASSES", {"binary:logistic": (None, finish_single.sigmoid)}
    )
    with pytest.raises(Problems, match="does not answer as xgboost does"):
        pack(tmp_path, tmp_path / "model.ubj")
    assert not (tmp_path / "model.tar.gz").exists()


def test_without_the_library_the_archive_says_that_nothing_was_compared(tmp_path, monkeypatch):
    WRITERS["model.txt"][1](tmp_path / "model.txt")
    monkeypatch.setitem(sys.modules, "lightgbm", None)
    description, _ = pack(tmp_path, tmp_path / "model.txt")
    assert description["parity"] == {"servedBy": "evaluator", "reason": "Not compared: lightgbm was not installed."}


def test_an_older_library_is_not_asked_whether_the_server_is_right(tmp_path):
    """It would ignore what it does not know, as a server that is as old."""
    newer = json.loads((Path(__file__).parent / "newer-xgboost" / "3.4-dart.json").read_text())["model"]
    newer["version"] = [3, 4, 1]
    (tmp_path / "model.json").write_text(json.dumps(newer))
    description, _ = pack(tmp_path, tmp_path / "model.json")
    reason = f"xgboost 3.4.1 wrote the file, and {xgboost.__version__} was installed, which may not know all that is"
    assert description["parity"]["servedBy"] == "evaluator"
    assert description["parity"]["reason"].startswith(f"Not compared: {reason}")


def test_onnx_is_packed_with_golden_answers_of_onnxruntime(tmp_path):
    rows = load_data("iris")[0]
    graph = skl2onnx.to_onnx(fit(*covered_models()["forest iris"]), rows[:1].astype(np.float32))
    (tmp_path / "forest.onnx").write_bytes(graph.SerializeToString())
    (tmp_path / "rows.json").write_text(json.dumps(rows[:3].tolist()))
    description, model = pack(tmp_path, tmp_path / "forest.onnx", golden=tmp_path / "rows.json")
    assert description["parity"] == {"servedBy": "onnxruntime"}
    golden = json.loads((tmp_path / "unpacked" / "golden.json").read_text())["cases"]
    assert golden[0]["expect"]["json"]["predictions"] == json.loads(json.dumps(model.predict(rows[:1].tolist())))


def test_a_damaged_model_is_a_problem(tmp_path):
    (tmp_path / "model.ubj").write_bytes(b"{L")
    with pytest.raises(Problems, match="ends in the middle"):
        pack(tmp_path, tmp_path / "model.ubj")


@pytest.mark.parametrize("kind", ["npy", "csv", "headed.csv", "json"])
def test_types_and_ranges_come_from_the_training_rows(tmp_path, kind):
    rows = np.column_stack([load_data("iris")[0][:, 0], np.arange(150) % 2, np.arange(150), np.full(150, 0.5)])
    path = tmp_path / f"rows.{kind}"
    if kind == "npy":
        np.save(path, rows)
    elif kind == "json":
        path.write_text(json.dumps(rows.tolist()))
    else:
        np.savetxt(path, rows, delimiter=",", header="a,b,c,d" if "head" in kind else "", comments="", fmt="%.17g")
    estimator = LogisticRegression(max_iter=5000).fit(rows, load_data("iris")[1])
    skops_io.dump(estimator, tmp_path / "model.skops")
    description, model = pack(tmp_path, tmp_path / "model.skops", training=path, feature_names=["a", "b", "c", "d"])
    assert description["features"] == [
        {"name": "a", "type": "number", "minimum": 4.3, "maximum": 7.9},
        {"name": "b", "type": "boolean"},
        {"name": "c", "type": "integer", "minimum": 0, "maximum": 149},
        {"name": "d", "type": "number", "minimum": 0.5, "maximum": 0.5},
    ]
    assert [feature.name for feature in model.features] == ["a", "b", "c", "d"]


def test_categories_come_from_the_encoder_or_from_lightgbm(tmp_path):
    rows, answered = load_data("categories")
    encoder = ColumnTransformer([("hot", OneHotEncoder(), [1])], remainder="passthrough")
    skops_io.dump(
        make_pipeline(encoder, LogisticRegression(max_iter=5000)).fit(rows, answered), tmp_path / "model.skops"
    )
    (tmp_path / "a").mkdir()
    (tmp_path / "rows.json").write_text(json.dumps(rows[:2].tolist()))
    description, _ = pack(tmp_path / "a", tmp_path / "model.skops", golden=tmp_path / "rows.json")
    assert description["features"][1] == {"name": "feature_1", "type": "category", "categories": [0, 1, 2, 3]}
    assert description["features"][0] == {"name": "feature_0", "type": "number"}
    WRITERS["kinds.txt"][1](tmp_path / "kinds.txt")
    (tmp_path / "b").mkdir()
    description, _ = pack(tmp_path / "b", tmp_path / "kinds.txt")
    assert description["features"][1]["categories"] == [0, 1, 2, 3]
    assert description["features"][3]["minimum"] < 0 < description["features"][3]["maximum"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("rows.csv", "a,b\n1,x\n", "has 2 columns, the model takes 4"),
        ("rows.json", '[[1, 2, 3, "x"]]', "takes none of 1 rows that were tried: row 1 contains non-numeric values"),
        ("rows.json", "[[1], [1, 2]]", "row 2 has 2 cells, the first 1"),
        ("rows.txt", "", "must end in .csv, .parquet, .json, .jsonl, .npy"),
        ("rows.json", "[[1]]", "has 1 columns, the model 4"),
    ],
)
def test_training_rows_that_are_none_are_a_problem(tmp_path, name, content, message):
    WRITERS["model.skops"][1](tmp_path / "model.skops")
    (tmp_path / name).write_text(content)
    with pytest.raises(Problems, match=message):
        pack(tmp_path, tmp_path / "model.skops", training=tmp_path / name)


def test_a_pickled_booster_that_is_not_served_is_refused_in_the_words_of_the_server(tmp_path):
    rows = np.arange(20.0).reshape(10, 2)
    estimator = xgboost.XGBRegressor(booster="gblinear", n_estimators=2, n_jobs=1).fit(rows, rows[:, 0])
    (tmp_path / "model.pkl").write_bytes(pickle.dumps(estimator))
    with pytest.raises(ModelError) as served:
        load_model(tmp_path)
    with pytest.raises(Problems) as packed:
        pack_model(PackingOrder(model=tmp_path / "model.pkl", output=tmp_path / "model.tar.gz"))
    assert "booster 'gblinear'" in str(served.value)
    assert packed.value.found == [str(served.value)]


def test_the_json_of_catboost_needs_no_name_of_its_own(tmp_path):
    """CatBoost is not installed here: a file that it wrote."""
    path = tmp_path / "model.json"
    shutil.copy(COMMITTED / "catboost-1.2.10" / "two-classes-of-gaps.json", path)
    packed = pack_model(PackingOrder(model=path, output=tmp_path / "model.tar.gz"))
    assert packed.served == "CatBoost (Logloss) of CatBoost 1.2.10, evaluated by the server itself"
    with tarfile.open(tmp_path / "model.tar.gz") as archive:
        assert "model.cat.json" in archive.getnames()


@pytest.mark.parametrize("estimator", [KMeans(3, n_init=1, random_state=0), SVC()], ids=["distances", "scores"])
def test_what_onnx_has_beside_labels_is_not_called_probabilities_where_it_is_none(tmp_path, estimator):
    rows, answers = load_data("iris")
    estimator.fit(rows, answers)
    kinds = [("rows", skl2onnx.common.data_types.FloatTensorType([None, 4]))]
    content = skl2onnx.to_onnx(estimator, initial_types=kinds, target_opset=18).SerializeToString()
    (tmp_path / "model.onnx").write_bytes(content)
    (answer,) = load_model(tmp_path).predict([rows[0].tolist()])
    assert answer["predicted_class"] == str(estimator.predict(rows[:1])[0])
    assert "probabilities" not in answer


def test_made_rows_of_a_file_alone_hold_no_missing_values(tmp_path):
    """onnxruntime answers a row with NaN by what stands beside it: it was right among others, and refused alone."""
    rows = load_data("iris")[0]
    graph = skl2onnx.to_onnx(KMeans(3, random_state=0).fit(rows), rows[:1].astype(np.float32))
    (tmp_path / "clusters.onnx").write_bytes(graph.SerializeToString())
    pack(tmp_path, tmp_path / "clusters.onnx")
    golden = json.loads((tmp_path / "unpacked" / "golden.json").read_text())["cases"]
    asked = [row for case in golden for row in case["request"]["body"]["instances"]]
    assert len(asked) == 3
    assert not [row for row in asked if None in row]
