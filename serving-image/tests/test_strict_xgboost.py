"""Nothing of an XGBoost file is ignored unawares: newer forms equal to the bit, unknown keys and versions refused."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inference_server.model_error import ModelError
from inference_server.model_files import xgboost_keys
from inference_server.model_files.read_evaluator import read_evaluator

RECORDED = {path.stem: json.loads(path.read_text()) for path in Path(__file__).parent.glob("newer-xgboost/*.json")}
REFUSED = {"several-targets": "models of several targets", "leaves-of-several-numbers": "trees of several targets"}
SERVED = [name for name in RECORDED if name[4:] not in REFUSED]
UNKNOWN = "unheard_of"
# Notes of the author of a model, under names of their own.
FREE = ("attributes",)


def read(model: Any, folder: Path) -> Any:
    (folder / "model.xgb.json").write_text(json.dumps(model))
    return read_evaluator(folder / "model.xgb.json")


@pytest.mark.parametrize("name", SERVED)
def test_files_of_newer_xgboosts_are_equal_to_the_bit(tmp_path, name):
    recorded = RECORDED[name]
    evaluator, rows = read(recorded["model"], tmp_path), np.array(recorded["rows"])
    sums = evaluator.sums(rows)
    assert np.array_equal(sums, np.array(recorded["sums"]).reshape(sums.shape))
    assert np.array_equal(sums, evaluator.sums.evaluate_with_numpy(rows))
    assert {"3.3", "3.4"} == {recorded[:3] for recorded in SERVED if recorded[4:] == name[4:]}


@pytest.mark.parametrize("name", [name for name in RECORDED if name[4:] in REFUSED])
def test_several_targets_are_refused(tmp_path, name):
    with pytest.raises(ModelError, match=REFUSED[name[4:]]):
        read(RECORDED[name]["model"], tmp_path)


@pytest.mark.parametrize("boosting", ["gbtree", "dart", "no rounds", "one class"])
def test_the_installed_xgboost_agrees(tmp_path, boosting):
    xgboost = pytest.importorskip("xgboost", reason="xgboost is not installed")
    random = np.random.default_rng(2)
    rows = random.normal(size=(80, 3)).astype(np.float32)
    settings = {"objective": "binary:logistic", "max_depth": 3, "nthread": 1, "num_parallel_tree": 2}
    settings |= {"booster": "dart", "rate_drop": 0.6} if boosting == "dart" else {}
    answered = np.ones(80) if boosting == "one class" else (rows[:, 0] * rows[:, 1] > 0)
    booster = xgboost.train(settings, xgboost.DMatrix(rows, answered), 0 if boosting == "no rounds" else 9)
    for file in ("model.json", "model.ubj"):
        booster.save_model(tmp_path / file)
        (tmp_path / file).rename(tmp_path / "xgboost-model")
        evaluator = read_evaluator(tmp_path / "xgboost-model")
        expected = booster.predict(xgboost.DMatrix(rows), output_margin=True)
        assert np.array_equal(evaluator.sums(rows.astype(float))[:, 0], expected)


def objects(value: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every object of a model, and where it stands."""
    if isinstance(value, dict):
        yield path, value
        for key, below in value.items():
            yield from objects(below, f"{path}.{key}".removeprefix("."))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from objects(item, f"{path}[{index}]")


# Dart until 3.2 has its trees one level down.
OLD_DART = json.loads(json.dumps(RECORDED["3.4-dart"]["model"]))
OLD_DART["learner"]["gradient_booster"] = {
    "name": "dart",
    "gbtree": {"name": "gbtree", "model": OLD_DART["learner"]["gradient_booster"]["model"]},
    "weight_drop": OLD_DART["learner"]["gradient_booster"]["model"].pop("weight_drop"),
}
SEEDS = {name: RECORDED[name]["model"] for name in SERVED} | {"3.2-dart": OLD_DART}


@pytest.mark.parametrize("name", SEEDS)
def test_an_unknown_key_is_refused_by_name_at_every_level(tmp_path, name):
    model = json.loads(json.dumps(SEEDS[name]))
    read(model, tmp_path)
    places = list(objects(model))
    assert len(places) > 5
    for path, place in places:
        place[UNKNOWN] = 1
        if path.split(".")[-1] in FREE:
            read(model, tmp_path)
        else:
            with pytest.raises(ModelError) as refused:
                read(model, tmp_path)
            where = f"{path}.{UNKNOWN}".removeprefix(".")
            assert f"holds {where}, which this server does not know" in str(refused.value)
            assert "pip install 'xgboost<3.5'" in str(refused.value)
        del place[UNKNOWN]


def test_several_unknown_keys_are_named_together(tmp_path):
    model = json.loads(json.dumps(SEEDS["3.4-dart"]))
    for path, place in objects(model):
        if "attributes" not in path:
            place[UNKNOWN] = 1
    with pytest.raises(ModelError, match=r"learner\.\S+, .*and \d+ more, which this server"):
        read(model, tmp_path)


def ubjson(value: Any) -> bytes:
    if isinstance(value, dict):
        pairs = [_length(key.encode()) + ubjson(below) for key, below in value.items()]
        return b"{" + b"".join(pairs) + b"}"
    if isinstance(value, list):
        return b"[" + b"".join(map(ubjson, value)) + b"]"
    if isinstance(value, str):
        return b"S" + _length(value.encode())
    return b"d" + struct.pack(">f", value) if isinstance(value, float) else b"L" + struct.pack(">q", value)


def _length(text: bytes) -> bytes:
    return b"L" + struct.pack(">q", len(text)) + text


@pytest.mark.parametrize("level", ["", "learner.gradient_booster.model.trees[0]"])
def test_ubjson_has_the_same_rules(tmp_path, level):
    model = json.loads(json.dumps(SEEDS["3.4-dart"]))
    file = tmp_path / "model.ubj"
    file.write_bytes(ubjson(model))
    read_evaluator(file)
    dict(objects(model))[level][UNKNOWN] = 1
    file.write_bytes(ubjson(model))
    with pytest.raises(ModelError, match=UNKNOWN):
        read_evaluator(file)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda booster: booster.update(weight_drop=[1.0]), "do not fit together"),
        (lambda booster: booster["model"]["weight_drop"].pop(), "do not fit together"),
        (lambda booster: booster["model"]["weight_drop"].__setitem__(0, float("nan")), "do not fit together"),
        (lambda booster: booster.update(name="gblinear"), "booster 'gblinear'"),
        (lambda booster: booster["model"].pop("weight_drop") and booster.update(name="dart"), r"booster\.model,"),
    ],
)
def test_weights_of_trees_are_one_for_each_tree(tmp_path, change, message):
    model = json.loads(json.dumps(SEEDS["3.4-dart"]))
    change(model["learner"]["gradient_booster"])
    with pytest.raises(ModelError, match=message):
        read(model, tmp_path)


def test_a_file_of_a_newer_xgboost_is_refused_with_the_remedy(tmp_path):
    model = json.loads(json.dumps(SEEDS["3.4-two-classes"]))
    model["version"] = [*xgboost_keys.LAST, 99]
    read(model, tmp_path)
    for newer in ([3, 5, 0], [4, 0, 0]):
        model["version"] = newer
        written = ".".join(map(str, newer))
        with pytest.raises(ModelError, match=rf"written by XGBoost {written}, newer .* 1\.7 to 3\.4 .*xgboost<3\.5"):
            read(model, tmp_path)


def test_a_base_score_of_an_infinite_sum_is_said_to_be_one(tmp_path):
    model = json.loads(json.dumps(SEEDS["3.4-two-classes"]))
    model["learner"]["objective"]["name"] = "count:poisson"
    model["learner"]["learner_model_param"]["base_score"] = "[0E0]"
    with pytest.raises(ModelError, match=r"base score \[0E0\], which stands for an infinite number"):
        read(model, tmp_path)
