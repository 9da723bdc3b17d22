"""skops files by hand: names, nodes and arrays that a model has no use for, and limits turned down."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import numpy as np
import pytest
from refused.names import UNLISTED

from inference_server.model_error import ModelError
from inference_server.model_files import read_skops as skops
from inference_server.model_files.read_skops import read_skops
from inference_server.not_covered import NotCovered


def node(loader: str, module: str = "builtins", name: str = "str", **more: Any) -> dict[str, Any]:
    return {"__loader__": loader, "__module__": module, "__class__": name, **more}


def archive(schema: object, compression: int = zipfile.ZIP_DEFLATED, **files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as written:
        written.writestr("schema.json", json.dumps(schema | {"protocol": 2} if isinstance(schema, dict) else schema))
        for name, content in files.items():
            written.writestr(name.replace("_npy", ".npy"), content)
    return buffer.getvalue()


def text(value: object) -> dict[str, Any]:
    return node("JsonNode", content=json.dumps(value))


def npy(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, array, allow_pickle=True)
    return file.getvalue()


ARRAY = node("NdArrayNode", "numpy", "ndarray", type="numpy", file="a.npy")
SCALAR = node("NdArrayNode", "numpy", "float64", type="numpy", file="a.npy")
LOGISTIC = ("sklearn.linear_model._logistic", "LogisticRegression")


def test_nodes_become_stand_ins():
    found = read_skops(archive(node("ObjectNode", *LOGISTIC, content=node("DictNode", content={"C": text(2)}))))
    assert (found.module, found.name, found.arguments, found.state) == (*LOGISTIC, (), {"C": 2})
    made = node("ObjectNode", *LOGISTIC, __reduce__={"args": node("TupleNode", content=[text("a")])}, content=None)
    assert (read_skops(archive(made)).arguments, read_skops(archive(made)).state) == (("a",), None)
    assert read_skops(archive(node("ListNode", content=[text(None), text("b")]))) == [None, "b"]
    assert read_skops(archive(node("SliceNode", content={"start": 1, "stop": None, "step": 2}))) == slice(1, None, 2)
    assert read_skops(archive(node("RandomStateNode", content={}))) is None
    assert read_skops(archive(node("TypeNode", "builtins", "int"))).name == "int"
    assert read_skops(archive(node("TypeNode", "numpy", "float64"))).name == "float64"
    parts = {part: text(part) for part in ("func", "args", "kwds", "namespace")}
    assert read_skops(archive(node("PartialNode", content=parts))).state == ("func", "args", "kwds", "namespace")


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_arrays_are_files_beside_the_schema(compression):
    for array in (np.arange(6.0).reshape(2, 3), np.asfortranarray(np.arange(6).reshape(2, 3)), np.array(["a", "bc"])):
        found = read_skops(archive(ARRAY, compression, a_npy=npy(array)))
        assert np.array_equal(found.values, array)
        assert found.shape == array.shape
    assert read_skops(archive(SCALAR, a_npy=npy(np.array(2.5)))) == 2.5
    fields = np.zeros(3, [("a", "f8"), ("b", "i4")])
    assert read_skops(archive(ARRAY, a_npy=npy(fields))).values.dtype.names == ("a", "b")
    dtype = node("DTypeNode", content=ARRAY)
    assert read_skops(archive(dtype, a_npy=npy(np.zeros(1, "i2")))).dtype == np.dtype("i2")
    listed = node("NdArrayNode", "numpy", "ndarray", type="json", shape=node("TupleNode", content=[text(2), text(1)]))
    listed["content"] = [node("ListNode", content=[text("a")]), node("ListNode", content=[text("b")])]
    assert read_skops(archive(listed)).values == ["a", "b"]
    flat = listed | {"shape": node("TupleNode", content=[text(2)]), "content": [text("a"), text("b")]}
    assert read_skops(archive(flat)).values == ["a", "b"]


@pytest.mark.parametrize("loader", ["ObjectNode", "LossNode", "TreeNode", "TypeNode", "FunctionNode"])
def test_names_off_the_list_are_not_covered(loader):
    for module, name in UNLISTED:
        if loader in ("TypeNode", "FunctionNode") and module == "builtins":
            continue  # only the name of it is kept
        with pytest.raises(NotCovered) as refusal:
            read_skops(archive(node(loader, module, name, content=None)))
        assert str(refusal.value) == repr(f"{module}.{name}"[:100])
    for module, name in ((["sklearn.pipeline"], "Pipeline"), ("sklearn.pipeline", 1), (None, None)):
        with pytest.raises(NotCovered):
            read_skops(archive(node(loader, module, name, content=None)))


@pytest.mark.parametrize("place", ["list", "tuple", "dict", "state", "arguments", "partial", "array"])
def test_a_name_off_the_list_is_not_covered_in_every_place(place):
    name = node("FunctionNode", "os", "getcwd")
    inside = {
        "list": node("ListNode", content=[name]),
        "tuple": node("TupleNode", content=[text(1), name]),
        "dict": node("DictNode", content={"a": name}),
        "state": node("ObjectNode", *LOGISTIC, content=name),
        "arguments": node("ObjectNode", *LOGISTIC, __reduce__={"args": name}, content=None),
        "partial": node("PartialNode", content=dict.fromkeys(("func", "args", "kwds", "namespace"), name)),
        "array": node("NdArrayNode", type="json", shape=node("TupleNode", content=[text(1)]), content=[name]),
    }
    with pytest.raises(NotCovered, match=r"'os\.getcwd'"):
        read_skops(archive(inside[place]))


def test_other_nodes_are_not_covered():
    for loader in ("MethodNode", "OperatorFuncNode", "BytesNode", "SetNode", "JsonNode ", "", None, 1):
        with pytest.raises(NotCovered, match=f"skops's {loader}"):
            read_skops(archive(node(loader, content=None)))


@pytest.mark.parametrize("protocol", [-1, 3, 1.5, "2", None])
def test_other_protocols_are_not_covered(protocol):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as written:
        written.writestr("schema.json", json.dumps(text(1) | {"protocol": protocol}))
    with pytest.raises(NotCovered, match=f"protocol {protocol} of skops"):
        read_skops(content.getvalue())


OTHER_ARRAYS = {
    "objects": (npy(np.array([None])), NotCovered),
    "dates": (npy(np.zeros(1, "M8[s]")), NotCovered),
    "complex numbers": (npy(np.zeros(1, "c16")), NotCovered),
    "fields of text": (npy(np.zeros(1, [("a", "S3")])), NotCovered),
    "33 fields": (npy(np.zeros(1, [(f"a{index}", "i1") for index in range(33)])), NotCovered),
    "four dimensions": (npy(np.zeros((1, 1, 1, 1))), NotCovered),
    "the other order of bytes": (npy(np.zeros(1, ">f8")), NotCovered),
    "a length below zero": (npy(np.zeros(4)).replace(b"(4,)", b"(-4,)"), NotCovered),
    "a byte less": (npy(np.zeros(4))[:-1], ModelError),
    "a byte more": (npy(np.zeros(4)) + b"a", ModelError),
    "a number less": (npy(np.zeros(4)).replace(b"(4,)", b"(5,)"), ModelError),
    "a number more": (npy(np.zeros(4)).replace(b"(4,)", b"(3,)"), ModelError),
    "version 3": (npy(np.zeros(4)).replace(b"NUMPY\1", b"NUMPY\3"), KeyError),
    "no npy": (b"a pickle", ValueError),
}


@pytest.mark.parametrize("case", OTHER_ARRAYS)
def test_other_arrays_are_refused(case):
    content, error = OTHER_ARRAYS[case]
    for kind in (ARRAY, SCALAR):
        with pytest.raises(error):
            read_skops(archive(kind, a_npy=content))


def test_most_fields_and_dimensions_are_taken():
    fields = np.zeros(1, [(f"a{index}", "i1") for index in range(32)])
    assert len(read_skops(archive(ARRAY, a_npy=npy(fields))).values.dtype.names) == 32
    assert read_skops(archive(ARRAY, a_npy=npy(np.zeros((1, 2, 3))))).shape == (1, 2, 3)


def test_skops_has_limits(monkeypatch):
    three = node("ListNode", content=[text(1), text(2)])
    monkeypatch.setattr(skops, "MAX_OPERATIONS", 3)
    assert read_skops(archive(three)) == [1, 2]
    monkeypatch.setattr(skops, "MAX_OPERATIONS", 2)
    with pytest.raises(ModelError, match="more than 2 values"):
        read_skops(archive(three))
    monkeypatch.undo()
    monkeypatch.setattr(skops, "MAX_DEPTH", 2)
    assert read_skops(archive(node("ListNode", content=[node("ListNode", content=[text(1)])]))) == [[1]]
    with pytest.raises(ModelError, match="or 2 levels"):
        read_skops(archive(node("ListNode", content=[node("ListNode", content=[node("ListNode", content=[text(1)])])])))
    monkeypatch.undo()
    content = archive(ARRAY, a_npy=npy(np.zeros(4)))
    with zipfile.ZipFile(io.BytesIO(content)) as written:
        sizes = {entry.filename: entry.file_size for entry in written.infolist()}
    for limit, size, told in (
        ("MAX_SCHEMA_BYTES", sizes["schema.json"], "schema.json unfolds to more"),
        ("MAX_BYTES", sum(sizes.values()), "model file unfolds to more"),
    ):
        monkeypatch.setattr(skops, limit, size)
        read_skops(content)
        monkeypatch.setattr(skops, limit, size - 1)
        with pytest.raises(ModelError, match=told):
            read_skops(content)
        monkeypatch.undo()


def test_other_files_are_no_skops():
    for content in (b"", b"PK\3\4", archive(text(1))[:-30]):
        with pytest.raises(zipfile.BadZipFile):
            read_skops(content)
    for schema in ([], "a", {"content": 1}):
        with pytest.raises((KeyError, TypeError)):
            read_skops(archive(schema))
    with pytest.raises(KeyError):
        read_skops(archive(ARRAY | {"file": "../a.npy"}, a_npy=npy(np.zeros(1))))
    for compression in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        with pytest.raises(NotCovered, match="neither stored nor deflated"):
            read_skops(archive(text(1), compression))
