"""Names that libraries give their model files: served where the content says what it is, whatever the name."""

from __future__ import annotations

import gzip
import json
import os
import pickle
import sys

import lz4.frame
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from inference_server.load_model import load_model
from inference_server.model_error import ModelError
from inference_server.pickles.decompress import decompress

joblib = pytest.importorskip("joblib")

ROWS = np.random.default_rng(0).normal(size=(60, 3))
ANSWERED = (ROWS[:, 0] > 0).astype(int)


@pytest.fixture(scope="module")
def fitted():
    return LogisticRegression().fit(ROWS, ANSWERED)


def assert_served(directory, expected) -> None:
    answers = load_model(directory).predict(ROWS.tolist())
    assert [int(answer["predicted_class"]) for answer in answers] == [int(each) for each in expected]


@pytest.mark.parametrize("name", ["classifier.pkl", "finalized_model.sav", "model.bin", "model.pickle", "model"])
def test_a_pickle_is_served_whatever_its_name(tmp_path, fitted, name):
    (tmp_path / name).write_bytes(pickle.dumps(fitted))
    (tmp_path / "readme.md").write_text("about it")
    assert_served(tmp_path, fitted.predict(ROWS))


def test_a_pickle_that_gzip_compressed_is_served(tmp_path, fitted):
    (tmp_path / "model.pkl.gz").write_bytes(gzip.compress(pickle.dumps(fitted)))
    assert_served(tmp_path, fitted.predict(ROWS))


@pytest.mark.parametrize(
    ("name", "compress"),
    [
        ("iris.joblib", 0),
        ("iris.joblib", 3),
        ("iris.joblib.z", ("zlib", 9)),
        ("iris.joblib.gz", ("gzip", 1)),
        ("iris.joblib.bz2", ("bz2", 3)),
        ("iris.pkl.xz", ("xz", 3)),
        ("iris.pkl.lzma", ("lzma", 3)),
    ],
)
def test_what_joblib_writes_is_served(tmp_path, fitted, name, compress):
    joblib.dump(fitted, tmp_path / name, compress=compress)
    assert_served(tmp_path, fitted.predict(ROWS))


@pytest.mark.parametrize("name", ["model.json", "iris.json", "model.ubj", "model.bst", "model.bin", "model.model"])
@pytest.mark.filterwarnings("ignore:.*file extension")
def test_what_xgboost_writes_is_served(tmp_path, name):
    xgboost = pytest.importorskip("xgboost", reason="xgboost is not installed")
    matrix = xgboost.DMatrix(ROWS, ANSWERED)
    booster = xgboost.train({"objective": "binary:logistic", "max_depth": 2}, matrix, 3)
    booster.save_model(tmp_path / name)
    assert_served(tmp_path, booster.predict(matrix) > 0.5)


@pytest.mark.parametrize("name", ["model.txt", "lightgbm_model.txt", "iris.lgb"])
def test_what_lightgbm_writes_is_served(tmp_path, name):
    lightgbm = pytest.importorskip("lightgbm", reason="lightgbm is not installed")
    booster = lightgbm.train({"objective": "binary", "verbose": -1}, lightgbm.Dataset(ROWS, ANSWERED), 3)
    booster.save_model(tmp_path / name)
    assert_served(tmp_path, booster.predict(ROWS) > 0.5)


def test_what_skops_writes_is_served(tmp_path, fitted):
    skops_io = pytest.importorskip("skops.io", reason="skops is not installed")
    skops_io.dump(fitted, tmp_path / "iris.skops")
    assert_served(tmp_path, fitted.predict(ROWS))


def test_a_description_may_name_such_a_file(tmp_path, fitted):
    (tmp_path / "forest.pkl").write_bytes(pickle.dumps(fitted))
    (tmp_path / "scaler.pkl").write_bytes(pickle.dumps(fitted))
    (tmp_path / "model.json").write_text('{"modelFile": "forest.pkl"}')
    assert_served(tmp_path, fitted.predict(ROWS))


def test_two_are_refused_by_their_names(tmp_path, fitted):
    for name in ("classifier.pkl", "scaler.pkl"):
        (tmp_path / name).write_bytes(pickle.dumps(fitted))
    with pytest.raises(ModelError, match=r"holds classifier.pkl and scaler.pkl: call the model by one of"):
        load_model(tmp_path)
    (tmp_path / "classifier.pkl").rename(tmp_path / "model.pkl")
    assert_served(tmp_path, fitted.predict(ROWS))


def test_links_to_one_file_are_one_model(tmp_path, fitted):
    (tmp_path / "forest-7.pkl").write_bytes(pickle.dumps(fitted))
    (tmp_path / "latest.pkl").symlink_to("forest-7.pkl")
    os.link(tmp_path / "forest-7.pkl", tmp_path / "same.pkl")
    assert_served(tmp_path, fitted.predict(ROWS))


@pytest.mark.parametrize("content", [b"", b"age\nincome\n", b'{"weights": [1]}', b"PK\x03\x04"])
def test_what_is_no_model_by_its_content_is_none(tmp_path, content):
    (tmp_path / "iris.txt").write_bytes(content)
    with pytest.raises(ModelError, match=r"has none of model.pkl, .* it holds \['iris.txt'\]"):
        load_model(tmp_path)


# What looks like a model, and is none that is read

DUMP = "trees for people to read, without what predictions need"


@pytest.mark.parametrize("name", ["model.joblib", "model.pkl", "iris.joblib.lz4"])
def test_what_joblib_compresses_with_lz4_is_read(tmp_path, name, fitted):
    joblib.dump(fitted, tmp_path / name, compress=("lz4", 1))
    assert_served(tmp_path, fitted.predict(ROWS))


def test_a_damaged_frame_of_lz4_and_a_missing_package_are_said(tmp_path, fitted, monkeypatch):
    joblib.dump(fitted, tmp_path / "model.joblib", compress=("lz4", 1))
    content = (tmp_path / "model.joblib").read_bytes()
    monkeypatch.setitem(sys.modules, "lz4.frame", None)
    with pytest.raises(ModelError, match=r"compressed with lz4, and the package lz4 .* compress=3"):
        load_model(tmp_path)
    monkeypatch.undo()
    (tmp_path / "model.joblib").write_bytes(content[:40] + b"\xff" * 40 + content[80:])
    with pytest.raises(ModelError, match="compressed, and damaged"):
        load_model(tmp_path)


def test_a_frame_of_lz4_is_bounded():
    content = lz4.frame.compress(bytes(5000))
    assert decompress(content, 5000) == bytes(5000)
    with pytest.raises(ModelError, match="holds more than 4999 bytes"):
        decompress(content, 4999)


@pytest.mark.parametrize("name", ["model.xgb.json", "model.ubj", "xgboost-model", "model.json", "dump.raw.txt"])
@pytest.mark.parametrize("form", ["json", "text"])
def test_what_dump_model_of_xgboost_writes_is_no_model(tmp_path, name, form):
    xgboost = pytest.importorskip("xgboost", reason="xgboost is not installed")
    booster = xgboost.train({"max_depth": 2}, xgboost.DMatrix(ROWS, ANSWERED), 2)
    booster.dump_model(tmp_path / name, dump_format=form)
    with pytest.raises(ModelError) as told:
        load_model(tmp_path)
    assert f'{name} is what XGBoost\'s dump_model writes, {DUMP}. Save the model with save_model("model.ubj").' in str(
        told.value
    )


@pytest.mark.parametrize("name", ["model.lgb.txt", "model.json", "lightgbm.json"])
def test_what_dump_model_of_lightgbm_returns_is_no_model(tmp_path, name):
    lightgbm = pytest.importorskip("lightgbm", reason="lightgbm is not installed")
    booster = lightgbm.train({"verbosity": -1}, lightgbm.Dataset(ROWS, ANSWERED), 2)
    (tmp_path / name).write_text(json.dumps(booster.dump_model()))
    with pytest.raises(ModelError, match=rf"{name} is what LightGBM's dump_model writes, {DUMP}\. .*model\.lgb\.txt"):
        load_model(tmp_path)
