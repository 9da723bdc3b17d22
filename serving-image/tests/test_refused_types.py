"""The types of arrays: those that model files have, in the one form in which numpy writes them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from inference_server.model_error import ModelError
from inference_server.not_covered import NotCovered
from inference_server.pickles.pickled_values import check_dtype_state, make_dtype
from inference_server.pickles.unresolved_values import StoredType

TYPES = ["b1", "i1", "u8", "f4", "<f8", "|b1", "=i2", "S5", "U12", "V8", "O", "O8", "bool", "object"]
NO_TYPES = [
    "M8",
    "M8[s]",
    "i4,f8",
    "(2,2)f8",
    ">f8",
    "f8f8",
    "float64",
    "",
    " f8",
    "f8 ",
    "a5",
    np.float64,
    None,
    ("f8",),
    8,
]


@pytest.mark.parametrize("spec", TYPES)
def test_numbers_text_and_objects_are_types(spec):
    assert make_dtype(spec, False, True) == StoredType(spec).dtype == np.dtype(spec)
    assert make_dtype(spec) is not make_dtype(spec)


@pytest.mark.parametrize("spec", NO_TYPES, ids=repr)
def test_nothing_else_is_a_type(spec):
    with pytest.raises(ModelError, match="a type that is not served"):
        make_dtype(spec)
    with pytest.raises(NotCovered, match="an array of type"):
        StoredType(spec)


@pytest.mark.parametrize("spec", ["f3", "f16", "c16", "i0", "u3", "U1000000", "S1000000", "V10000", "O4"])
def test_the_servers_own_types_have_sizes_that_files_have(spec):
    with pytest.raises(NotCovered, match="an array of type"):
        StoredType(spec)


NODE = np.dtype({"names": ["a", "b"], "formats": ["f8", "i4"], "offsets": [0, 8], "itemsize": 16})
GOOD = NODE.__reduce__()[2]
FIELDS = {"a": (np.dtype("f8"), 0), "b": (np.dtype("i4"), 8)}


def changed(**changes: Any) -> tuple[Any, ...]:
    places = ["version", "order", "base", "names", "fields", "size", "alignment", "flags"]
    state = list(GOOD)
    for key, change in changes.items():
        state[places.index(key)] = change
    return tuple(state)


def test_a_type_of_fields_takes_the_state_that_numpy_writes():
    check_dtype_state(np.dtype("V16"), GOOD)
    for spec in ("f8", "<i4", "S5", "U3", "O", "V8"):
        check_dtype_state(np.dtype(spec), np.dtype(spec).__reduce__()[2])


OBJECT_FIELDS = {"a": (np.dtype("O"), 0), "b": (np.dtype("i4"), 8)}
DTYPE_STATES = {
    "an object among the fields": (changed(fields=OBJECT_FIELDS), "structured array of objects"),
    "fields within a field": (changed(fields=FIELDS | {"b": (NODE, 8)}, size=24), "structured array of objects"),
    "fields for a plain type's state": ((3, "<", None, ("a",), None, -1, -1, 0), "as numpy would not"),
    "an item that ends within a field": (changed(size=11), "itemsize"),
    "an alignment": (changed(alignment=8), "as numpy would not"),
    "flags": (changed(flags=1), "as numpy would not"),
    "another order": (changed(order=">"), "as numpy would not"),
    "another version": (changed(version=4), "as numpy would not"),
    "seven parts": (GOOD[:7], "as numpy would not"),
    "a list": (list(GOOD), "as numpy would not"),
    "no fields": (changed(fields=None), "as numpy would not"),
    "a name more": (changed(names=("a", "b", "c")), "'c'"),
}  # fmt: skip


@pytest.mark.parametrize("case", DTYPE_STATES)
def test_a_type_takes_no_other_state(case):
    state, message = DTYPE_STATES[case]
    with pytest.raises((ModelError, KeyError, ValueError), match=message):
        check_dtype_state(np.dtype("V16"), state)


@pytest.mark.parametrize("spec", ["f8", "O"])
def test_a_plain_type_has_the_state_of_its_own(spec):
    for state in (np.dtype("S3").__reduce__()[2], np.dtype("f8").__reduce__()[2][:7], None):
        with pytest.raises(ModelError, match="as numpy would not"):
            check_dtype_state(np.dtype(spec), state)


def stored(fields: dict[str, tuple[Any, ...]]) -> dict[str, tuple[Any, ...]]:
    return {key: (StoredType(dtype.str), *rest) for key, (dtype, *rest) in fields.items()}


def test_stored_types_become_numpys():
    kept = StoredType("V16")
    kept.set_state(changed(order="|", fields=stored(FIELDS)))
    assert kept.dtype == NODE
    for order in "<|=":
        plain = StoredType("f8")
        plain.set_state((3, order, None, None, None, -1, -1, 0))
        assert plain.dtype == np.dtype("f8")
    most = StoredType("V4096")
    names = tuple(f"a{index}" for index in range(32))
    fields = {one: (StoredType("f8"), 128 * index) for index, one in enumerate(names)}
    most.set_state(changed(order="|", names=names, fields=fields, size=4096))
    assert len(most.dtype.names) == 32


MANY = tuple(f"a{index}" for index in range(33))
STORED_STATES = {
    "an object among the fields": changed(fields=stored(OBJECT_FIELDS)),
    "a text among the fields": changed(fields=stored(FIELDS | {"a": (np.dtype("S8"), 0)})),
    "a type that is none": changed(fields=FIELDS),
    "an offset below zero": changed(fields=stored(FIELDS | {"a": (np.dtype("f8"), -1)})),
    "an offset that is no integer": changed(fields=stored(FIELDS | {"a": (np.dtype("f8"), 0.0)})),
    "a field of three parts": changed(fields=stored(FIELDS | {"a": (np.dtype("f8"), 0, "a")})),
    "a field that is a list": changed(fields=stored(FIELDS) | {"a": [StoredType("f8"), 0]}),
    "names that are no tuple": changed(names=["a", "b"], fields=stored(FIELDS)),
    "fields that are no dict": changed(fields=list(stored(FIELDS))),
    "names of other fields": changed(names=("a", "c"), fields=stored(FIELDS)),
    "a name less": changed(names=("a",), fields=stored(FIELDS)),
    "names alone": changed(fields=None),
    "fields alone": changed(names=None, fields=stored(FIELDS)),
    "no names": changed(names=(), fields={}),
    "33 fields": changed(names=MANY, fields={one: (StoredType("f8"), 8 * at) for at, one in enumerate(MANY)}, size=264),
    "a size of nothing": changed(fields=stored(FIELDS), size=0),
    "a size that is none": changed(fields=stored(FIELDS), size=16.0),
    "4097 bytes": changed(fields=stored(FIELDS), size=4097),
    "another order": changed(order=">", fields=stored(FIELDS)),
    "a subarray": changed(base=("f8", (2,)), fields=stored(FIELDS)),
    "seven parts": changed(fields=stored(FIELDS))[:7],
    "a list": list(changed(fields=stored(FIELDS))),
}  # fmt: skip


@pytest.mark.parametrize("case", STORED_STATES)
def test_a_stored_type_takes_no_other_state(case):
    state = STORED_STATES[case]
    if isinstance(state, tuple) and state[1] == "<":
        state = (state[0], "|", *state[2:])
    with pytest.raises(NotCovered, match="an array type that numpy would not describe so"):
        StoredType("V16").set_state(state)


def test_only_void_has_fields():
    with pytest.raises(NotCovered, match="an array type that numpy would not describe so"):
        StoredType("f8").set_state(changed(order="|", fields=stored({"a": (np.dtype("f8"), 0)}), names=("a",), size=8))
