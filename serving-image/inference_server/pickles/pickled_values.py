"""The functions that a model file may call: ours, in the place of numpy's and scikit-learn's own.

Each accepts only what numpy and scikit-learn themselves write, so that no crafted argument reaches
code that trusts it.
"""

from __future__ import annotations

import math
import re
from functools import partial
from inspect import signature
from typing import Any

import numpy as np
from sklearn._loss import _loss
from sklearn.tree._tree import Tree
from sklearn.utils.validation import check_array

from inference_server.model_error import ModelError
from inference_server.pickles.numpy_functions import is_numpy_function, numpy_function
from inference_server.pickles.unused_names import UNUSED


class Discarded:
    """Stands for what prediction does not need (``unused_names``)."""

    def __init__(self, *_: Any) -> None:
        pass


def make_dtype(spec: Any, *_: Any) -> np.dtype:
    """Booleans, numbers, text, Python objects, and void, which ``check_dtype_state`` fills with fields."""
    if not (isinstance(spec, str) and re.fullmatch(r"[<|=]?[biufcSUVO]\d{0,9}|bool|object", spec)):
        raise ModelError(f"The model file holds an array of a type that is not served: {str(spec)[:60]!r}.")
    # A copy: the state is set on it, and numpy shares the originals.
    return np.dtype(spec, copy=True)


def check_dtype_state(dtype: np.dtype, state: Any) -> None:
    """Refuse every state but the one that numpy itself writes for such a type: numpy takes any as it is."""
    expected = dtype
    if isinstance(state, tuple) and len(state) == 8 and isinstance(state[4], dict):
        names, fields = state[3], state[4]
        layout = {
            "names": list(names),
            "formats": [fields[name][0] for name in names],
            "offsets": [fields[name][1] for name in names],
            "itemsize": state[5],
        }
        if any(format.hasobject or format.fields for format in layout["formats"]):
            raise ModelError("The model file holds a structured array of objects, which is not served.")
        expected = np.dtype(layout)
    if expected.__reduce__()[2] != state:
        raise ModelError(f"The model file describes an array type ({dtype.str}) as numpy would not.")


def make_array(*_: Any) -> np.ndarray:
    """The empty array that numpy writes first and fills from its state."""
    return np.empty((0,), "b")


def check_array_state(state: Any) -> None:
    """Refuse every state but what numpy writes: a type, a shape, and as much content as these say."""
    _require(isinstance(state, tuple) and len(state) == 5)
    _, shape, dtype, fortran, content = state
    _require(isinstance(shape, tuple) and all(type(length) is int and length >= 0 for length in shape))
    _require(isinstance(dtype, np.dtype) and isinstance(fortran, int))
    size = math.prod(shape)
    if dtype.hasobject:
        _require(dtype.kind == "O" and type(content) is list and len(content) == size)
    else:
        _require(type(content) is bytes and len(content) == size * dtype.itemsize)


def make_array_from_buffer(buffer: Any, dtype: Any, shape: Any, order: Any) -> np.ndarray:
    """An array of pickle protocol 5."""
    _require(isinstance(buffer, (bytes, bytearray)) and isinstance(dtype, np.dtype) and order in ("C", "F"))
    return np.frombuffer(buffer, dtype).reshape(shape, order=order)


def make_scalar(dtype: Any, content: Any = b"") -> Any:
    """One number or text."""
    _require(isinstance(dtype, np.dtype) and not dtype.hasobject and isinstance(content, bytes))
    _require(len(content) == dtype.itemsize)
    return np.frombuffer(content, dtype)[0]


def make_tree(feature_count: Any, class_counts: Any, output_count: Any) -> Tree:
    """A decision tree before its nodes are set; it reads ``output_count`` numbers from ``class_counts``."""
    _require(isinstance(class_counts, np.ndarray) and class_counts.dtype == np.intp and class_counts.ndim == 1)
    _require(isinstance(feature_count, int) and isinstance(output_count, int))
    _require(output_count == len(class_counts) >= 1 and feature_count >= 1)
    return Tree(feature_count, class_counts, output_count)


def make_column_check(function: Any) -> partial:
    """What histogram boosting keeps for columns that are not categories: check_array with a setting."""
    _require(function is check_array)
    return partial(check_array)


def is_column_check(value: Any) -> bool:
    """Tell whether a value comes from ``make_column_check``."""
    return type(value) is partial and value.func is check_array


def set_column_check(check: partial, state: Any) -> None:
    """Set the settings that scikit-learn gives it, and no others: 1.6 named one of them anew."""
    _require(isinstance(state, tuple) and len(state) == 4 and not state[1] and not state[3])
    _require(state[0] is check_array and state[2] == _COLUMN_CHECK)
    check.__setstate__(state)


def make_function(module: Any, name: Any) -> np.ufunc:
    """One of numpy's functions of one number, as numpy before 1.20 writes it."""
    _require(is_numpy_function(module, name))
    return numpy_function(name)


def encode_latin1(text: Any, encoding: Any) -> bytes:
    """Bytes, as pickle protocol 2 writes them."""
    _require(isinstance(text, str) and encoding == "latin1")
    return text.encode("latin1")


def make_empty_bytes() -> bytes:
    """Empty bytes, as pickle protocol 2 writes them."""
    return b""


def _make_loss(name: str) -> Any:
    def make(*arguments: Any) -> Any:
        # Only the power, delta or quantile of a loss; scikit-learn's other arguments name the class again. In 1.5 it
        # stands in a tuple behind them.
        behind = arguments[2] if len(arguments) == 3 and isinstance(arguments[2], tuple) else ()
        return getattr(_loss, name)(*(one for one in (*arguments, *behind) if isinstance(one, float)))

    return make


def _require(condition: bool) -> None:
    if not condition:
        raise ModelError("The model file holds values that neither numpy nor scikit-learn would have written.")


_LOSSES = [name for name in dir(_loss) if name.startswith("Cy") and name != "CyLossFunction"]

_FINITE = "ensure_all_finite" if "ensure_all_finite" in signature(check_array).parameters else "force_all_finite"
_COLUMN_CHECK = {"dtype": [np.float64], _FINITE: False}

# Cython's own module name is `_loss`, which is what scikit-learn 1.5 to 1.8 write; 1.9 writes the whole name.
_LOSS_MODULES = ("_loss", "sklearn._loss._loss")
CALLABLES: dict[tuple[str, str], Any] = {
    ("_codecs", "encode"): encode_latin1,
    ("collections", "OrderedDict"): dict,
    ("functools", "partial"): make_column_check,
    ("numpy", "dtype"): make_dtype,
    ("numpy.core", "_ufunc_reconstruct"): make_function,
    ("sklearn.tree._tree", "Tree"): make_tree,
    **{(builtins, "bytes"): make_empty_bytes for builtins in ("__builtin__", "builtins")},
    **{
        (builtins, name): maker
        for builtins in ("__builtin__", "builtins")
        for name, maker in (("set", set), ("frozenset", frozenset), ("slice", slice))
    },
    **{(f"numpy.{core}.multiarray", "_reconstruct"): make_array for core in ("core", "_core")},
    **{(f"numpy.{core}.multiarray", "scalar"): make_scalar for core in ("core", "_core")},
    **{(f"numpy.{core}.numeric", "_frombuffer"): make_array_from_buffer for core in ("core", "_core")},
    **{(module, name): _make_loss(name) for module in _LOSS_MODULES for name in _LOSSES},
    **{(module, f"__pyx_unpickle_{name}"): _make_loss(name) for module in _LOSS_MODULES for name in _LOSSES},
}

CALLABLES |= {(module, name): Discarded for module, names in UNUSED.items() for name in names.split()}
