"""Reads a pickle or joblib file into unresolved values: nothing that the file names is imported, made or called.

A file of a listed model is a program of about 25 kinds of opcodes; here they build names, dicts,
lists and arrays. Files of scikit-learn 1.2 to 1.9 are read alike, whichever version is installed, or none.
"""

from __future__ import annotations

import math
import pickle
from io import BytesIO
from typing import Any, ClassVar

import numpy as np

from inference_server.not_covered import NotCovered
from inference_server.pickles.bounded_unpickler import BoundedUnpickler
from inference_server.pickles.inert_names import is_inert
from inference_server.pickles.numpy_functions import is_numpy_function
from inference_server.pickles.searches import SearchReader, is_search
from inference_server.pickles.unresolved_values import Instance, Name, StoredType, StoredValues, is_shape

# joblib puts arrays of objects into pickles of their own, within which there may be more.
MAX_DEPTH = 4

_PLAIN = (
    "PROTO FRAME STOP MARK POP POP_MARK NONE NEWTRUE NEWFALSE INT BININT BININT1 BININT2 LONG LONG1 LONG4 FLOAT "
    "BINFLOAT UNICODE BINUNICODE SHORT_BINUNICODE BINUNICODE8 BINBYTES SHORT_BINBYTES BINBYTES8 EMPTY_LIST LIST "
    "EMPTY_TUPLE TUPLE TUPLE1 TUPLE2 TUPLE3 EMPTY_DICT EMPTY_SET PUT BINPUT LONG_BINPUT MEMOIZE GET BINGET "
    "LONG_BINGET GLOBAL STACK_GLOBAL BYTEARRAY8 APPEND APPENDS SETITEM SETITEMS DICT ADDITEMS FROZENSET"
)


def read_inert(content: bytes) -> Any:
    """Return the unresolved value of what the file holds.

    Raises ``NotCovered`` for names and forms that the server's own evaluation has no use for, and whatever
    Python raises on damaged files.
    """
    reader = InertReader(BytesIO(content), len(content))
    value = reader.load_whole()
    reader.check_names(value, _check_name)
    return value


def _check_name(module: str, name: str) -> None:
    if not is_inert(module, name):
        raise NotCovered(repr(f"{module}.{name}"[:100]))


class _Bunch(dict):
    """scikit-learn's dict of an estimator's parts by their names."""


class InertReader(SearchReader):
    """Reads as ``read_inert`` says; ``load`` reads one pickle."""

    dispatch: ClassVar = {
        getattr(pickle, name)[0]: BoundedUnpickler.dispatch[getattr(pickle, name)[0]] for name in _PLAIN.split()
    }

    def __init__(self, file: BytesIO, size: int, depth: int = 0, outer: InertReader | None = None) -> None:
        if depth > MAX_DEPTH:
            raise NotCovered("arrays of objects within arrays of objects")
        super().__init__(file, size, outer)
        self._depth = depth

    def refuse(self) -> None:
        raise NotCovered("parts of the pickle format that no estimator needs")

    def find_class(self, module: str, name: str) -> Name:
        if not is_inert(module, name) and not self.passes(module, name):
            _check_name(module, name)
        return Name(module, name)

    def load_reduce(self) -> None:
        arguments, function = self.stack.pop(), self.stack[-1]
        if not isinstance(function, Name) or not isinstance(arguments, tuple):
            raise NotCovered("a call of something without a name")
        makes = function.module.startswith(_MAKER_MODULES) and is_inert(function.module, function.name)
        make = _MAKERS.get(function.name) if makes else None
        self.stack[-1] = make(*arguments) if make else self.begin_instance(function, arguments)

    def load_newobj(self) -> None:
        arguments, cls = self.stack.pop(), self.stack[-1]
        if not isinstance(cls, Name) or not isinstance(arguments, tuple):
            raise NotCovered("an instance of something without a name")
        is_bunch = (cls.module, cls.name) == ("sklearn.utils._bunch", "Bunch")
        self.stack[-1] = _Bunch() if is_bunch else self.begin_instance(cls, arguments)

    def load_build(self) -> None:
        state, value = self.stack.pop(), self.stack[-1]
        if isinstance(value, (StoredType, StoredValues)):
            value.set_state(state)
        elif isinstance(value, _Bunch):
            pass  # Its state says which keys are deprecated.
        elif not isinstance(value, Instance):
            raise NotCovered("the state of something that has none")
        elif is_search(value):
            self.end_search(state)
        elif value.name == "NumpyArrayWrapper":
            self.stack[-1] = self._read_array(state)
        else:
            value.state = state

    def _read_array(self, state: Any) -> StoredValues:
        """Read the array that joblib wrote behind its description."""
        described = state if isinstance(state, dict) else {}
        stored_type, shape = described.get("dtype"), described.get("shape")
        if not isinstance(stored_type, StoredType) or not is_shape(shape) or described.get("order") not in ("C", "F"):
            raise NotCovered("an array that joblib would not describe so")
        if stored_type.dtype.hasobject:
            nested = type(self)(self._file, self._size, self._depth + 1, self).load()
            if not isinstance(nested, StoredValues):
                raise NotCovered("an array that joblib would not describe so")
            return nested
        if described.get("numpy_array_alignment_bytes") is not None:
            self._file.read(self._file.read(1)[0])
        size = math.prod(shape) * stored_type.dtype.itemsize
        if size > self._size - self._file.tell():
            raise EOFError
        values = StoredValues()
        values.set_content(stored_type, shape, described["order"], self._file.read(size))
        return values

    for _opcode, _load in (
        (pickle.REDUCE, load_reduce),
        (pickle.NEWOBJ, load_newobj),
        (pickle.BUILD, load_build),
    ):
        dispatch[_opcode[0]] = _load


def _make_array(*_: Any) -> StoredValues:
    return StoredValues()


def _make_array_from_buffer(content: Any, stored_type: Any, shape: Any, order: Any) -> StoredValues:
    values = StoredValues()
    values.set_content(stored_type, shape, "F" if order == "F" else "C", content)
    return values


def _make_scalar(stored_type: Any, content: Any = b"") -> Any:
    values = StoredValues()
    values.set_content(stored_type, (1,), "C", content)
    return values.values[0].item() if isinstance(values.values, np.ndarray) else values.values[0]


def _encode(text: Any, encoding: Any) -> bytes:
    if not isinstance(text, str) or encoding != "latin1":
        raise NotCovered("text in an encoding of its own")
    return text.encode("latin1")


def _make_function(module: Any, name: Any) -> Name:
    if not is_numpy_function(module, name):
        raise NotCovered("a function that is not numpy's")
    return Name(module, name)


def _make_bytearray(content: Any = b"") -> bytes:
    if not isinstance(content, bytes):
        raise NotCovered("a bytearray of something else than bytes")
    return content


_MAKER_MODULES = ("numpy", "_codecs", "builtins", "__builtin__", "collections")
_MAKERS: dict[str, Any] = {
    "_frombuffer": _make_array_from_buffer,
    "_reconstruct": _make_array,
    "_ufunc_reconstruct": _make_function,
    "bytearray": _make_bytearray,
    "bytes": lambda: b"",
    "defaultdict": lambda *_: {},
    "dtype": lambda spec, *_: StoredType(spec),
    "encode": _encode,
    "OrderedDict": dict,
    "scalar": _make_scalar,
    "slice": lambda *parts: slice(*parts),
}
