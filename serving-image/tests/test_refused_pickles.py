"""Pickles are refused for a name, an opcode or a call, wherever it stands, and none of these is followed."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sklearn
from refused.assemble import LOGISTIC, NEWOBJ, Code, call, instance, name, pickled, text, value
from refused.compressions import COMPRESSIONS
from refused.names import NEVER_IMPORTED, UNLISTED, WITNESS
from refused.opcodes import INERT, LISTED, used_in_a_stream
from refused.positions import lookups, positions
from sklearn.naive_bayes import GaussianNB
from sklearn.preprocessing import FunctionTransformer

from inference_server.load_model import load_model
from inference_server.model_error import ModelError
from inference_server.not_covered import NotCovered
from inference_server.pickles.decompress import decompress
from inference_server.pickles.read_inert import read_inert
from inference_server.pickles.unresolved_values import Name

TRANSFORMER = ("sklearn.preprocessing._function_transformer", "FunctionTransformer")
BAYES = ("sklearn.naive_bayes", "GaussianNB")
WRITTEN = {"_sklearn_version": sklearn.__version__}


@pytest.fixture(autouse=True)
def witness(tmp_path_factory, monkeypatch) -> Iterator[Path]:
    """After each test: the function that files name has not been called, the module not imported."""
    folder = tmp_path_factory.mktemp("witness")
    monkeypatch.setenv("WITNESS", str(folder))
    yield folder
    assert list(folder.iterdir()) == []
    assert NEVER_IMPORTED[0] not in sys.modules


@pytest.mark.parametrize("position", ["REDUCE", "NEWOBJ", "OBJ", "INST"])
def test_the_witness_would_be_seen(witness, position):
    pickle.loads(pickled(positions("refused.witness", "Noted")[position]))
    (witness / "called").unlink()


@pytest.mark.parametrize("position", positions(*WITNESS))
def test_a_name_off_the_list_is_refused_in_every_position(read_listed, position):
    for module, qualified in UNLISTED:
        code = positions(module, qualified)[position]
        with pytest.raises(ModelError) as refusal:
            read_listed(pickled(code))
        opcode = position in ("INST", "PERSID", "BINPERSID")
        told = "uses parts of the pickle format" if opcode else f"names {module}.{qualified}, which is not on the list"
        assert told in str(refusal.value)
        with pytest.raises(NotCovered) as refusal:
            read_inert(pickled(code))
        parts = opcode or position in ("OBJ", "NEWOBJ_EX")
        assert (repr(f"{module}.{qualified}") in str(refusal.value)) or parts


@pytest.mark.parametrize("compression", [None, *COMPRESSIONS])
@pytest.mark.parametrize("protocol", range(6))
def test_it_is_refused_in_every_protocol_and_compression(tmp_path, protocol, compression):
    for number, code in enumerate(positions(*WITNESS).values()):
        content = pickled(code, protocol=protocol)
        if compression:
            content = COMPRESSIONS[compression](content)
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "model.joblib").write_bytes(content)
        with pytest.raises(ModelError, match=r"refused\.witness\.note, which is not on the list|the pickle format"):
            load_model(folder)


@pytest.mark.parametrize("way", lookups(*LOGISTIC))
def test_a_listed_name_is_found_in_every_way(read_listed, way):
    """Without this, the refusals could come of something else than the name."""
    state = WRITTEN | {"C": 2.0}
    model = Code(lookups(*LOGISTIC)[way].code, value(()), NEWOBJ, value(state), b"b")
    assert read_listed(pickled(model)).C == 2.0
    assert read_inert(pickled(model)).state == state


@pytest.mark.parametrize("opcode", range(256), ids=lambda code: f"{code:02x}")
def test_only_known_opcodes_are_taken(read_listed, opcode):
    content = used_in_a_stream(bytes([opcode]))
    for known, reader, error in (
        (LISTED, read_listed, ModelError),
        (INERT, read_inert, NotCovered),
    ):
        if bytes([opcode]) not in known:
            with pytest.raises(error, match="parts of the pickle format that no estimator needs"):
                reader(content)
        elif opcode != pickle.STOP[0]:
            assert "parts of the pickle format" not in outcome(reader, content)


def outcome(reader: Callable[[bytes], Any], content: bytes) -> str:
    try:
        return str(reader(content))
    except Exception as error:
        return str(error)


@pytest.mark.parametrize("opcode", [b"o", b"\x92"], ids=["OBJ", "NEWOBJ_EX"])
def test_listed_names_are_not_made_in_another_way(read_listed, opcode):
    listed = positions(*LOGISTIC)["OBJ" if opcode == b"o" else "NEWOBJ_EX"]
    with pytest.raises(ModelError, match="parts of the pickle format"):
        read_listed(pickled(listed))
    with pytest.raises(NotCovered, match="parts of the pickle format"):
        read_inert(pickled(listed))


REFUSED = {
    "calling an estimator": (call(*LOGISTIC), "The model file calls LogisticRegression"),
    "calling a setting": (call("numpy", "ndarray", 1), "The model file calls ndarray"),
    "calling what a call returned": (Code(call("builtins", "set").code, value(()), b"R"), "The model file calls set"),
    "calling joblib's wrapper": (call("joblib.numpy_pickle", "NumpyArrayWrapper"), "The model file calls StoredArray"),
    "calling a text": (Code(text("a"), value(()), b"R"), "The model file calls str"),
    "making a setting": (Code(name("numpy", "ndarray").code, value((1,)), NEWOBJ), "The model file makes ndarray"),
    "making a function": (Code(name("numpy", "dtype").code, value(()), NEWOBJ), "The model file makes make_dtype"),
    "making an instance": (Code(instance(*LOGISTIC, {}).code, value(()), NEWOBJ), "makes LogisticRegression"),
    "making with arguments": (Code(name(*LOGISTIC).code, value((1,)), NEWOBJ), "makes, with arguments, LogisticRegr"),
    "the state of a class": (Code(name(*LOGISTIC).code, value({"C": None}), b"b"), "sets the state of LogisticRegr"),
    "the state of a list": (Code(b"]", value({"a": 1}), b"b"), "sets the state of list"),
    "slots of an instance": (instance(*LOGISTIC, (None, {})), "sets the state of LogisticRegression"),
    "a state that is a list": (instance(*LOGISTIC, []), "sets the state of LogisticRegression"),
    "a partial of something else": (call("functools", "partial", name(*LOGISTIC)), "neither numpy nor"),
    "an encoding of its own": (call("_codecs", "encode", "a", "ascii"), "neither numpy nor"),
    "encoding a number": (call("_codecs", "encode", 1, "latin1"), "neither numpy nor"),
    "a type of dates": (call("numpy", "dtype", "<M8"), "a type that is not served"),
    "a type of fields": (call("numpy", "dtype", "i4,f8"), "a type that is not served"),
    "a type of a subarray": (call("numpy", "dtype", "(2,2)f8"), "a type that is not served"),
    "a type that is a class": (call("numpy", "dtype", name("numpy", "float64")), "a type that is not served"),
    "a type as predict": (instance(*BAYES, WRITTEN | {"predict": name("numpy", "bool")}), "does not say how many"),
    "no attributes": (Code(name(*LOGISTIC).code, value(()), NEWOBJ), "LogisticRegression"),
    "attributes of text": (instance(*BAYES, WRITTEN | {"classes_": "abc", "n_features_in_": 4}), "GaussianNB"),
    "a list for a model": (Code(b"]"), "holds a list, which has no predict method"),
    "a dict for a model": (Code(value({"predict": "x"})), "holds a dict"),
    "a class for a model": (name(*LOGISTIC), "holds a|LogisticRegression|type"),
    "a version that is no text": (instance(*BAYES, {"_sklearn_version": call("numpy", "dtype", "f8")}), "which sci"),
    "APPEND to a tuple": (Code(b")Na"), "parts of the pickle format"),
    "APPENDS to a dict": (Code(b"}(Ne"), "parts of the pickle format"),
    "SETITEM of a list": (Code(b"]NNs"), "parts of the pickle format"),
    "SETITEMS of a set": (Code(b"\x8f(NNu"), "parts of the pickle format"),
    "ADDITEMS to a list": (Code(b"](N\x90"), "parts of the pickle format"),
    "a key without a value": (Code(b"}(NNNu"), "is damaged"),
    "half a file": (Code(b"\x8c\x20abc"), "is damaged"),
    "an empty stack": (Code(), "is damaged"),
    "POP of nothing": (Code(b"0"), "is damaged"),
    "a tuple without its mark": (Code(b"t"), "is damaged"),
    "GET of nothing": (Code(b"h\7"), "is damaged"),
    "PUT below zero": (Code(b"Np-1\n"), "is damaged"),
    "STACK_GLOBAL of numbers": (Code(b"K\1K\2\x93"), "is damaged"),
    "text that is no UTF-8": (Code(b"X\2\0\0\0\xff\xfe"), "is damaged"),
    "bytes of a size below zero": (Code(b"T\xff\xff\xff\xff"), "is damaged|parts of"),
    "a frame in a frame": (Code(b"\x95\x0b" + bytes(7) + b"\x95\2" + bytes(7) + b"N0"), "is damaged"),
    "a protocol to come": (Code(b"\x80\6N"), "is damaged"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_no_estimator_does_is_refused(tmp_path, case):
    code, message = REFUSED[case]
    (tmp_path / "model.pkl").write_bytes(pickled(code))
    with pytest.raises(ModelError, match=message):
        load_model(tmp_path)


@pytest.mark.parametrize("module", ["builtins", "__builtin__"])
def test_built_in_values_are_made_under_both_names(read_listed, module):
    for name_, arguments, expected in (
        ("set", ([1, 2],), {1, 2}), ("frozenset", ([1],), frozenset([1])), ("slice", (1, None, 2), slice(1, None, 2)),
        ("bytes", (), b""),
    ):  # fmt: skip
        content = pickled(call(module, name_, *arguments))
        assert read_listed(content) == expected
        if name_ in ("slice", "bytes"):  # of sets, stand-ins need no values
            assert read_inert(content) == expected


NOT_INERT = {
    "a call of a text": (Code(text("a"), value(()), b"R"), "a call of something without a name"),
    "a call with a list": (Code(name("numpy", "dtype").code, b"]R"), "a call of something without a name"),
    "an instance of a text": (Code(text("a"), value(()), NEWOBJ), "an instance of something without a name"),
    "an instance with a list": (Code(name(*LOGISTIC).code, b"]\x81"), "an instance of something without a name"),
    "the state of a text": (Code(text("a"), value({}), b"b"), "the state of something that has none"),
    "the state of a class": (Code(name(*LOGISTIC).code, value({}), b"b"), "the state of something that has none"),
    "an encoding of its own": (call("_codecs", "encode", "a", "ascii"), "text in an encoding of its own"),
    "encoding a number": (call("_codecs", "encode", 1, "latin1"), "text in an encoding of its own"),
}


@pytest.mark.parametrize("case", NOT_INERT)
def test_what_has_no_stand_in_is_not_covered(case):
    code, message = NOT_INERT[case]
    with pytest.raises(NotCovered, match=message):
        read_inert(pickled(code))


def test_nothing_stands_behind_a_model():
    model = pickle.dumps(GaussianNB().fit([[0.0], [1.0]], [0, 1]))
    for behind in (b"N", b".", model):
        for content in (model + behind, pickled(b"\x95\3" + bytes(7) + b"N." + behind[:1])):
            with pytest.raises(ModelError, match="more behind the model's end"):
                read_inert(content)
    assert read_inert(model).name == "GaussianNB"


@pytest.mark.parametrize("end", [0, 1, 0.5, -1])
def test_a_file_that_ends_too_early_is_damaged(tmp_path, end):
    model = pickle.dumps(GaussianNB().fit([[0.0], [1.0]], [0, 1]))
    (tmp_path / "model.pkl").write_bytes(model[: int(end * len(model)) if isinstance(end, float) else end])
    with pytest.raises(ModelError, match=r"model\.pkl cannot be read \(\w+\): it is damaged"):
        load_model(tmp_path)


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_damaged_compression_is_refused(compression):
    content = bytearray(COMPRESSIONS[compression](bytes(range(256)) * 20))
    content[len(content) // 2] ^= 255
    content[-6] ^= 255
    with pytest.raises(ModelError, match="compressed, and damaged"):
        decompress(bytes(content))


def test_functions_of_ones_own_are_refused(read_listed):
    for key in ("func", "inverse_func"):
        listed = instance(*TRANSFORMER, {key: name("numpy", "float64")})
        with pytest.raises(ModelError, match=r"FunctionTransformer with a function of its own.*absolute, .*log1p"):
            read_listed(pickled(listed))
    for function, advice in ((np.nan_to_num, "absolute, arccos"), (print, "without functions and classes of your own")):
        with pytest.raises(ModelError, match=rf"names \w+\.{function.__name__}, which is not on the list.*{advice}"):
            read_listed(pickle.dumps(FunctionTransformer(function)))
    with pytest.raises(ModelError, match="FunctionTransformer with kw_args"):
        read_listed(pickle.dumps(FunctionTransformer(np.log1p, kw_args={"where": True})))
    assert read_listed(pickle.dumps(FunctionTransformer().fit([[1.0]]))).func is None


@pytest.mark.parametrize(
    "function",
    [
        name("numpy", "log1p"),
        name("numpy._core._multiarray_umath", "log1p"),
        name("numpy.core._multiarray_umath", "log1p"),
        call("numpy.core", "_ufunc_reconstruct", "numpy.core._multiarray_umath", "log1p"),
    ],
)
def test_functions_of_numpy_are_known_however_a_numpy_writes_them(read_listed, function):
    state = {"func": function, "inverse_func": None, "_sklearn_version": sklearn.__version__}
    content = pickled(instance(*TRANSFORMER, state))
    assert read_listed(content).func is np.log1p
    found = read_inert(content).state["func"]
    assert (type(found), found.name) == (Name, "log1p")


@pytest.mark.parametrize("asked", [("os", "system"), ("numpy", "load"), ("numpy.core", "reciprocal"), ("numpy", 1)])
def test_no_other_function_is_looked_up_for_numpy(read_listed, asked):
    content = pickled(call("numpy.core", "_ufunc_reconstruct", *asked))
    with pytest.raises(ModelError, match="neither numpy nor scikit-learn"):
        read_listed(content)
    with pytest.raises(NotCovered, match="not numpy's"):
        read_inert(content)


def test_only_the_column_check_is_a_partial(read_listed):
    check = name("sklearn.utils.validation", "check_array")
    settings = {"dtype": [name("numpy", "float64")], "ensure_all_finite": False}

    def checked(*state: object) -> bytes:
        return pickled(call("functools", "partial", check), value(state), b"b")

    found = read_listed(checked(check, (), settings, None))
    assert isinstance(found, partial)
    assert found.keywords == {"dtype": [np.float64], "ensure_all_finite": False}
    for state in (
        (name("numpy", "float64"), (), settings, None), (check, (1,), settings, None), (check, (), {}, None),
        (check, (), settings | {"copy": True}, None), (check, (), settings, {"a": 1}), (check, (), settings),
    ):  # fmt: skip
        with pytest.raises(ModelError, match="neither numpy nor scikit-learn"):
            read_listed(checked(*state))


@pytest.mark.parametrize(("version", "refused"), [("1.2.2", True), ("2", True), ("{0}.999", False)])
def test_a_file_of_another_minor_is_refused(read_listed, version, refused):
    ours = sklearn.__version__
    version = version.format(ours.rpartition(".")[0])
    content = pickle.dumps(GaussianNB().fit([[0.0], [1.0]], [0, 1]))
    assert content.count(b"\x94\x8c" + bytes([len(ours)]) + ours.encode()) == 1
    content = content.replace(bytes([len(ours)]) + ours.encode(), bytes([len(version)]) + version.encode())
    # The length of the only frame.
    content = content[:3] + (len(content) - 11).to_bytes(8, "little") + content[11:]
    if not refused:
        assert isinstance(read_listed(content), GaussianNB)
        return
    with pytest.raises(ModelError, match=f"written by scikit-learn {version}, this server has {ours}"):
        read_listed(content)
