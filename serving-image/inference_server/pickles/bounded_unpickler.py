"""What both readers of pickles share: a bound on the number of values, and containers that cannot hurt."""

from __future__ import annotations

import pickle
from typing import IO, Any

import numpy as np

from inference_server.model_error import ModelError

# A tree takes 60 operations, so this is a forest of 30,000 trees.
MAX_OPERATIONS = 2_000_000
# What no estimator is written with.
NOT_NEEDED = (
    *(pickle.INST, pickle.OBJ, pickle.NEWOBJ_EX, pickle.EXT1, pickle.EXT2, pickle.EXT4, pickle.PERSID),
    pickle.BINPERSID,
)
_MODULUS = 2**61 - 1
_SCALARS = (str, bytes, int, float, type(None), np.generic)


class BoundedUnpickler(pickle._Unpickler):  # The one in Python: its opcodes can be replaced, as joblib does.
    """Refuses with ``ModelError`` what takes no estimator to write: too many values, keys that are not scalars."""

    dispatch = pickle._Unpickler.dispatch.copy()

    def __init__(self, file: IO[bytes], size: int) -> None:
        super().__init__(file)
        self._file = file
        self._size = size

    def load(self) -> Any:
        # pickle's own loop, with a bound.
        self._unframer = pickle._Unframer(self._file.read, self._file.readline)
        self.read, self.readline, self.readinto = self._unframer.read, self._unframer.readline, self._unframer.readinto
        self.metastack, self.stack = [], []
        self.append, self.proto = self.stack.append, 0
        try:
            for _ in range(MAX_OPERATIONS):
                opcode = self.read(1)
                if not opcode:
                    raise EOFError
                load = self.dispatch.get(opcode[0])
                if load is None:
                    self.refuse()
                load(self)
        except pickle._Stop as stop:
            return stop.value
        raise ModelError(f"The model file holds more than {MAX_OPERATIONS} values, the most that is served.")

    def load_whole(self) -> Any:
        """Return what the file holds, which must be all that it holds.

        pickle stops at the end of the first stream; whoever reads on sees another file.
        """
        value = self.load()
        frame = self._unframer.current_frame
        if self._file.read(1) or (frame is not None and frame.read(1)):
            raise ModelError("The model file holds more behind the model's end: it is damaged or crafted.")
        return value

    def refuse(self) -> None:
        raise ModelError("The model file uses parts of the pickle format that no estimator needs.")

    def load_bytearray8(self) -> None:
        # Nothing is allocated for more than the file holds.
        size = int.from_bytes(self.read(8), "little")
        if size > self._size:
            raise EOFError
        self.append(bytearray(self.read(size)))

    def load_append(self) -> None:
        value = self.stack.pop()
        self._extend([value])

    def load_appends(self) -> None:
        self._extend(self.pop_mark())

    def _extend(self, items: list[Any]) -> None:
        if type(self.stack[-1]) is not list:
            self.refuse()
        self.stack[-1].extend(items)

    def load_setitem(self) -> None:
        value, key = self.stack.pop(), self.stack.pop()
        self._update([key, value])

    def load_setitems(self) -> None:
        self._update(self.pop_mark())

    def load_dict(self) -> None:
        items = self.pop_mark()
        self.append({})
        self._update(items)

    def _update(self, items: list[Any]) -> None:
        if not isinstance(self.stack[-1], dict):  # scikit-learn's Bunch is one
            self.refuse()
        _check_hashable(items[::2])
        self.stack[-1].update(zip(items[::2], items[1::2], strict=True))

    def load_additems(self) -> None:
        items = self.pop_mark()
        if type(self.stack[-1]) is not set:
            self.refuse()
        _check_hashable(items)
        self.stack[-1].update(items)

    def load_frozenset(self) -> None:
        items = self.pop_mark()
        _check_hashable(items)
        self.append(frozenset(items))

    for _opcode, _load in (
        (pickle.BYTEARRAY8, load_bytearray8),
        (pickle.APPEND, load_append),
        (pickle.APPENDS, load_appends),
        (pickle.SETITEM, load_setitem),
        (pickle.SETITEMS, load_setitems),
        (pickle.DICT, load_dict),
        (pickle.ADDITEMS, load_additems),
        (pickle.FROZENSET, load_frozenset),
    ):
        dispatch[_opcode[0]] = _load


def _check_hashable(keys: list[Any]) -> None:
    # Other keys have ended CPython 3.11.
    if not all(isinstance(key, _SCALARS) for key in keys):
        raise ModelError("The model file holds keys that are neither text nor numbers, which no estimator has.")
    # Larger keys have held up CPython 3.11.
    if not all(-_MODULUS < key < _MODULUS for key in keys if isinstance(key, int)):
        raise ModelError("The model file holds keys beyond 61 bits, which no estimator has.")
