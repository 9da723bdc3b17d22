"""Nothing of an XGBoost file is ignored unawares: newer forms equal to the bit, unknown keys and versions refused."""

from __future__ import annotations

import json
import pickle
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inference_server.invalid_input import InvalidInput
from inference_server.load_model import load_model
from inference_server.model_error import ModelError
from inference_server.model_files import xgboost_keys
from inference_server.model_files.read_evaluator import read_evaluator
from sagemaker_deployer.pack.pack_model import PackingOrder, pack_model
from sagemaker_deployer.pack.parity.adversarial_rows import adversarial_rows

RECORDED = {path.stem: json.loads(path.read_text()) for path in Path(__file__).parent.glob("newer-xgboost/*.json")}
UNKNOWN = "unheard_of"
# Notes of the author of a model, under names of their own.
FREE = ("attributes",)


def read(model: Any, folder: Path) -> Any:
    (folder / "model.xgb.json").write_text(json.dumps(model))
    return read_evaluator(folder / "model.xgb.json")


@pytest.mark.parametrize("name", RECORDED)
def test_files_of_newer_xgboosts_are_equal_to_the_bit(tmp_path, name):
    recorded = RECORDED[name]
    evaluator, rows = read(recorded["model"], tmp_path), np.array(recorded["rows"])
    sums = evaluator.sums(rows)
    assert np.array_equal(sums, np.array(recorded["sums"]).reshape(sums.shape))
    assert np.array_equal(sums, evaluator.sums.evaluate_with_numpy(rows))
    assert {"3.3", "3.4"} <= {recorded[:3] for recorded in RECORDED if recorded[4:] == name[4:]}
    assert evaluator.several == ("target" in name or "quantiles" in name)
    if "predicted" in recorded:
        assert np.array_equal(evaluator.answer(rows)[0], np.array(recorded["predicted"]))


def test_quantiles_cross_until_xgboost_3_3_and_are_sorted_since():
    assert RECORDED["3.3-crossing-quantiles"]["predicted"] == RECORDED["3.3-crossing-quantiles"]["sums"]
    recorded = RECORDED["3.4-crossing-quantiles"]
    assert recorded["predicted"] == [sorted(row) for row in recorded["sums"]] != recorded["sums"]


def _vector(model: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    return model["learner"]["learner_model_param"], model["learner"]["gradient_booster"]["model"]["trees"][0]


@pytest.mark.parametrize("name", ["2.0-leaves-of-two-targets", "3.4-leaves-of-two-targets"])
@pytest.mark.parametrize(
    "change",
    [
        lambda learner, tree: tree["tree_param"].update(size_leaf_vector="3"),
        lambda learner, tree: tree.get("leaf_weights", tree["base_weights"]).pop(),
        lambda learner, tree: tree.get("leaf_weights", tree["base_weights"]).clear(),
        lambda learner, tree: [tree.get("leaf_weights", tree["base_weights"]).pop() for _ in range(2)],
        lambda learner, tree: tree.get("leaf_weights", tree["base_weights"]).__setitem__(-1, float("inf")),
        lambda learner, tree: tree["right_children"].__setitem__(-1, -2) or tree.update(base_weights=["x"]),
        lambda learner, tree: learner.update(num_target="3"),
        lambda learner, tree: learner.update(num_target="1"),
        lambda learner, tree: learner.update(num_target="100000000", base_score="[1]"),
        lambda learner, tree: learner.update(num_class="2"),
    ],
)
def test_leaves_of_several_numbers_fit_the_model(tmp_path, name, change):
    model = json.loads(json.dumps(RECORDED[name]["model"]))
    read(model, tmp_path)
    change(*_vector(model))
    with pytest.raises(ModelError, match="do not fit together"):
        read(model, tmp_path)


def test_a_tree_of_several_numbers_adds_to_all_of_them(tmp_path):
    model = json.loads(json.dumps(RECORDED["3.4-leaves-of-two-targets"]["model"]))
    model["learner"]["gradient_booster"]["model"]["tree_info"][1] = 1
    with pytest.raises(ModelError, match="do not fit together"):
        read(model, tmp_path)


@pytest.mark.parametrize("strategy", ["one_output_per_tree", "multi_output_tree"])
@pytest.mark.parametrize(
    "kind", ["numbers", "logistic", "labels", "hinge", "quantiles", "forest", "early", "absolute", "dart"]
)
def test_the_installed_xgboost_agrees_on_several_targets(tmp_path, kind, strategy):
    if (kind, strategy) == ("dart", "multi_output_tree"):
        pytest.skip("XGBoost trains none")
    xgboost = pytest.importorskip("xgboost", reason="xgboost is not installed")
    random = np.random.default_rng(2)
    rows = random.normal(size=(200, 4)).astype(np.float32)
    rows[random.random(rows.shape) < 0.1] = np.nan
    known = np.nan_to_num(rows)
    numbers = np.stack([known[:, 0] + known[:, 1] ** 2, 3 * known[:, 2], known[:, 3]], axis=1)
    marks = (numbers > [0.5, 1, 0]).astype(int)
    settings = {"max_depth": 3, "n_jobs": 1, "n_estimators": 5, "multi_strategy": strategy}
    settings |= {
        "logistic": {"objective": "reg:logistic"},
        "hinge": {"objective": "binary:hinge"},
        "quantiles": {"objective": "reg:quantileerror", "quantile_alpha": [0.2, 0.5, 0.8]},
        "forest": {"num_parallel_tree": 3, "subsample": 0.5},
        "early": {"early_stopping_rounds": 2, "n_estimators": 30, "learning_rate": 0.9},
        "absolute": {"objective": "reg:absoluteerror"},
        "dart": {"booster": "dart", "rate_drop": 0.5},
    }.get(kind, {})
    of_labels = kind in ("labels", "hinge")
    answered = marks if of_labels or kind == "logistic" else numbers[:, 0] if kind == "quantiles" else numbers
    estimator = (xgboost.XGBClassifier if of_labels else xgboost.XGBRegressor)(**settings)
    watched = {"eval_set": [(rows[:50], answered[:50])], "verbose": False} if kind == "early" else {}
    estimator.fit(rows, answered, **watched)
    rounds = (0, estimator.best_iteration + 1) if kind == "early" else (0, 0)
    (tmp_path / "model.pkl").write_bytes(pickle.dumps(estimator))
    for file in ("model.json", "model.ubj"):
        estimator.save_model(tmp_path / file)
    for file in ("model.json", "model.ubj", "model.pkl"):
        evaluator = read_evaluator(tmp_path / file, "model.xgb.json" if file == "model.json" else None)
        table = adversarial_rows(evaluator, rows.astype(float))
        table = table[random.permutation(len(table))[:1500]]
        expected = estimator.get_booster().predict(xgboost.DMatrix(table), output_margin=True, iteration_range=rounds)
        sums = evaluator.sums(table)
        assert evaluator.several
        assert np.array_equal(sums, expected)
        assert np.array_equal(sums, evaluator.sums.evaluate_with_numpy(table))
        answered, shares = evaluator.answer(table)
        if of_labels:
            assert np.array_equal(answered, estimator.predict(table))
        else:
            assert np.allclose(answered, estimator.predict(table), rtol=1e-6, atol=1e-6)
        if kind == "labels":
            assert np.allclose(np.stack(shares, axis=2)[:, 1], estimator.predict_proba(table), rtol=0, atol=1e-6)


@pytest.mark.parametrize("kind", ["numbers", "binary:logistic", "binary:hinge"])
def test_models_of_several_targets_are_packed_and_compared(tmp_path, kind):
    xgboost = pytest.importorskip("xgboost", reason="xgboost is not installed")
    rows = np.random.default_rng(2).normal(size=(60, 3))
    answers = rows[:, :2] if kind == "numbers" else (rows > 0).astype(int)
    estimator = xgboost.XGBRegressor() if kind == "numbers" else xgboost.XGBClassifier(objective=kind)
    estimator.set_params(n_estimators=3, n_jobs=1).fit(rows, answers).save_model(tmp_path / "model.ubj")
    (tmp_path / "rows.json").write_text(json.dumps(rows[:3].tolist()))
    order = PackingOrder(tmp_path / "model.ubj", tmp_path / "model.tar.gz", golden=tmp_path / "rows.json")
    parity = pack_model(order).description["parity"]
    assert (parity["servedBy"], parity["labelsFlipped"]) == ("evaluator", 0)
    assert parity["rows"] > 300


@pytest.mark.parametrize("booster", ["gbtree", "dart"])
def test_counts_of_nothing_but_zeros_are_zero(tmp_path, booster):
    """XGBoost begins with the logarithm of 0, and answers 0."""
    xgboost = pytest.importorskip("xgboost", reason="xgboost is not installed")
    rows = np.random.default_rng(2).normal(size=(30, 3))
    settings = {"objective": "count:poisson", "booster": booster, "nthread": 1}
    trained = xgboost.train(settings, xgboost.DMatrix(rows, np.zeros(30)), 3)
    trained.save_model(tmp_path / "model.ubj")
    model = load_model(tmp_path)
    assert trained.predict(xgboost.DMatrix(rows)).tolist() == [0.0] * 30
    assert [one["prediction"] for one in model.predict(rows.tolist())] == [0.0] * 30
    with pytest.raises(InvalidInput, match="the logarithm of 0"):
        _ = model.explainer


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
SEEDS = {name: recorded["model"] for name, recorded in RECORDED.items()} | {"3.2-dart": OLD_DART}


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
    model["learner"]["objective"]["name"] = "reg:gamma"
    model["learner"]["learner_model_param"]["base_score"] = "[0E0]"
    with pytest.raises(ModelError, match=r"base score \[0E0\], which stands for an infinite number"):
        read(model, tmp_path)
