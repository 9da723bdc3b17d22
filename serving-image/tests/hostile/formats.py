"""Hostile files of the other formats: skops, ONNX, XGBoost and LightGBM."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from hostile.assemble import call, pickled
from hostile.hostile_file import Canary, Hostile
from inference_server.model_files.read_ubjson import read_ubjson

REFERENCE = Path(__file__).parent.parent / "shap-reference"


def format_files(canary: Canary) -> Iterator[Hostile]:
    """Yield files under the names that say their formats."""
    for title, content in _skops(canary).items():
        yield Hostile(f"skops: {title}", "calls, memory or depth", content, "model.skops")
    for title, content in _onnx().items():
        yield Hostile(f"ONNX: {title}", "other files, other code, or no end", content, "model.onnx")
    for title, content in _ubjson().items():
        yield Hostile(f"UBJSON: {title}", "memory or depth", content, "model.ubj")
    for title, content in _xgboost().items():
        yield Hostile(f"XGBoost: {title}", "memory beside the nodes, or no end", content, "model.xgb.json")
    for title, content in _lightgbm().items():
        yield Hostile(f"LightGBM: {title}", "memory beside the nodes, or no end", content, "model.lgb.txt")
    evil = pickled(call("os", "system", canary.touch("f1")))
    for file in ("model.skops", "model.onnx", "model.ubj", "model.xgb.json", "xgboost-model", "model.lgb.txt"):
        yield Hostile(f"a pickle named {file}", "a reader that guesses", evil, file)


def _zip(files: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


def _node(loader: str, module: str, name: str, **more: Any) -> dict[str, Any]:
    return {"__loader__": loader, "__module__": module, "__class__": name, **more}


def _skops(canary: Canary) -> dict[str, bytes]:
    def schema(node: dict[str, Any], **files: bytes) -> bytes:
        return _zip({"schema.json": json.dumps(node | {"protocol": 2, "_skops_version": "0.16"}).encode(), **files})

    touch = _node("TupleNode", "builtins", "tuple", content=[_node("JsonNode", "builtins", "str", content=json.dumps(canary.touch("f2")))])  # fmt: skip
    array = _node("NdArrayNode", "numpy", "ndarray", type="numpy", file="a.npy")
    nested: dict[str, Any] = _node("ListNode", "builtins", "list", content=[])
    for _ in range(150):
        nested = _node("ListNode", "builtins", "list", content=[nested])
    deep = b'{"protocol": 2, "__loader__": "ListNode", "content": ' + b"[" * 200_000 + b"]" * 200_000 + b"}"
    objects = pickled(call("os", "system", canary.touch("f3")))
    header = b"\x93NUMPY\x01\x00v\x00" + b"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }".ljust(117) + b"\n"
    large = header.replace(b"|O", b"<f8").replace(b"(1,)", b"(9999999999,)")[:-9].ljust(127) + b"\n"
    return {
        "os.system": schema(_node("FunctionNode", "os", "system", content={"module_path": "os", "function": "system"})),
        "an object that calls": schema(_node("ObjectNode", "os", "system", __reduce__={"args": touch}, content=None)),
        "operator.methodcaller": schema(_node("OperatorFuncNode", "operator", "methodcaller", attrs=touch, content=[])),
        "a method of a module": schema(_node("MethodNode", "builtins", "method", content={"func": "system", "obj": touch})),
        "a partial": schema(_node("PartialNode", "functools", "partial", content=dict.fromkeys(("func", "args", "kwds", "namespace"), touch))),
        "a bound method": schema(_node("BytesNode", "builtins", "bytes", content="x")),
        "a pickled array": schema(array, **{"a.npy": header + objects}),
        "an array of gigabytes": schema(array, **{"a.npy": large}),
        "a path out of the archive": schema(array | {"file": "../../../../etc/passwd"}),
        "a bomb": schema(array, **{"a.npy": bytes(400_000_000)}),
        "150 levels": schema(nested),
        "200,000 brackets": _zip({"schema.json": deep}),
        "a schema that is a list": _zip({"schema.json": b"[]"}),
        "no schema": _zip({"x": b""}),
        "half a zip": schema(array)[:-30],
        "no zip": b"PK\x03\x04" + bytes(50),
        "a protocol to come": _zip({"schema.json": json.dumps(nested | {"protocol": 99}).encode()}),
    }  # fmt: skip


def _field(number: int, content: bytes | int) -> bytes:
    def varint(value: int) -> bytes:
        out = b""
        while value > 127:
            out, value = out + bytes([value & 127 | 128]), value >> 7
        return out + bytes([value])

    if isinstance(content, int):
        return varint(number << 3) + varint(content)
    return varint(number << 3 | 2) + varint(len(content)) + content


def _onnx() -> dict[str, bytes]:
    def model(graph: bytes, *more: bytes) -> bytes:
        return _field(1, 8) + _field(8, _field(2, 15)) + _field(7, graph) + b"".join(more)

    def node(kind: bytes, *more: bytes) -> bytes:
        return _field(1, _field(1, b"x") + _field(2, b"y") + _field(4, kind) + b"".join(more))

    tensor = _field(1, 1) + _field(2, 1) + _field(8, b"w")
    outside = tensor + _field(13, _field(1, b"location") + _field(2, b"../../../../etc/passwd")) + _field(14, 1)
    deep = b""
    for _ in range(2000):
        deep = _field(6, _field(1, _field(5, deep)))
    return {
        "a tensor in another file": model(node(b"Identity") + _field(5, outside)),
        "a tensor in another file, in an attribute": model(node(b"Constant", _field(5, _field(1, b"value") + _field(5, outside)))),
        "an operator of another domain": model(node(b"PyOp", _field(7, b"com.evil"))),
        "a loop": model(node(b"Loop", _field(5, _field(1, b"body") + _field(6, node(b"Identity"))))),
        "two thousand graphs in graphs": model(node(b"If", _field(5, _field(1, b"then_branch") + deep))),
        "functions": model(node(b"f"), _field(25, _field(1, b"f"))),
        "a training graph": model(node(b"Identity"), _field(20, b"")),
        "no operators": model(b""),
        "a length beyond the file": b"\x3a\xff\xff\xff\xff\x0f" + bytes(20),
        "a number without an end": b"\xff" * 40,
        "groups": b"\x3b\x3c",
        "nothing": b"",
        "a trained tree that is none": model(node(b"TreeEnsembleClassifier", _field(5, _field(1, b"nodes_featureids") + _field(8, 2**40)), _field(7, b"ai.onnx.ml"))),
    }  # fmt: skip


def _ubjson() -> dict[str, bytes]:
    return {
        "two thousand levels": b"{" + b"i\x01a{" * 2000 + b"}" * 2001,
        "an array of exabytes": b"{i\x01a[$d#L\x0f\xff\xff\xff\xff\xff\xff\xff}",
        "an array of a negative length": b"{i\x01a[$d#L\xff\xff\xff\xff\xff\xff\xff\xff}",
        "many values of nothing": b"{i\x01a[$Z#L\x00\x00\x00\x0f\xff\xff\xff\xff}",
        "a text of exabytes": b"{i\x01aSL\x0f\xff\xff\xff\xff\xff\xff\xff}",
        "a key of a negative length": b"{L\xff\xff\xff\xff\xff\xff\xff\xffa}",
        "an unknown type": b"{i\x01a?}",
        "half a file": (REFERENCE / "iris.ubj").read_bytes()[:-100],
        "more than a file": (REFERENCE / "iris.ubj").read_bytes() + b"{}",
    }


def _xgboost() -> dict[str, bytes]:
    good = read_ubjson((REFERENCE / "iris.ubj").read_bytes())

    def changed(change: Callable[[dict[str, Any], list[dict[str, Any]]], None]) -> bytes:
        model = json.loads(json.dumps(good, default=lambda value: value.tolist()))
        change(model["learner"], model["learner"]["gradient_booster"]["model"]["trees"])
        return json.dumps(model).encode()

    def set_first(key: str, value: Any) -> bytes:
        return changed(lambda _, trees: trees[0][key].__setitem__(0, value))

    def set_key(key: str, value: Any) -> bytes:
        return changed(lambda _, trees: trees[0].__setitem__(key, value))

    def parameter(key: str, value: str) -> bytes:
        return changed(lambda learner, _: learner["learner_model_param"].__setitem__(key, value))

    return {
        "a child that is its own parent": set_first("left_children", 0),
        "a child beyond the tree": set_first("right_children", 10_000),
        "a child beyond 32 bits": set_first("left_children", 2**32 + 1),
        "a feature beyond the row": set_first("split_indices", 10_000),
        "a negative feature": set_first("split_indices", -7),
        "a threshold that is text": set_first("split_conditions", "x"),
        "arrays of other lengths": set_key("left_children", [1, -1]),
        "no nodes": set_key("left_children", []),
        "categories that are nowhere": set_first("split_type", 1),
        "a category of a billion": changed(
            lambda _, trees: trees[0].update(
                split_type=[1] * len(trees[0]["split_type"]), categories=[10**9], categories_nodes=[0],
                categories_segments=[0], categories_sizes=[1],
            )
        ),
        "a segment of categories beyond them": changed(
            lambda _, trees: trees[0].update(
                split_type=[1] * len(trees[0]["split_type"]), categories=[1], categories_nodes=[0],
                categories_segments=[2**40], categories_sizes=[2**40],
            )
        ),
        "a billion features": parameter("num_feature", "1000000000000"),
        "a number of classes that is none": parameter("num_class", "-3"),
        "a base score that is code": parameter("base_score", "__import__('os')"),
        "an objective of its own": changed(lambda learner, _: learner["objective"].__setitem__("name", "os.system")),
        "trees of no class": changed(lambda learner, _: learner["gradient_booster"]["model"].__setitem__("tree_info", [99])),
        "a million brackets": b'{"learner":' + b"[" * 1_000_000,
        "a number beyond all": b'{"learner": 1e999999}',
        "NaN": b'{"learner": NaN}',
        "another thing": b'{"x": 1}',
    }  # fmt: skip


def _lightgbm() -> dict[str, bytes]:
    good = (REFERENCE / "iris.lgb.txt").read_text()

    def first(key: str, value: str) -> bytes:
        """Change the first number of the first line of this key."""
        found = re.search(rf"^{key}=(\S+)", good, re.MULTILINE)
        assert found, key
        return (good[: found.start(1)] + value + good[found.end(1) :]).encode()

    return {
        "a child that is its own parent": first("left_child", "0"),
        "a child beyond the tree": first("right_child", "99999"),
        "a leaf beyond the leaves": first("left_child", "-99999"),
        "a child beyond 64 bits": first("left_child", str(2**70)),
        "a feature beyond the row": first("split_feature", "4000"),
        "a negative feature": first("split_feature", "-1"),
        "a threshold that is no number": first("threshold", "nan"),
        "a threshold that is code": first("threshold", "__import__('os')"),
        "a billion leaves": first("num_leaves", "1000000000"),
        "no leaves": first("num_leaves", "0"),
        "a leaf that is infinite": first("leaf_value", "inf"),
        "a decision of all bits": first("decision_type", "255"),
        "a category that is nowhere": first("decision_type", "1"),
        "a billion features": first("max_feature_idx", "99999999999"),
        "a negative number of trees a round": first("num_tree_per_iteration", "-1"),
        "an objective of its own": first("objective", "os.system"),
        "a line of a megabyte": good.replace("threshold=", "threshold=" + "1 " * 500_000, 1).encode(),
        "half a file": good[: len(good) // 3].encode(),
        "no UTF-8": b"tree\nversion=v4\n\xff\xfe\n",
        "linear trees": first("is_linear", "1"),
    }  # fmt: skip
