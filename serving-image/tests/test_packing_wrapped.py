"""Packing of pickled models of XGBoost and LightGBM: compared with their library, and nothing of them is unpickled."""

from __future__ import annotations

import pickle
import tarfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("xgboost", reason="xgboost is not installed")
pytest.importorskip("lightgbm", reason="lightgbm is not installed")
pytest.importorskip("pandas", reason="pandas is not installed")

from pickled_libraries import lightgbm_models, xgboost_models
from thoroughness import IS_NIGHTLY

from inference_server.evaluate import finish_single
from inference_server.load_model import load_model
from inference_server.model_files import pickled_xgboost
from sagemaker_deployer.pack import check
from sagemaker_deployer.pack.pack_model import PackingOrder, pack_model
from sagemaker_deployer.pack.problems import Problems


def trained() -> dict[str, Any]:
    """Train them; LightGBM warns of arguments that its older versions need."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        both = {"xgboost": xgboost_models(), "lightgbm": lightgbm_models()}
    return {f"{library} {name}": model for library, models in both.items() for name, (model, _) in models.items()}


MODELS = trained()


def pack(folder: Path, model: Any, monkeypatch: pytest.MonkeyPatch, file: str = "model.pkl") -> dict[str, Any]:
    (folder / file).write_bytes(pickle.dumps(model))
    monkeypatch.setattr(pickle, "load", None)
    monkeypatch.setattr(pickle, "loads", None)
    return pack_model(PackingOrder(model=folder / file, output=folder / "model.tar.gz")).description


# By day every third.
COMPARED = [name for name in MODELS if not name.endswith("pipeline")][:: 1 if IS_NIGHTLY else 3]


@pytest.mark.parametrize("name", COMPARED)
def test_it_is_compared_with_the_library(tmp_path, monkeypatch, name):
    description = pack(tmp_path, MODELS[name], monkeypatch)
    parity = description["parity"]
    assert (parity["servedBy"], parity["labelsFlipped"]) == ("evaluator", 0)
    assert parity["rows"] > 4000
    assert parity["largestDifference"] <= (1e-6 if name.startswith("xgboost") else 1e-12)
    assert name.split()[0] in description["versions"]
    with tarfile.open(tmp_path / "model.tar.gz") as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    assert load_model(tmp_path / "unpacked").sha256 == description["sha256"]


def test_a_pipeline_is_packed_without_being_compared(tmp_path, monkeypatch):
    parity = pack(tmp_path, MODELS["xgboost pipeline"], monkeypatch)["parity"]
    assert "compared where it is handed over in memory" in parity["reason"]


def test_the_booster_that_sagemaker_pickled_is_compared(tmp_path, monkeypatch):
    assert pack(tmp_path, MODELS["xgboost booster"], monkeypatch, "xgboost-model")["parity"]["rows"] > 4000


def test_a_difference_is_found(tmp_path, monkeypatch):
    monkeypatch.setitem(
        pickled_xgboost._CLASSES,
        "multi:softprob",
        lambda sums: (np.zeros(len(sums), int), finish_single.softmax(sums)[1]),
    )
    with pytest.raises(Problems, match="does not answer as xgboost does"):
        pack(tmp_path, MODELS["xgboost three classes"], monkeypatch)


def test_a_library_that_answers_no_made_row_refuses_no_model(tmp_path, monkeypatch):
    """XGBoost 3.1 takes categories only as it was trained on them, and some libraries no missing ones."""
    xgboost = pytest.importorskip("xgboost", reason="xgboost is not installed")

    def refuse(*_: object, **__: object) -> None:
        raise ValueError("no such row")

    rows = np.random.default_rng(0).normal(size=(60, 2))
    estimator = xgboost.XGBClassifier(n_estimators=2, n_jobs=1).fit(rows, rows[:, 0] > 0)
    monkeypatch.setattr(xgboost.XGBClassifier, "predict", refuse)
    found = check(estimator, path=tmp_path / "model.tar.gz").description["parity"]
    assert found["servedBy"] == "evaluator"
    assert "Not compared: xgboost answers none of the rows" in found["reason"]
