"""XGBoost, LightGBM, skops and ONNX against the libraries that wrote the files, and what is refused of them."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable

import numpy as np
import pytest
from covered_models import answers, covered_models, fit, load_data, load_rows
from other_models import lightgbm_models, xgboost_models

# `npm test` installs them (requirements-engines.txt, requirements-formats.txt); a plain environment may lack them.
xgboost = pytest.importorskip("xgboost", reason="xgboost is not installed")
lightgbm = pytest.importorskip("lightgbm", reason="lightgbm is not installed")
skops_io = pytest.importorskip("skops.io", reason="skops is not installed")
skl2onnx = pytest.importorskip("skl2onnx", reason="skl2onnx is not installed")

# Before onnxruntime: it must not write anything during the tests either.
from inference_server.model_files import onnx_runtime  # noqa: E402, F401

onnxruntime = pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")

from inference_server.load_model import load_model  # noqa: E402
from inference_server.model_error import ModelError  # noqa: E402
from inference_server.model_files import read_lightgbm, read_xgboost  # noqa: E402
from inference_server.model_files.read_evaluator import read_evaluator  # noqa: E402
from sagemaker_deployer.pack.parity.adversarial_rows import adversarial_rows  # noqa: E402
from sagemaker_deployer.pack.parity.measure_parity import find_difference  # noqa: E402

EXTREME, LIGHT, COVERED = xgboost_models(), lightgbm_models(), covered_models()
MOST_ROWS = 4000


def ask(evaluator, rows: np.ndarray) -> np.ndarray:
    table = adversarial_rows(evaluator, rows)
    return table[np.random.default_rng(1).permutation(len(table))[:MOST_ROWS]]


def assert_same(evaluator, estimator, rows: np.ndarray, tolerance: float) -> None:
    predicted, probabilities = answers(estimator, rows)
    if evaluator.answer(rows[:1])[1] is None:  # XGBoost's own wrapper has predict_proba all the same
        probabilities = None
    difference = find_difference(evaluator, rows, predicted, probabilities)
    assert difference.labels_flipped == 0
    assert difference.largest <= tolerance


def assert_same_sums(evaluator, rows: np.ndarray, expected: np.ndarray) -> None:
    sums = evaluator.sums(rows)
    assert np.array_equal(sums, expected.reshape(sums.shape))
    assert np.array_equal(sums, evaluator.sums.evaluate_with_numpy(rows))


@pytest.mark.parametrize("name", EXTREME)
def test_xgboost_is_equal_to_the_bit_before_its_last_step(tmp_path, name):
    rows, answered, estimator, settings = EXTREME[name]
    estimator.fit(rows, answered, **settings)
    for file in ("model.ubj", "model.xgb.json", "xgboost-model"):
        written = tmp_path / ("model.json" if file == "model.xgb.json" else "model.ubj")
        estimator.save_model(written)
        written.rename(tmp_path / file)
        evaluator = read_evaluator(tmp_path / file)
        table = ask(evaluator, rows)
        assert_same(evaluator, estimator, table, 1e-6)
        rounds = (0, estimator.best_iteration + 1) if name == "early stopping" else (0, 0)
        matrix = xgboost.DMatrix(table, feature_types=estimator.feature_types, enable_categorical=True)
        expected = estimator.get_booster().predict(matrix, output_margin=True, iteration_range=rounds)
        assert_same_sums(evaluator, table, expected)


@pytest.mark.parametrize("name", LIGHT)
def test_lightgbm_is_equal_to_the_bit_before_its_last_step(tmp_path, name):
    rows, answered, estimator, settings = LIGHT[name]
    estimator.fit(rows, answered, **settings)
    estimator.booster_.save_model(tmp_path / "model.lgb.txt")
    evaluator = read_evaluator(tmp_path / "model.lgb.txt")
    table = ask(evaluator, rows)
    assert_same(evaluator, estimator, table, 1e-12)
    if not name.startswith("forest"):  # LightGBM's raw score of a forest is not divided
        assert_same_sums(evaluator, table, estimator.booster_.predict(table, raw_score=True))


@pytest.mark.parametrize("library", ["xgboost", "lightgbm"])
def test_the_rows_tell_naive_reading_apart(tmp_path, library):
    """`<` for `<=`, and the reverse, changes sums on these rows: without this they would prove nothing."""
    rows, answered, estimator, _ = (EXTREME if library == "xgboost" else LIGHT)["two classes"]
    estimator.fit(rows, answered)
    file = tmp_path / ("model.ubj" if library == "xgboost" else "model.lgb.txt")
    (estimator if library == "xgboost" else estimator.booster_).save_model(file)
    evaluator = read_evaluator(file)
    table = ask(evaluator, rows)
    expected = evaluator.sums(table).copy()
    nodes = evaluator.sums.nodes
    step = np.float32 if library == "xgboost" else np.float64
    beside = np.nextafter(nodes["threshold"].astype(step), step(np.inf if library == "xgboost" else -np.inf))
    nodes["threshold"] = np.where(nodes["feature"] >= 0, beside, nodes["threshold"])
    assert (evaluator.sums(table) != expected).any()


@pytest.mark.parametrize("name", COVERED)
def test_skops_is_read_as_pickles_are(tmp_path, name):
    data, estimator = COVERED[name]
    compression = zipfile.ZIP_STORED if len(name) % 2 else zipfile.ZIP_DEFLATED
    skops_io.dump(fit(data, estimator), tmp_path / "model.skops", compression=compression)
    evaluator = read_evaluator(tmp_path / "model.skops")
    assert_same(evaluator, estimator, load_rows(data), 1e-12)


@pytest.mark.parametrize("zipmap", [True, False])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", ["forest iris", "forest iris-text", "logistic cancer", "linear", "forest regression"])
def test_onnx_answers_as_the_estimator_that_it_was_made_of(tmp_path, name, dtype, zipmap):
    if dtype is np.float64 and name in ("logistic cancer", "forest regression"):
        zipmap = False  # skl2onnx writes no valid ZipMap of doubles, and no trees that answer doubles
        dtype = np.float32 if name == "forest regression" else dtype
    data, estimator = COVERED[name]
    rows = load_data(data)[0].astype(np.float32).astype(np.float64)
    fit(data, estimator)
    options = {"zipmap": zipmap} if hasattr(estimator, "classes_") else None
    graph = skl2onnx.to_onnx(estimator, rows[:1].astype(dtype), options=options)
    (tmp_path / "model.onnx").write_bytes(graph.SerializeToString())
    model = load_model(tmp_path)
    assert_same(model.estimator, estimator, rows, 1e-6 if dtype is np.float32 or "forest" in name else 1e-12)
    assert model.feature_names == tuple(f"feature_{index}" for index in range(rows.shape[1]))


def test_a_model_of_each_format_is_loaded_and_answers(tmp_path):
    rows, answered, estimator, _ = EXTREME["three classes"]
    estimator.fit(rows, answered).save_model(tmp_path / "model.ubj")
    (tmp_path / "model.json").write_text('{"classNames": ["a", "b", "c"]}')
    found = load_model(tmp_path).predict(rows[:1].tolist())[0]
    assert (found["predicted_class"], found["predicted_class_index"]) == ("a", 0)
    assert found["probabilities"]["a"] == estimator.predict_proba(rows[:1])[0, 0]


def test_names_of_features_come_from_the_model(tmp_path):
    rows, answered, estimator, _ = LIGHT["three classes"]
    estimator.fit(rows, answered, feature_name=["a", "b", "c", "d"]).booster_.save_model(tmp_path / "model.lgb.txt")
    assert load_model(tmp_path).feature_names == ("a", "b", "c", "d")
    booster = xgboost.train(
        {"objective": "reg:squarederror"}, xgboost.DMatrix(rows, answered, feature_names=list("efgh")), 2
    )
    (tmp_path / "model.lgb.txt").unlink()
    booster.save_model(tmp_path / "model.ubj")
    assert load_model(tmp_path).feature_names == ("e", "f", "g", "h")


def test_onnx_needs_onnxruntime_and_says_so(tmp_path, monkeypatch):
    estimator = fit(*COVERED["forest iris"])
    graph = skl2onnx.to_onnx(estimator, np.zeros((1, 4), np.float32))
    (tmp_path / "model.onnx").write_bytes(graph.SerializeToString())
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(ModelError, match="needs onnxruntime"):
        load_model(tmp_path)


@pytest.mark.parametrize("way", ["served", "packed"])
def test_onnxruntime_writes_nothing_of_its_own(tmp_path, way):
    """Its telemetry would leave `.ses` in TMPDIR and a database in HOME; it is silent by itself where CI is set."""
    graph = skl2onnx.to_onnx(fit(*COVERED["forest iris"]), np.zeros((1, 4), np.float32))
    for folder in ("model", "home", "tmp"):
        (tmp_path / folder).mkdir()
    file = tmp_path / "model" / "model.onnx"
    file.write_bytes(graph.SerializeToString())
    command = {
        "served": ["-c", "import pathlib, sys; from inference_server.load_model import load_model; "
                   "load_model(pathlib.Path(sys.argv[1])).predict([[5.1, 3.5, 1.4, 0.2]])", str(file.parent)],
        "packed": ["-m", "model_packing", "--model", str(file), "--output", str(tmp_path / "model.tar.gz")],
    }[way]  # fmt: skip
    environment = {
        "HOME": str(tmp_path / "home"), "TMPDIR": str(tmp_path / "tmp"), "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }  # fmt: skip
    subprocess.run([sys.executable, *command], env=environment, check=True, capture_output=True)
    assert [*(tmp_path / "home").rglob("*"), *(tmp_path / "tmp").rglob("*")] == []


# What is refused: a change of a good file, and what is said.


@pytest.fixture(scope="module")
def xgboost_json() -> dict:
    rows, answered, estimator, _ = EXTREME["categories"]
    return json.loads(bytes(estimator.fit(rows, answered).get_booster().save_raw("json")))


def _tree(model: dict) -> dict:
    return model["learner"]["gradient_booster"]["model"]["trees"][0]


def _fill(tree: dict, key: str, value: float) -> None:
    tree[key] = [value] * len(tree[key])


XGBOOST_CHANGES = {
    "linear": (lambda m: m["learner"]["gradient_booster"].update(name="gblinear"), "booster 'gblinear'"),
    "objective": (lambda m: m["learner"]["objective"].update(name="rank:mine"), "objective 'rank:mine'"),
    "cycle": (lambda m: _tree(m)["left_children"].__setitem__(1, 1), "do not fit together"),
    "parent": (lambda m: _tree(m)["right_children"].__setitem__(0, 0), "do not fit together"),
    "feature of 33 bits": (lambda m: _tree(m)["split_indices"].__setitem__(0, 2**32), "do not fit together"),
    "feature below zero": (lambda m: _tree(m)["split_indices"].__setitem__(0, -1), "do not fit together"),
    "text": (lambda m: _tree(m)["split_conditions"].__setitem__(0, "x"), "do not fit together"),
    "no nodes": (lambda m: _fill(_tree(m), "left_children", 0) or _tree(m)["left_children"].clear(), "fit together"),
    "category below zero": (lambda m: _tree(m)["categories"].__setitem__(0, -1), "do not fit together"),
    "segment": (lambda m: _tree(m)["categories_segments"].__setitem__(0, 10**6), "do not fit together"),
    "empty set": (lambda m: _tree(m)["categories_sizes"].__setitem__(0, 0), "do not fit together"),
    "group below zero": (
        lambda m: m["learner"]["gradient_booster"]["model"]["tree_info"].__setitem__(0, -1),
        "do not fit together",
    ),
    "shared": (
        lambda m: _tree(m)["left_children"].__setitem__(0, _tree(m)["right_children"][0]),
        "do not fit together",
    ),
    "beyond": (lambda m: _tree(m)["right_children"].__setitem__(0, 10**9), "do not fit together"),
    "feature": (lambda m: _tree(m)["split_indices"].__setitem__(0, 4), "do not fit together"),
    "thresholds": (lambda m: _fill(_tree(m), "split_conditions", float("nan")), "do not fit together"),
    "leaves": (lambda m: _fill(_tree(m), "split_conditions", float("inf")), "do not fit together"),
    "types": (lambda m: _tree(m).update(left_children="abc"), "do not fit together"),
    "length": (lambda m: _tree(m)["default_left"].pop(), "do not fit together"),
    "set": (lambda m: _tree(m)["categories_sizes"].__setitem__(0, 10**6), "do not fit together"),
    "category": (lambda m: _tree(m)["categories"].__setitem__(0, 2**24), "do not fit together"),
    "no set": (lambda m: _tree(m)["categories_nodes"].__setitem__(0, 10**6), "KeyError"),
    "group": (lambda m: m["learner"]["gradient_booster"]["model"]["tree_info"].__setitem__(0, 9), "fit together"),
    "features": (lambda m: m["learner"]["learner_model_param"].update(num_feature="0"), "do not fit together"),
    "many features": (lambda m: m["learner"]["learner_model_param"].update(num_feature="9999999"), "9999999 features"),
    "base score": (lambda m: m["learner"]["learner_model_param"].update(base_score="[nan]"), "do not fit together"),
    "nothing": (lambda m: m.clear(), "KeyError"),
}


@pytest.mark.parametrize("change", XGBOOST_CHANGES)
def test_other_numbers_of_xgboost_are_refused(tmp_path, xgboost_json, monkeypatch, change):
    """The numbers are changed behind the parser, so that there is no file of them."""
    model = json.loads(json.dumps(xgboost_json))
    assert_reads(tmp_path / "model.xgb.json", json.dumps(model).encode())
    edit, message = XGBOOST_CHANGES[change]
    edit(model)
    monkeypatch.setattr(read_xgboost, "parse_xgboost", lambda _: model)
    assert_refused(tmp_path / "model.xgb.json", b"{}", message)


def _first(key: str, value: str) -> Callable[[list[dict[str, str]]], None]:
    """Change the first number of a key of the first tree."""

    def edit(blocks: list[dict[str, str]]) -> None:
        blocks[1][key] = " ".join([value, *blocks[1][key].split()[1:]])

    return edit


def _no_threshold(blocks: list[dict[str, str]]) -> None:
    """Take the threshold from the first node of numbers."""
    kinds, thresholds = blocks[1]["decision_type"].split(), blocks[1]["threshold"].split()
    at = next(index for index, kind in enumerate(kinds) if int(kind) % 2 == 0)
    blocks[1]["threshold"] = " ".join([*thresholds[:at], "nan", *thresholds[at + 1 :]])


def _header(key: str, value: str) -> Callable[[list[dict[str, str]]], None]:
    return lambda blocks: blocks[0].update({key: value})


LIGHTGBM_CHANGES = {
    "objective": (_header("objective", "lambdamart"), "do not fit together"),
    "linear": (_first("is_linear", "1"), "linear trees"),
    "version": (_header("version", "v9"), "'v9'"),
    "no header": (lambda blocks: blocks.clear(), "version '?'"),
    "parent": (_first("left_child", "0"), "do not fit together"),
    "child": (_first("left_child", "99"), "do not fit together"),
    "leaf before the first": (_first("right_child", "-99"), "do not fit together"),
    "feature": (_first("split_feature", "9"), "do not fit together"),
    "feature below zero": (_first("split_feature", "-1"), "do not fit together"),
    "threshold": (_no_threshold, "do not fit together"),
    "place of a set": (_first("threshold", "99"), "do not fit together"),
    "number": (_first("leaf_value", "x"), "ValueError"),
    "leaf": (_first("leaf_value", "inf"), "do not fit together"),
    "leaves": (_first("num_leaves", "9"), "do not fit together"),
    "no leaves": (_first("num_leaves", "0"), "do not fit together"),
    "kind of missing values": (_first("decision_type", "12"), "do not fit together"),
    "set": (lambda blocks: blocks[1].update(cat_boundaries="0 9"), "do not fit together"),
    "word": (_first("cat_threshold", "-1"), "do not fit together"),
    "large word": (_first("cat_threshold", "4294967296"), "do not fit together"),
    "width": (_header("max_feature_idx", "99999999999"), "do not fit together"),
    "columns": (_header("num_tree_per_iteration", "0"), "do not fit together"),
    "trees": (lambda blocks: blocks.pop(), "do not fit together"),
    "no trees": (lambda blocks: blocks.__delitem__(slice(1, None)), "do not fit together"),
}


@pytest.fixture(scope="module")
def lightgbm_text() -> str:
    rows, answered, estimator, settings = LIGHT["categories"]
    return estimator.fit(rows, answered, **settings).booster_.model_to_string()


@pytest.mark.parametrize("change", LIGHTGBM_CHANGES)
def test_other_numbers_of_lightgbm_are_refused(tmp_path, lightgbm_text, monkeypatch, change):
    """As with XGBoost, behind the parser."""
    edit, message = LIGHTGBM_CHANGES[change]
    assert_reads(tmp_path / "model.lgb.txt", lightgbm_text.encode())
    blocks = list(read_lightgbm._read_blocks(iter(lightgbm_text.split("\n"))))
    edit(blocks)
    monkeypatch.setattr(read_lightgbm, "_read_blocks", lambda _: iter(blocks))
    assert_refused(tmp_path / "model.lgb.txt", b"", message)


def test_a_text_of_lightgbm_has_its_end(tmp_path, lightgbm_text):
    without = lightgbm_text.replace("end of trees", "")
    assert_refused(tmp_path / "model.lgb.txt", without.encode(), "no line 'end of trees'")
    assert_refused(tmp_path / "model.lgb.txt", b"tree\n\xff", "UnicodeDecodeError")


@pytest.mark.parametrize(("reader", "limit"), [("read_xgboost", "MAX_JSON_BYTES"), ("read_lightgbm", "MAX_TEXT_BYTES")])
def test_texts_have_limits(tmp_path, xgboost_json, lightgbm_text, monkeypatch, reader, limit):
    module = {"read_xgboost": read_xgboost, "read_lightgbm": read_lightgbm}[reader]
    path = tmp_path / ("model.xgb.json" if reader == "read_xgboost" else "model.lgb.txt")
    content = json.dumps(xgboost_json).encode() if reader == "read_xgboost" else lightgbm_text.encode()
    monkeypatch.setattr(module, limit, len(content))
    assert_reads(path, content)
    monkeypatch.setattr(module, limit, len(content) - 1)
    assert_refused(path, content, f"more than {len(content) - 1} bytes of")


def test_xgboosts_old_format_is_refused_with_the_way_forward(tmp_path):
    assert_refused(tmp_path / "xgboost-model", b"binf\x00\x00\x00\x3f", "save it as model.ubj")


@pytest.fixture(scope="module")
def skops_file() -> dict[str, bytes]:
    content = skops_io.dumps(fit(*COVERED["forest iris"]))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


SCHEMA = "schema.json"
SKOPS_CHANGES = {
    "a name": (b'"__class__": "RandomForestClassifier"', b'"__class__": "sqrt"', "'sklearn.ensemble._forest.sqrt'"),
    "a module": (b'"__module__": "sklearn.ensemble._forest"', b'"__module__": "math"', "'math.RandomForestClassifier'"),
    "a loader": (b'"__loader__": "ObjectNode"', b'"__loader__": "OperatorFuncNode"', "OperatorFuncNode"),
    "a method": (b'"__loader__": "ObjectNode"', b'"__loader__": "MethodNode"', "MethodNode"),
    "a protocol": (b'"protocol": 2', b'"protocol": 3', "protocol 3"),
    "no loader": (b'"__loader__"', b'"__loaded__"', "__loaded__, which this server does not know"),
    "no JSON": (b"{", b"[", "cannot be read"),
    "a file": (b'.npy"', b'.npz"', "KeyError"),
}


@pytest.mark.parametrize("change", SKOPS_CHANGES)
def test_other_nodes_of_skops_are_refused(tmp_path, skops_file, change):
    assert_reads(tmp_path / "model.skops", _zip(skops_file))
    before, after, message = SKOPS_CHANGES[change]
    schema = skops_file[SCHEMA]
    assert before in schema
    assert_refused(tmp_path / "model.skops", _zip(skops_file | {SCHEMA: schema.replace(before, after, 1)}), message)


def test_arrays_of_a_skops_file_are_numbers_and_whole(tmp_path, skops_file):
    path, name = tmp_path / "model.skops", next(name for name in skops_file if name.endswith(".npy"))
    objects = io.BytesIO()
    np.save(objects, np.array([{}], dtype=object), allow_pickle=True)
    assert_refused(path, _zip(skops_file | {name: objects.getvalue()}), "an array of type")
    assert_refused(path, _zip(skops_file | {name: skops_file[name][:-1]}), "longer or shorter")
    assert_refused(path, b"PK\x03\x04", "cannot be read")
    assert_refused(path, _zip(skops_file, zipfile.ZIP_LZMA), "neither stored nor deflated")


def _zip(files: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression, compresslevel=1) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.fixture
def graph():
    """A pipeline, which has tensors of its own."""
    return skl2onnx.to_onnx(fit(*COVERED["logistic cancer"]), np.zeros((1, 30), np.float32), options={"zipmap": False})


def test_onnx_that_reads_other_files_or_runs_without_end_is_refused(tmp_path, graph):
    import onnx

    path = tmp_path / "model.onnx"
    assert_reads(path, graph.SerializeToString())

    changed = onnx.ModelProto.FromString(graph.SerializeToString())
    tensor = changed.graph.initializer.add(name="outside", data_type=onnx.TensorProto.FLOAT, dims=[1])
    tensor.data_location = onnx.TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="weights.bin")
    assert_refused(path, changed.SerializeToString(), "files of their own")

    changed = onnx.ModelProto.FromString(graph.SerializeToString())
    changed.graph.node[0].domain = "com.example"
    assert_refused(path, changed.SerializeToString(), "of the domain 'com.example'")

    changed = onnx.ModelProto.FromString(graph.SerializeToString())
    changed.graph.node[0].attribute.append(onnx.helper.make_attribute("body", onnx.GraphProto(name="loop")))
    assert_refused(path, changed.SerializeToString(), "control flow")

    changed = onnx.ModelProto.FromString(graph.SerializeToString())
    changed.functions.add(name="f", domain="ai.onnx")
    assert_refused(path, changed.SerializeToString(), "functions")

    changed = onnx.ModelProto.FromString(graph.SerializeToString())
    changed.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 7
    assert_refused(path, changed.SerializeToString(), "not of the shape")


def test_what_is_no_onnx_is_refused(tmp_path, graph):
    path = tmp_path / "model.onnx"
    content = graph.SerializeToString()
    assert_refused(path, b"", "0 operators")
    assert_refused(path, content[:-7], "damaged|refuses")
    assert_refused(path, b"\0\0\0\0ORTM" + content, "no ONNX model|damaged|operators")


def assert_reads(path, content: bytes) -> None:
    path.write_bytes(content)
    read_evaluator(path)


def assert_refused(path, content: bytes, message: str) -> None:
    path.write_bytes(content)
    with pytest.raises(ModelError, match=message):
        read_evaluator(path)
