"""What arrays hold, and how joblib describes them: their content is exactly what type and shape say."""

from __future__ import annotations

import struct
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from refused.assemble import Code, call, name, pickled, value
from refused.positions import DESCRIPTION, FLOATS, OBJECTS
from refused.positions import joblib as described
from sklearn.tree._tree import Tree

from inference_server.model_error import ModelError
from inference_server.not_covered import NotCovered
from inference_server.pickles import read_inert as inert
from inference_server.pickles.pickled_values import (
    check_array_state,
    encode_latin1,
    make_array_from_buffer,
    make_scalar,
    make_tree,
)
from inference_server.pickles.read_inert import read_inert
from inference_server.pickles.stored_array import StoredArray
from inference_server.pickles.unresolved_values import StoredType, StoredValues, is_shape

CONTENT = bytes(range(16))


def test_arrays_hold_what_their_types_and_shapes_say():
    values = StoredValues()
    values.set_content(StoredType("i1"), (2, 8), "F", bytearray(CONTENT))
    assert np.array_equal(values.values, np.frombuffer(CONTENT, "i1").reshape((2, 8), order="F"))
    assert values.shape == (2, 8)
    values.set_state((1, (2, 8), StoredType("i1"), False, CONTENT))
    assert values.values.tolist()[0] == list(range(8))
    values.set_state((1, (2, 8), StoredType("i1"), True, CONTENT))
    assert values.values.tolist()[0][:2] == [0, 2]
    values.set_content(StoredType("O"), (2,), "C", ["a", None])
    assert (values.values, values.shape) == (["a", None], (2,))
    assert make_array_from_buffer(CONTENT, np.dtype("f8"), (2, 1), "C").shape == (2, 1)
    assert make_array_from_buffer(bytearray(CONTENT), np.dtype("i1"), (2, 8), "F").tolist()[0][:2] == [0, 2]
    assert make_scalar(np.dtype("f8"), struct.pack("<d", 2.5)) == 2.5
    assert encode_latin1("\xff", "latin1") == b"\xff"


WRONG_CONTENT = {
    "a byte more": ("i1", (15,), CONTENT),
    "a byte less": ("i1", (17,), CONTENT),
    "an item less": ("f8", (3,), CONTENT),
    "text for bytes": ("i1", (1,), "a"),
    "a list for bytes": ("i1", (1,), [1]),
    "objects in bytes": ("O", (2,), CONTENT),
    "an object more": ("O", (1,), [1, 2]),
    "an object less": ("O", (3,), [1, 2]),
    "four dimensions": ("i1", (1, 1, 1, 16), CONTENT),
    "a length below zero": ("i1", (-16,), CONTENT),
    "two lengths below zero": ("i1", (-4, -4), CONTENT),
    "a length of text": ("i1", ("16",), CONTENT),
    "a length that is true": ("i1", (True,), b"a"),
    "a list for a shape": ("i1", [16], CONTENT),
}


@pytest.mark.parametrize("case", WRONG_CONTENT)
def test_arrays_hold_nothing_else(case):
    spec, shape, content = WRONG_CONTENT[case]
    with pytest.raises(NotCovered, match="an array"):
        StoredValues().set_content(StoredType(spec), shape, "C", content)


@pytest.mark.parametrize(
    "state", [(1, (1,), None, False, b"a"), (1, (1,), "i1", False), [1], None, (1, (1,), "i1", 0, b"", 0)]
)
def test_the_state_of_an_array_is_of_five_parts(state):
    with pytest.raises(NotCovered, match="an array that numpy would not describe so"):
        StoredValues().set_state(state)


@pytest.mark.parametrize("case", WRONG_CONTENT)
def test_the_reader_for_scikit_learn_takes_nothing_else_either(case):
    spec, shape, content = WRONG_CONTENT[case]
    state = (1, shape, np.dtype(spec), False, content)
    if case == "four dimensions":
        check_array_state(state)
        return
    with pytest.raises(ModelError, match="neither numpy nor scikit-learn"):
        check_array_state(state)


@pytest.mark.parametrize("state", [(1, (1,), None, False, b"a"), (1, (1,), np.dtype("i1"), False), [1], None])
def test_it_takes_states_of_five_parts_with_a_type(state):
    with pytest.raises(ModelError, match="neither numpy nor scikit-learn"):
        check_array_state(state)


@pytest.mark.parametrize("array", [np.arange(6.0).reshape(2, 3), np.array(["a", None], object), np.array(["a", "bc"])])
def test_it_takes_what_numpy_writes(array):
    for given in (array, np.asfortranarray(array), array[:0]):
        check_array_state(given.__reduce__()[2])


@pytest.mark.parametrize(
    ("shape", "sound"),
    [
        ((), True),
        ((0,), True),
        ((1, 2, 3), True),
        ((2**40 - 1,), True),
        ((2**40,), False),
        ((1, 2, 3, 4), False),
        ([1], False),
    ],
)
def test_shapes_have_up_to_three_lengths(shape, sound):
    assert is_shape(shape) is sound


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (make_array_from_buffer, (16, np.dtype("f8"), (2,), "C")),
        (make_array_from_buffer, ("a" * 16, np.dtype("f8"), (2,), "C")),
        (make_array_from_buffer, (CONTENT, "f8", (2,), "C")),
        (make_array_from_buffer, (CONTENT, np.dtype("f8"), (2,), "A")),
        (make_scalar, (np.dtype("f8"), CONTENT)),
        (make_scalar, (np.dtype("f8"), CONTENT[:7])),
        (make_scalar, (np.dtype("f8"),)),
        (make_scalar, (np.dtype("f8"), "12345678")),
        (make_scalar, (np.dtype("O"), CONTENT[:8])),
        (make_scalar, ("f8", CONTENT[:8])),
        (encode_latin1, ("a", "utf-8")),
        (encode_latin1, (b"a", "latin1")),
        (make_tree, (0, np.array([1], np.intp), 1)),
        (make_tree, (2, np.array([1], np.intp), 2)),
        (make_tree, (2, np.array([1, 1], np.intp), 1)),
        (make_tree, (2, np.array([], np.intp), 0)),
        (make_tree, (2, np.array([[1]], np.intp), 1)),
        (make_tree, (2, np.array([1], np.int32), 1)),
        (make_tree, (2.0, np.array([1], np.intp), 1)),
        (make_tree, (2, np.array([1], np.intp), 1.0)),
        (make_tree, (2, [1], 1)),
    ],
    # A function's own repr holds its address, which differs from worker to worker.
    ids=lambda value: getattr(value, "__name__", None) or repr(value),
)
def test_arguments_are_those_that_numpy_and_scikit_learn_write(function, arguments):
    with pytest.raises(ModelError, match="neither numpy nor scikit-learn would have written"):
        function(*arguments)


def test_a_tree_begins_with_its_counts():
    tree = make_tree(2, np.array([3], np.intp), 1)
    assert isinstance(tree, Tree)
    assert (tree.n_features, tree.n_outputs, tree.max_n_classes) == (2, 1, 3)
    assert make_tree(1, np.array([2, 2], np.intp), 2).n_outputs == 2


def test_content_is_checked_where_it_is_read(read_listed):
    empty = call("numpy._core.multiarray", "_reconstruct", name("numpy", "ndarray"), (0,), b"b").code
    for shape in ((3,), (1,), (2, 2)):
        content = pickled(Code(empty, value((1, shape, FLOATS, False, CONTENT)), b"b"))
        with pytest.raises(ModelError, match="neither numpy nor scikit-learn"):
            read_listed(content)
        with pytest.raises(NotCovered, match="longer or shorter"):
            read_inert(content)
    for arguments in ((CONTENT, FLOATS, (3,), "C"), (CONTENT, OBJECTS, (2,), "C")):
        content = pickled(call("numpy._core.numeric", "_frombuffer", *arguments))
        with pytest.raises(ModelError, match="is damaged"):
            read_listed(content)
        with pytest.raises(NotCovered, match=r"longer or shorter|objects"):
            read_inert(content)
    fortran = pickled(call("numpy._core.numeric", "_frombuffer", CONTENT, call("numpy", "dtype", "i1"), (2, 8), "F"))
    assert np.array_equal(read_listed(fortran), read_inert(fortran).values)


OTHER_DESCRIPTIONS = {
    "another class": {"subclass": name("numpy", "float64")},
    "a length below zero": {"shape": (-1,)},
    "two lengths below zero": {"shape": (-1, -1)},
    "a length of text": {"shape": ("1",)},
    "a length that is true": {"shape": (True,)},
    "a list for a shape": {"shape": [1]},
    "another order": {"order": "A"},
    "a type that is text": {"dtype": "f8"},
    "no type": {"dtype": None},
}


@pytest.mark.parametrize("case", OTHER_DESCRIPTIONS)
def test_joblib_describes_arrays_in_one_way(read_listed, case):
    content = pickled(described(DESCRIPTION | OTHER_DESCRIPTIONS[case]))[:-1] + bytes(8) + b"."
    with pytest.raises(ModelError, match="describes an array as joblib would not"):
        read_listed(content)
    if case != "another class":  # a stand-in has no class
        with pytest.raises(NotCovered, match="an array that joblib would not describe so"):
            read_inert(content)


@pytest.mark.parametrize("state", [{}, [], None])
def test_an_array_without_a_description_is_refused(read_listed, state):
    with pytest.raises(ModelError, match="describes an array as joblib would not"):
        read_listed(pickled(described(state)))
    with pytest.raises(NotCovered, match="an array that joblib would not describe so"):
        read_inert(pickled(described(state)))


@pytest.mark.parametrize("padding", [None, 0, 7])
@pytest.mark.parametrize(("order", "expected"), [("C", [[1, 2], [3, 4]]), ("F", [[1, 3], [2, 4]])])
def test_an_array_begins_behind_its_description_and_padding(read_listed, padding, order, expected):
    aligned = {} if padding is None else {"numpy_array_alignment_bytes": 16}
    array = described(DESCRIPTION | {"shape": (2, 2), "order": order, "dtype": call("numpy", "dtype", "i1")} | aligned)
    before = b"" if padding is None else bytes([padding]) + b"\xff" * padding
    content = pickled(array)[:-1] + before + bytes([1, 2, 3, 4]) + b"."
    found = read_listed(content)
    assert found.tolist() == read_inert(content).values.tolist() == expected
    assert found.flags.writeable
    for missing in (content[:-2], content[:-5] if padding is None else content[: -5 - padding]):
        with pytest.raises(ModelError, match=r"ends in the middle of an array|is damaged"):
            read_listed(missing)
        with pytest.raises((EOFError, IndexError)):
            read_inert(missing)


def test_an_array_larger_than_its_file_is_refused(read_listed):
    content = pickled(described(DESCRIPTION | {"shape": (4,)}))[:-1] + bytes(31)
    with pytest.raises(ModelError, match="ends in the middle of an array"):
        read_listed(content)
    with pytest.raises(EOFError):
        read_inert(content)
    with pytest.raises(ModelError, match="ends in the middle of an array"):
        StoredArray().read(vars_of(shape=(2, 16)), BytesIO(bytes(8)), lambda: None)


def vars_of(**changes: Any) -> dict[str, Any]:
    return {"subclass": np.ndarray, "shape": (1,), "order": "C", "dtype": np.dtype("f8")} | changes


def nested(levels: int, inner: bytes) -> bytes:
    """An array of objects whose pickle is an array of objects, and so on."""
    content = inner
    for _ in range(levels):
        content = pickled(described(DESCRIPTION | {"dtype": OBJECTS}))[:-1] + content + b"."
    return content


def objects(*values: object) -> bytes:
    empty = call("numpy._core.multiarray", "_reconstruct", name("numpy", "ndarray"), (0,), b"b").code
    return pickled(Code(empty, value((1, (len(values),), OBJECTS, False, list(values))), b"b"))


def test_arrays_of_objects_are_pickles_of_their_own(read_listed):
    for levels in (1, 2, inert.MAX_DEPTH):
        assert read_inert(nested(levels, objects("a", 1))).values == ["a", 1]
        assert read_listed(nested(levels, objects("a", 1))).tolist() == ["a", 1]
    with pytest.raises(NotCovered, match="arrays of objects within arrays of objects"):
        read_inert(nested(inert.MAX_DEPTH + 1, objects("a")))
    with pytest.raises(ModelError, match="describes an array as joblib would not"):
        read_listed(nested(1, pickled(value(["a"]))))
    with pytest.raises(NotCovered, match="an array that joblib would not describe so"):
        read_inert(nested(1, pickled(value(["a"]))))
