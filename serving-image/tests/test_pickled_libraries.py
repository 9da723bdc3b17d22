"""Pickles of XGBoost and LightGBM answer as the estimators that were pickled did, in every version; nothing is run."""

from __future__ import annotations

import base64
import io
import json
import lzma
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
from sklearn.model_selection import GridSearchCV

from inference_server.load_model import load_model
from inference_server.model_error import ModelError
from inference_server.model_files.read_evaluator import read_evaluator
from inference_server.not_covered import NotCovered
from inference_server.pickles.read_inert import read_inert

FILES = sorted(Path(__file__).parent.glob("pickled-libraries/*-*.json"))
OLD = "xgboost-1.2"
# XGBoost keeps texts since 3.1.
CODED_ALONE = ("xgboost-1", "xgboost-2", "xgboost-3.0")
EXACT = {"lightgbm": 1e-12, "xgboost-": 1e-6}


def recorded(file: Path) -> dict[str, dict[str, Any]]:
    """Each model's pickle, rows and answers."""
    found = json.loads(file.read_text())
    stream = io.BytesIO(lzma.decompress(base64.b64decode(found["pickles"])))
    return {name: one | {"pickle": stream.read(one["size"])} for name, one in found["models"].items()}


RECORDED = {(file.stem, name): one for file in FILES for name, one in recorded(file).items()}
SERVED = [key for key in RECORDED if key[0] != OLD]


def assert_equal(model: Any, rows: list[list[Any]], one: dict[str, Any], tolerance: float) -> None:
    answers = model.predict([list(row) for row in rows])
    expected = one["predicted"]
    if model.class_names is None:
        assert np.allclose([row["prediction"] for row in answers], expected, rtol=tolerance, atol=tolerance)
        return
    if isinstance(expected[0], list):  # LightGBM's Booster
        shares = expected
        expected = [str(row.index(max(row))) for row in expected]
    else:
        shares = one["probabilities"]
    assert [row["predicted_class"] for row in answers] == list(map(str, expected))
    found = [list(row["probabilities"].values()) for row in answers]
    assert np.allclose(found, shares, rtol=0, atol=tolerance)


@pytest.mark.parametrize(("version", "name"), SERVED)
def test_answers_are_those_of_the_estimator(tmp_path, version, name):
    one = RECORDED[version, name]
    (tmp_path / "model.pkl").write_bytes(one["pickle"])
    model = load_model(tmp_path)
    assert model.estimator.written_by.startswith({"l": "LightGBM", "x": "XGBoost " + version[8:]}[version[0]])
    tolerance = EXACT[version[:8]]
    if name == "categories":
        assert_equal(model, one["codes"], one, tolerance)
        if version.startswith(CODED_ALONE):
            return
    assert_equal(model, one["rows"], one, tolerance)


def test_all_versions_were_recorded():
    versions = {version for version, _ in SERVED}
    assert {"xgboost-1.6", "xgboost-3.4", "lightgbm-3.3", "lightgbm-4.7"} <= versions
    for version in versions:
        assert len([name for found, name in SERVED if found == version]) >= 10


@pytest.mark.parametrize("name", [name for version, name in RECORDED if version == OLD and name != "pipeline"])
@pytest.mark.parametrize("file", ["model.pkl", "xgboost-model"])
def test_the_old_binary_format_is_refused_with_the_way_forward(tmp_path, name, file):
    if file == "xgboost-model" and name != "booster":
        return
    (tmp_path / file).write_bytes(RECORDED[OLD, name]["pickle"])
    with pytest.raises(ModelError, match=r"old binary format.*save_model\('model.json'\)"):
        load_model(tmp_path)


@pytest.mark.parametrize(("version", "name"), [key for key in SERVED if key[1] == "booster" and key[0][0] == "x"])
def test_the_booster_that_sagemaker_pickled_is_read_by_its_name(tmp_path, version, name):
    one = RECORDED[version, name]
    (tmp_path / "xgboost-model").write_bytes(one["pickle"])
    assert_equal(load_model(tmp_path), one["rows"], one, 1e-6)


@pytest.mark.parametrize("compress", [0, 3, ("gzip", 3), ("xz", 3), ("bz2", 3)])
def test_joblib_and_searches_are_read(tmp_path, compress):
    xgboost = pytest.importorskip("xgboost", reason="xgboost is not installed")
    rows = np.random.default_rng(2).normal(size=(60, 3))
    search = GridSearchCV(xgboost.XGBClassifier(n_estimators=3, n_jobs=1), {"max_depth": [1, 2]}, cv=2)
    search.fit(rows, rows[:, 0] > 0)
    joblib.dump(search, tmp_path / "model.joblib", compress=compress)
    answers = load_model(tmp_path).predict(rows.tolist())
    assert [row["predicted_class_index"] for row in answers] == search.predict(rows).tolist()


class Changed:
    """A pickle of a recorded model with other attributes: what is inside is rebuilt with the names alone."""

    def __init__(self, version: str, name: str) -> None:
        self.value = read_inert(RECORDED[version, name]["pickle"])

    def evaluator(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> Any:
        monkeypatch.setattr("inference_server.pickles.read_inert.read_inert", lambda _: self.value)
        (folder / "model.pkl").write_bytes(b"\x80\x04N.")
        return read_evaluator(folder / "model.pkl")


def _of_booster(**changed: Any) -> Callable[[Any], None]:
    return lambda value: value.state["_Booster"].state.update(changed)


def _of_estimator(**changed: Any) -> Callable[[Any], None]:
    return lambda value: value.state.update(changed)


X, L = "xgboost-3.4", "lightgbm-4.7"


@pytest.mark.parametrize(
    ("version", "change", "message"),
    [
        (X, _of_estimator(unheard_of=1), r"attributes that 1\.6 to 3\.4 do not give it \(\['unheard_of'\]\)"),
        (X, _of_booster(unheard_of=1), r"Booster with attributes .*unheard_of"),
        (X, _of_booster(handle=b""), "was not trained"),
        (X, _of_estimator(objective=read_inert), "an objective of one's own"),
        (X, _of_estimator(missing="none"), "missing=none"),
        (X, _of_estimator(missing=float("inf")), "missing=inf"),
        (X, _of_estimator(n_classes_=2), "an XGBClassifier of 2 classes with a booster of others"),
        (X, _of_estimator(_Booster=None), "in the place of an estimator"),
        (L, _of_estimator(unheard_of=1), r"attributes that 3\.3 to 4\.7 do not give it \(\['unheard_of'\]\)"),
        (L, _of_booster(unheard_of=1), r"Booster with attributes .*unheard_of"),
        (L, _of_booster(_handle=""), "was not trained"),
        (L, _of_booster(best_iteration="1"), "best iteration"),
        (L, _of_estimator(_objective=read_inert), "an objective of one's own"),
        (L, _of_estimator(_fobj=read_inert), "an objective of one's own"),
        (L, _of_estimator(_other_params={"verbose": -1, "pred_early_stop": True}), "pred_early_stop"),
    ],
)
def test_what_is_not_known_is_refused_by_name(tmp_path, monkeypatch, version, change, message):
    changed = Changed(version, "three classes")
    assert changed.evaluator(monkeypatch, tmp_path).classes_ is not None
    change(changed.value)
    if "pred_early_stop" in message:
        changed.value.state["pred_early_stop"] = True
    with pytest.raises((NotCovered, ModelError), match=message):
        changed.evaluator(monkeypatch, tmp_path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda both: both.update(unheard_of=1), "holds unheard_of"),
        (lambda both: both["Config"]["learner"].update(unheard_of=1), r"holds Config\.learner\.unheard_of"),
        (lambda both: both["Model"]["learner"].update(unheard_of=1), r"holds learner\.unheard_of"),
        (
            lambda both: both["Config"]["learner"]["objective"].update(name="reg:gamma"),
            "configured with another objective",
        ),
        (lambda both: both["Model"].update(version=[3, 9, 0]), r"written by XGBoost 3\.9\.0, newer"),
        (lambda both: both.pop("Model"), "without its model"),
    ],
)
def test_the_bytes_inside_have_the_same_rules(tmp_path, monkeypatch, change, message):
    changed = Changed(X, "three classes")
    from inference_server.model_files import pickled_xgboost, read_xgboost

    def parse(content: bytes) -> Any:
        both = read_xgboost.parse_xgboost(content)
        change(both)
        return both

    changed.evaluator(monkeypatch, tmp_path)
    monkeypatch.setattr(pickled_xgboost, "parse_xgboost", parse)
    with pytest.raises((NotCovered, ModelError), match=message):
        changed.evaluator(monkeypatch, tmp_path)


def test_what_only_the_library_computes_is_refused_with_the_way_forward(tmp_path):
    xgboost = pytest.importorskip("xgboost", reason="xgboost is not installed")
    rows = np.random.default_rng(2).normal(size=(20, 3))
    model = xgboost.XGBRegressor(booster="gblinear", n_estimators=2).fit(rows, rows[:, 0])
    (tmp_path / "model.pkl").write_bytes(pickle.dumps(model))
    with pytest.raises(ModelError, match=r"not evaluate XGBoost's booster 'gblinear'.*save_model\('model.ubj'\)"):
        load_model(tmp_path)
