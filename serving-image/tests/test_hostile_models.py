"""Hostile model files: refused with a reason, and a canary file proves that nothing ran."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import pickle
import subprocess
import zlib
from pathlib import Path

import joblib
import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.preprocessing import FunctionTransformer
from sklearn.tree import DecisionTreeClassifier

from inference_server.evaluate import flatten_trees, trees
from inference_server.evaluate.compile_model import compile_model
from inference_server.evaluate.fields import Fields
from inference_server.load_model import load_model
from inference_server.model_error import ModelError
from inference_server.pickles.decompress import decompress
from inference_server.pickles.read_inert import read_inert


class Calls:
    """Pickles to a call of the function with the arguments."""

    def __init__(self, function, *arguments) -> None:
        self.call = (function, arguments)

    def __reduce__(self):
        return self.call


@pytest.fixture
def canary(tmp_path) -> Path:
    return tmp_path / "canary"


def touch(canary: Path) -> list[Calls]:
    command = f"touch {canary}"
    return [
        Calls(os.system, command),
        Calls(subprocess.check_output, command, None),
        Calls(eval, f"open({str(canary)!r}, 'w')"),
        Calls(exec, f"open({str(canary)!r}, 'w')"),
        Calls(open, str(canary), "w"),
        Calls(getattr, os, "system"),
        Calls(np.load, str(canary)),
        Calls(joblib.load, str(canary)),
        Calls(np.memmap, str(canary), "uint8", "w+", 0, (1,)),
    ]


CALLS = range(len(touch(Path("x"))))


@pytest.mark.parametrize("index", CALLS)
@pytest.mark.parametrize("place", ["alone", "attribute", "array", "key"])
@pytest.mark.parametrize("suffix", ["pkl", "joblib"])
def test_calls_are_refused_by_name(tmp_path, canary, index, place, suffix):
    call = touch(canary)[index]
    if call.call[0] is getattr:
        call = Calls(getattr, Calls(__import__, "os"), "system")
    estimator = LogisticRegression()
    hostile = {"alone": call, "array": np.array([call], dtype=object), "key": {"x": call}}.get(place, estimator)
    if place == "attribute":
        estimator.coef_ = call
    write(tmp_path / f"model.{suffix}", hostile)
    with pytest.raises(ModelError, match="which is not on the list of what may be loaded"):
        load_model(tmp_path)
    assert not canary.exists()


def test_the_canary_would_be_seen(tmp_path, canary):
    pickle.loads(pickle.dumps(touch(canary)[0]))
    assert canary.exists()


def raw(*parts: bytes) -> bytes:
    return b"\x80\x04" + b"".join(parts) + b"."


def name(module: str, qualified: str) -> bytes:
    return f"c{module}\n{qualified}\n".encode()


LOGISTIC = name("sklearn.linear_model._logistic", "LogisticRegression")
REFUSED = {
    "a dotted name": (
        name("sklearn.linear_model._logistic", "LogisticRegression.__init__.__globals__"),
        "is not on the list",
    ),
    "a module of an estimator": (name("sklearn.linear_model._logistic", "np"), "is not on the list"),
    "the attribute of a listed module": (name("sklearn.pipeline", "os"), "is not on the list"),
    "calling an estimator": (LOGISTIC + b")R", "The model file calls LogisticRegression"),
    "calling a setting": (name("numpy", "ndarray") + b"(K\x01tR", "The model file calls ndarray"),
    "making a setting": (name("numpy", "ndarray") + b"K\x01\x85\x81", "The model file makes ndarray"),
    "making with arguments": (LOGISTIC + b"K\x01\x85\x81", "makes, with arguments, LogisticRegression"),
    "the state of a class": (LOGISTIC + b"}X\x07\x00\x00\x00predictNsb", "sets the state of LogisticRegression"),
    "slots of an instance": (LOGISTIC + b")\x81N}\x86b", "sets the state of LogisticRegression"),
    "a partial of something else": (name("functools", "partial") + LOGISTIC + b"\x85R", "neither numpy nor"),
    "persistent ids": (b"Pmodel\n", "parts of the pickle format"),
    "extension codes": (b"\x82\x01", "parts of the pickle format"),
    "old instances": (b"(isklearn.linear_model._logistic\nLogisticRegression\n", "parts of the pickle format"),
    "an unknown encoding": (name("_codecs", "encode") + b"X\x01\x00\x00\x00aX\x05\x00\x00\x00rot13\x86R", "neither"),
    "a dtype of dates": (name("numpy", "dtype") + b"X\x03\x00\x00\x00<M8\x85R", "a type that is not served"),
    "no estimator": (b"]", "holds a list, which has no predict method"),
    "half a file": (b"\x8c\x20abc", "is damaged"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_other_tricks_are_refused(tmp_path, case):
    content, message = REFUSED[case]
    (tmp_path / "model.pkl").write_bytes(raw(content))
    with pytest.raises(ModelError, match=message):
        load_model(tmp_path)


def test_hidden_object_pointers_are_refused(tmp_path):
    """A structured type that hides an object field: numpy would follow the bytes as a pointer."""
    hidden = (3, "|", None, ("a",), {"a": (np.dtype("O"), 0)}, 8, 1, 16)
    out_of_bounds = (3, "|", None, ("a",), {"a": (np.dtype("f8"), 4096)}, 8, 1, 16)
    for state in (hidden, out_of_bounds):
        hostile = pickle.dumps(Stateful(np.dtype, ("V8", False, True), state))
        (tmp_path / "model.pkl").write_bytes(hostile)
        with pytest.raises(ModelError, match=r"structured array of objects|cannot be read"):
            load_model(tmp_path)


class Stateful:
    def __init__(self, function, arguments, state) -> None:
        self.parts = (function, arguments, state)

    def __reduce__(self):
        return self.parts


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("left_child", 10_000),
        ("left_child", 2**32 + 1),
        ("left_child", 0),
        ("left_child", -2),
        ("right_child", 0),
        ("right_child", 1),
        ("feature", 400),
        ("feature", -2),
        ("feature", 2**32),
        ("threshold", np.nan),
        ("threshold", -np.inf),
    ],
)
def test_trees_that_lead_out_of_their_arrays_are_refused(tmp_path, iris_data, field, value):
    estimator = DecisionTreeClassifier(random_state=0).fit(*iris_data)
    nodes = estimator.tree_.__getstate__()["nodes"]
    changed = nodes.copy()
    changed[field][0] = value
    replace(tmp_path / "model.pkl", estimator, nodes, changed)
    with pytest.raises(ModelError, match="damaged or crafted"):
        load_model(tmp_path)


@pytest.mark.parametrize(
    ("field", "value"), [("left", 10_000), ("left", 2**32 - 1), ("right", 0), ("right", 1), ("feature_idx", 400)]
)
def test_histogram_trees_that_lead_out_of_their_arrays_are_refused(tmp_path, iris_data, field, value):
    estimator = HistGradientBoostingRegressor(max_iter=1, random_state=0).fit(*iris_data)
    nodes = estimator._predictors[0][0].nodes
    changed = nodes.copy()
    changed[field][0] = value
    replace(tmp_path / "model.pkl", estimator, nodes, changed)
    with pytest.raises(ModelError, match="damaged or crafted"):
        load_model(tmp_path)


def test_leaves_that_are_not_numbers_are_refused(tmp_path, iris_data):
    estimator = DecisionTreeClassifier(random_state=0).fit(*iris_data)
    changed = estimator.tree_.value.copy()
    changed[-1] = np.inf
    replace(tmp_path / "model.pkl", estimator, estimator.tree_.value, changed)
    with pytest.raises(ModelError, match="damaged or crafted"):
        load_model(tmp_path)


def test_trees_of_other_sizes_than_they_say_are_refused(tmp_path, iris_data):
    estimator = RandomForestClassifier(3, random_state=0).fit(*iris_data)
    for wrong in ("features", "nodes"):
        content = read_inert(pickle.dumps(estimator))
        tree = Fields(content.state["estimators_"][1]).any("tree_")
        if wrong == "features":
            tree.arguments = (5, *tree.arguments[1:])
        else:
            tree.state["node_count"] = 2**40
        with pytest.raises(ModelError, match="damaged or crafted"):
            compile_model(content)


def test_one_tree_a_million_times_is_refused_before_it_takes_memory(forest, monkeypatch):
    monkeypatch.setattr(flatten_trees, "MAX_NODES", 10_000)
    content = read_inert(pickle.dumps(forest))
    content.state["estimators_"] = content.state["estimators_"][:1] * 100_000
    with pytest.raises(ModelError, match="the most that is served"):
        compile_model(content)


def test_a_tree_that_is_a_chain_is_refused():
    levels = flatten_trees.MAX_LEVELS + 2
    nodes = np.zeros(2 * levels + 1, trees.NODE)
    nodes["feature"][1::2] = nodes["left"][1::2] = nodes["right"][1::2] = nodes["feature"][-1] = -1
    inner = np.arange(0, 2 * levels, 2)
    nodes["left"][inner], nodes["right"][inner] = inner + 1, inner + 2
    with pytest.raises(ModelError, match="levels, the most that is served"):
        flatten_trees.flatten([flatten_trees.StoredTree(nodes, np.zeros((len(nodes), 1)))], [0], 1)


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress, zlib.compress])
def test_bombs_are_refused_before_they_unfold(compress):
    with pytest.raises(ModelError, match="holds more than 1000000 bytes"):
        decompress(compress(bytes(50_000_000)), limit=1_000_000)


NESTED_TUPLES = b")" + b"\x85" * 1_000_000
UNFOLDING = {
    "a key of a million nested tuples": b"}" + NESTED_TUPLES + b"Ns",
    "a set of a million nested tuples": b"\x8f(" + NESTED_TUPLES + b"\x90",
    "a byte array of an exabyte": b"\x96" + (10**18).to_bytes(8, "little"),
    "three million values": b"N0" * 1_500_000 + b"N",
    "a list that is in itself": b"]\x94h\x00a",
}


@pytest.mark.parametrize("case", UNFOLDING)
def test_values_that_unfold_are_refused(tmp_path, run_python, case):
    """In a process of its own: a crash of the interpreter is what this is about."""
    (tmp_path / "model.pkl").write_bytes(raw(UNFOLDING[case]))
    printed = run_python(
        "from pathlib import Path; from inference_server.load_model import load_model\n"
        f"try: load_model(Path({str(tmp_path)!r}))\n"
        "except Exception as error: print(type(error).__name__)"
    )
    assert printed == "ModelError\n"


def test_an_array_larger_than_its_file_is_refused(tmp_path, iris_data):
    joblib.dump(LinearRegression().fit(*iris_data), tmp_path / "model.joblib")
    content = (tmp_path / "model.joblib").read_bytes()
    assert b"K\x04\x85" in content
    # joblib writes no frames around descriptions of arrays, so a longer number needs no other change.
    (tmp_path / "model.joblib").write_bytes(content.replace(b"K\x04\x85", b"J\xff\xff\xff\x7f\x85"))
    with pytest.raises(ModelError):
        load_model(tmp_path)


def replace(path: Path, estimator, old: np.ndarray, new: np.ndarray) -> None:
    content = pickle.dumps(estimator)
    assert content.count(old.tobytes()) == 1
    path.write_bytes(content.replace(old.tobytes(), new.tobytes()))


def test_an_estimator_without_its_attributes_is_refused(tmp_path):
    (tmp_path / "model.pkl").write_bytes(raw(LOGISTIC + b")\x81"))
    with pytest.raises(ModelError, match="LogisticRegression"):
        load_model(tmp_path)


def test_functions_of_ones_own_are_refused(tmp_path):
    write(tmp_path / "model.pkl", FunctionTransformer(np.log1p).fit([[1.0]]))
    with pytest.raises(ModelError, match=r"numpy.*log1p|FunctionTransformer"):
        load_model(tmp_path)


def test_a_file_of_another_scikit_learn_is_refused(tmp_path, iris_data):
    content = pickle.dumps(GaussianNB().fit(*iris_data))
    ours = __import__("sklearn").__version__
    assert content.count(ours.encode()) == 1
    (tmp_path / "model.pkl").write_bytes(content.replace(ours.encode(), b"1.2.2"))
    with pytest.raises(ModelError, match=f"written by scikit-learn 1.2.2, this server has {ours}"):
        load_model(tmp_path)


def write(path: Path, value) -> None:
    if path.suffix == ".pkl":
        path.write_bytes(pickle.dumps(value))
    else:
        joblib.dump(value, path)


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress, zlib.compress])
def test_damaged_compression_is_refused(compress):
    content = bytearray(compress(bytes(range(256)) * 20))
    content[len(content) // 2] ^= 255
    content[-6] ^= 255
    with pytest.raises(ModelError, match="compressed, and damaged"):
        decompress(bytes(content))


def test_a_version_that_is_no_text_is_refused(tmp_path):
    """Found by fuzzing: numpy's types parse what they are compared with."""
    estimator = GaussianNB()
    state = estimator.__getstate__() | {"_sklearn_version": np.dtype("f8")}
    estimator.__getstate__ = lambda: state
    content = pickle.dumps(Stateful(GaussianNB, (), state))
    # An instance, which no estimator's file makes by a call.
    content = content.replace(b")R", b")\x81")
    (tmp_path / "model.pkl").write_bytes(content)
    with pytest.raises(ModelError, match="which scikit-learn wrote it"):
        load_model(tmp_path)
