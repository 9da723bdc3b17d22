"""Reads an estimator out of a pickle or joblib file without running code out of it.

A pickle is a program. This reader runs it with three limits: only listed names are resolved
(``allow_list``, ``pickled_values``), only our own functions are called, and only estimators get a
state. joblib's files are pickles with raw array bytes in between; joblib's own code is not used.
"""

from __future__ import annotations

import builtins
import importlib
import pickle
import warnings
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.exceptions import InconsistentVersionWarning
from sklearn.preprocessing import FunctionTransformer
from sklearn.tree._tree import Tree

from inference_server.model_error import ModelError
from inference_server.model_files.check_functions import check_functions
from inference_server.model_files.check_nodes import check_ensemble, check_predictor_state, check_tree_state
from inference_server.model_files.check_texts import check_texts
from inference_server.model_files.rebuild_neighbours import rebuild_tree
from inference_server.pickles.allow_list import ESTIMATORS, NAMES_ONLY, is_listed
from inference_server.pickles.bounded_unpickler import NOT_NEEDED, BoundedUnpickler
from inference_server.pickles.decompress import decompress
from inference_server.pickles.numpy_functions import is_numpy_function, numpy_function
from inference_server.pickles.pickled_values import (
    CALLABLES,
    Discarded,
    check_array_state,
    check_dtype_state,
    is_column_check,
    set_column_check,
)
from inference_server.pickles.refusals import damaged, not_listed
from inference_server.pickles.searches import SearchReader, check_search, is_search
from inference_server.pickles.stored_array import StoredArray
from inference_server.pickles.unresolved_values import Instance, Name
from inference_server.table.estimator_input import VECTORIZERS


def read_estimator(path: Path) -> Any:
    """Return the estimator that the file holds.

    Raises ``ModelError`` for names that are not allowed, for damaged files, and for files of another
    scikit-learn than this one (major and minor version), whose numbers may mean something else.
    """
    try:
        content = decompress(path.read_bytes())
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            reader = _Reader(BytesIO(content), len(content))
            estimator = reader.load_whole()
            reader.check_names(estimator, _refuse)
            check_search(estimator)
    except ModelError:
        raise
    except Exception as error:
        raise damaged(path.name, error) from error
    for warning in caught:
        if isinstance(warning.message, InconsistentVersionWarning):
            _check_version(path, warning.message)
    return estimator


def _check_version(path: Path, warning: InconsistentVersionWarning) -> None:
    theirs, ours = str(warning.original_sklearn_version), str(warning.current_sklearn_version)
    if theirs.split(".")[:2] != ours.split(".")[:2]:
        raise ModelError(
            f"{path.name} was written by scikit-learn {theirs[:20]}, this server has {ours}. "
            f"Train all of the model with scikit-learn {ours}, or read it where {theirs[:20]} is installed."
        )


class _Reader(SearchReader):
    dispatch = BoundedUnpickler.dispatch.copy()

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("joblib.numpy_pickle", "NumpyArrayWrapper"):
            return StoredArray
        if (module, name) in CALLABLES:
            return CALLABLES[module, name]
        if module == "__builtin__" and is_listed(NAMES_ONLY, "builtins", name):
            return getattr(builtins, name)  # as protocol 2 calls it
        if is_listed(ESTIMATORS, module, name) or is_listed(NAMES_ONLY, module, name):
            return getattr(importlib.import_module(module), name)
        if is_numpy_function(module, name):
            return numpy_function(name)
        if self.passes(module, name):
            return Name(module, name)
        raise not_listed(module, name)

    def load_reduce(self) -> None:
        arguments = self.stack.pop()
        function = self.stack[-1]
        if isinstance(function, Name):
            self.stack[-1] = self.begin_instance(function, ())
            return
        if not any(function is allowed for allowed in CALLABLES.values()):
            raise _not_allowed("calls", function)
        self.stack[-1] = function(*arguments)

    def load_newobj(self) -> None:
        arguments = self.stack.pop()
        cls = self.stack.pop()
        if isinstance(cls, Name):
            self.append(self.begin_instance(cls, ()))
            return
        if not (isinstance(cls, type) and (cls in (StoredArray, Discarded) or _is_estimator(cls))):
            raise _not_allowed("makes", cls)
        if arguments and cls is not Discarded:
            raise _not_allowed("makes, with arguments,", cls)
        self.append(cls.__new__(cls))

    def load_build(self) -> None:
        state = self.stack.pop()
        value = self.stack[-1]
        if isinstance(value, StoredArray):
            self.stack[-1] = value.read(state, self._file, lambda: _Reader(self._file, self._size, self).load())
        elif is_search(value):
            self.end_search(state)
        elif isinstance(value, np.dtype):
            check_dtype_state(value, state)
            value.__setstate__(state)
        elif type(value) is np.ndarray:
            check_array_state(state)
            value.__setstate__(state)
        elif isinstance(value, Tree):
            check_tree_state(value, state)
            value.__setstate__(state)
        elif is_column_check(value):
            set_column_check(value, state)
        elif not isinstance(value, type) and _is_estimator(type(value)) and isinstance(state, dict):
            _set_state(value, state)
        elif not (isinstance(value, (Discarded, Instance)) or state == ()):
            raise _not_allowed("sets the state of", value)

    dispatch[pickle.REDUCE[0]] = load_reduce
    dispatch[pickle.NEWOBJ[0]] = load_newobj
    dispatch[pickle.BUILD[0]] = load_build
    for opcode in NOT_NEEDED:
        del dispatch[opcode[0]]


def _is_estimator(cls: type) -> bool:
    return is_listed(ESTIMATORS, cls.__module__, cls.__qualname__)


def _set_state(estimator: Any, state: dict[str, Any]) -> None:
    if isinstance(estimator, FunctionTransformer):
        check_functions(state)
    if type(estimator).__name__ in VECTORIZERS:
        check_texts(type(estimator).__name__, state)
    # scikit-learn compares it with its own; numpy's types would take that text for a type, and parse it.
    if not isinstance(state.get("_sklearn_version", ""), str):
        raise ModelError("The model file does not say which scikit-learn wrote it.")
    if type(estimator).__name__ == "TreePredictor":
        check_predictor_state(state)
    if hasattr(estimator, "__setstate__"):
        estimator.__setstate__(state)
    else:
        estimator.__dict__.update(state)
    check_ensemble(estimator)
    if isinstance(state.get("_tree"), Discarded):
        rebuild_tree(estimator)


def _refuse(module: str, name: str) -> None:
    raise not_listed(module, name)


def _not_allowed(verb: str, value: Any) -> ModelError:
    name = getattr(value, "__qualname__", type(value).__qualname__)
    return ModelError(f"The model file {verb} {str(name)[:100]}, which no estimator of scikit-learn does.")
