"""Looks a pickle through for what scikit-learn's reader (``read_estimator``) would refuse, without scikit-learn.

Nothing is made of it: where it depends on a value whether the file is refused, nobody knows. Arrays of joblib are
raw bytes between the opcodes, as long as their values say: there the look ends.
"""

from __future__ import annotations

import pickle
from io import BytesIO
from typing import Any, ClassVar

from inference_server.model_error import ModelError
from inference_server.pickles.bounded_unpickler import NOT_NEEDED, BoundedUnpickler
from inference_server.pickles.inert_names import is_inert
from inference_server.pickles.refusals import damaged, not_listed, without_predict
from inference_server.pickles.searches import SearchReader, is_search
from inference_server.pickles.unresolved_values import Instance, Name

# Which ``is_inert`` does not know, and ``read_estimator`` makes.
_MADE_BY_SCIKIT_LEARN = (("builtins", "frozenset"), ("__builtin__", "frozenset"))


class _Unknown(Exception):
    """From here on it depends on values."""


def look_through(content: bytes, name: str) -> None:
    """Raise ``ModelError`` where the file, called ``name``, is refused whatever its values are."""
    try:
        value = _Reader(BytesIO(content), len(content)).load_whole()
    except (ModelError, MemoryError):
        raise
    except _Unknown:
        return
    except Exception as error:
        raise damaged(name, error) from error
    if not isinstance(value, Name | Instance):
        raise ModelError(without_predict(type(value).__name__))


class _Reader(SearchReader):
    dispatch: ClassVar = {
        opcode: load for opcode, load in BoundedUnpickler.dispatch.items() if opcode not in {n[0] for n in NOT_NEEDED}
    }

    def find_class(self, module: str, name: str) -> Name:
        if is_inert(module, name) or (module, name) in _MADE_BY_SCIKIT_LEARN or self.passes(module, name):
            return Name(module, name)
        raise not_listed(module, name)

    def load_reduce(self) -> None:
        self.stack.pop()
        self._begin()

    def _begin(self) -> None:
        called = self.stack[-1]
        if not isinstance(called, Name):
            raise _Unknown
        self.stack[-1] = self.begin_instance(called, ())

    def load_build(self) -> None:
        state, value = self.stack.pop(), self.stack[-1]
        if not isinstance(value, Instance) or value.name == "NumpyArrayWrapper":
            raise _Unknown
        if is_search(value):
            self.end_search(state)

    def _extend(self, items: list[Any]) -> None:
        if not isinstance(self.stack[-1], Instance):
            super()._extend(items)

    def _update(self, items: list[Any]) -> None:
        if not isinstance(self.stack[-1], Instance):
            _check_known(items[::2])
            super()._update(items)

    def load_additems(self) -> None:
        items = self.pop_mark()
        if not isinstance(self.stack[-1], Instance):
            _check_known(items)
            self.metastack.append(self.stack)
            self.stack = items
            super().load_additems()

    def load_frozenset(self) -> None:
        items = self.pop_mark()
        _check_known(items)
        self.metastack.append(self.stack)
        self.stack = items
        super().load_frozenset()

    for _opcode, _load in (
        (pickle.REDUCE, load_reduce),
        (pickle.NEWOBJ, load_reduce),
        (pickle.BUILD, load_build),
        (pickle.ADDITEMS, load_additems),
        (pickle.FROZENSET, load_frozenset),
    ):
        dispatch[_opcode[0]] = _load


def _check_known(keys: list[Any]) -> None:
    """A key that the file makes by a call is a number of numpy's, or nothing that may be a key."""
    if any(isinstance(key, Name | Instance) for key in keys):
        raise _Unknown
