"""What a model file turns into when it is read inertly: names, states and arrays, nothing that acts."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np

from inference_server.not_covered import NotCovered

# numpy's structured types of tree nodes take 64 bytes.
_MAX_FIELDS = 32
_MAX_ITEM_BYTES = 4096


class Name:
    """A class or function that the file names; it is never resolved."""

    __slots__ = ("module", "name")

    def __init__(self, module: str, name: str) -> None:
        self.module = module
        self.name = name


class Instance:
    """An object that the file describes: whose, made with which arguments, in which state."""

    __slots__ = ("arguments", "module", "name", "state")

    def __init__(self, of: Name, arguments: tuple[Any, ...]) -> None:
        self.module = of.module
        self.name = of.name
        self.arguments = arguments
        self.state: Any = None


class StoredType:
    """The type of an array: booleans, integers, floats, text, Python objects, or fields of numbers."""

    __slots__ = ("dtype",)

    def __init__(self, spec: Any) -> None:
        plain = isinstance(spec, str) and re.fullmatch(
            r"[<|=]?([biuf][1248]|[SU]\d{1,6}|V\d{1,4}|O8?|bool|object)", spec
        )
        if not plain:
            raise NotCovered(f"an array of type {str(spec)[:60]!r}")
        self.dtype = np.dtype(spec)

    def set_state(self, state: Any) -> None:
        """Take the byte order and the fields that numpy writes; both are checked, not trusted."""
        if not isinstance(state, tuple) or len(state) < 8 or state[1] not in ("<", "|", "=") or state[2] is not None:
            raise NotCovered("an array type that numpy would not describe so")
        names, fields, size = state[3], state[4], state[5]
        if names is None and fields is None:
            return
        sound = (
            self.dtype.kind == "V"
            and isinstance(names, tuple)
            and isinstance(fields, dict)
            and 0 < len(names) <= _MAX_FIELDS
            and set(names) == set(fields)
            and type(size) is int
            and 0 < size <= _MAX_ITEM_BYTES
            and all(_is_field(field) for field in fields.values())
        )
        if not sound:
            raise NotCovered("an array type that numpy would not describe so")
        self.dtype = np.dtype(
            {
                "names": list(names),
                "formats": [fields[name][0].dtype for name in names],
                "offsets": [fields[name][1] for name in names],
                "itemsize": size,
            }
        )


class StoredValues:
    """An array; ``values`` is a numpy array of numbers or text, or a list where the file holds objects."""

    __slots__ = ("shape", "values")

    def __init__(self) -> None:
        self.shape: tuple[int, ...] = (0,)
        self.values: np.ndarray | list[Any] = []

    def set_state(self, state: Any) -> None:
        """Take the state that numpy writes: (version, shape, type, Fortran order, content)."""
        if not (isinstance(state, tuple) and len(state) == 5):
            raise NotCovered("an array that numpy would not describe so")
        _, shape, stored_type, fortran, content = state
        self.set_content(stored_type, shape, "F" if fortran else "C", content)

    def set_content(self, stored_type: Any, shape: Any, order: str, content: Any) -> None:
        """Decode the content; its length must be what type and shape say."""
        if not isinstance(stored_type, StoredType) or not is_shape(shape):
            raise NotCovered("an array that numpy would not describe so")
        dtype = stored_type.dtype
        size = math.prod(shape)
        if dtype.hasobject:
            if not isinstance(content, list) or len(content) != size:
                raise NotCovered("an array of objects that numpy would not describe so")
            self.values, self.shape = content, shape
            return
        if not isinstance(content, (bytes, bytearray)) or len(content) != size * dtype.itemsize:
            raise NotCovered("an array whose content is longer or shorter than its shape")
        self.values = np.frombuffer(content, dtype).reshape(shape, order=order)
        self.shape = shape


def is_shape(shape: Any) -> bool:
    """Tell whether this is a tuple of at most three lengths, zero or more each."""
    return isinstance(shape, tuple) and len(shape) <= 3 and all(type(n) is int and 0 <= n < 2**40 for n in shape)


def _is_field(field: Any) -> bool:
    return (
        isinstance(field, tuple)
        and len(field) == 2
        and isinstance(field[0], StoredType)
        and field[0].dtype.kind in "biuf"
        and type(field[1]) is int
        and field[1] >= 0
    )
