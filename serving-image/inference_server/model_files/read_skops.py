"""Reads skops files (protocols 0 to 2, skops 0.4 to 0.16) into unresolved values, as ``read_inert``.

A skops file is a zip of schema.json, a tree of named nodes, and an npy file per array. Nothing that it names is
imported or made. https://skops.readthedocs.io/en/stable/persistence.html
"""

from __future__ import annotations

import json
import math
import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np

from inference_server.model_error import ModelError
from inference_server.model_files.known_keys import refuse_unknown
from inference_server.not_covered import NotCovered
from inference_server.pickles.bounded_unpickler import MAX_OPERATIONS
from inference_server.pickles.decompress import MAX_BYTES
from inference_server.pickles.inert_names import is_inert
from inference_server.pickles.searches import is_search
from inference_server.pickles.unresolved_values import Instance, Name, StoredType, StoredValues

MAX_SCHEMA_BYTES = 256 * 1024**2
MAX_DEPTH = 100
_MAX_FIELDS = 32
_PROTOCOLS = (0, 1, 2)
READS = "It reads what skops 0.4 to 0.16 write: save the model with one of these, for example 'skops<0.17'."
# Used, or said by the loader too (key_types, is_json), or for skops alone (__id__).
_KEYS = frozenset(
    [
        *("__class__", "__module__", "__loader__", "__id__", "__reduce__", "content", "type", "shape", "file"),
        *("key_types", "is_json"),
    ]
)
_TOP = _KEYS | {"protocol", "_skops_version"}


def read_skops(content: bytes) -> Any:
    """Return the unresolved value of what the file holds.

    Raises ``NotCovered`` for names and nodes that the server's own evaluation has no use for, ``ModelError`` for
    what holds more than is served, and whatever zipfile, json and numpy raise on damaged files.
    """
    return _Reader(content).read()


class _Reader:
    def __init__(self, content: bytes) -> None:
        self._zip = zipfile.ZipFile(BytesIO(content))
        self._arrays: dict[str, np.ndarray] = {}
        self._nodes = 0
        if sum(entry.file_size for entry in self._zip.infolist()) > MAX_BYTES:
            raise ModelError(f"The model file unfolds to more than {MAX_BYTES} bytes.")

    def read(self) -> Any:
        schema = json.loads(self._file("schema.json", MAX_SCHEMA_BYTES))
        if schema["protocol"] not in _PROTOCOLS:
            raise NotCovered(f"protocol {str(schema['protocol'])[:20]} of skops")
        return self._node(schema, 0)

    def _file(self, name: str, most: int) -> bytes:
        entry = self._zip.getinfo(name)
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise NotCovered("a skops file that is neither stored nor deflated")
        if entry.file_size > most:
            raise ModelError(f"The model file's {name[:60]} unfolds to more than {most} bytes.")
        return self._zip.read(entry)

    def _node(self, node: dict[str, Any], depth: int) -> Any:
        self._nodes += 1
        if self._nodes > MAX_OPERATIONS or depth > MAX_DEPTH:
            raise ModelError(f"The model file holds more than {MAX_OPERATIONS} values or {MAX_DEPTH} levels.")
        # depth is 0 for the file itself, which says the protocol too.
        if unknown := node.keys() - (_KEYS if depth else _TOP):
            refuse_unknown([f"{str(node.get('__class__'))[:60]}: {key[:60]}" for key in unknown], READS)
        read = _LOADERS.get(node["__loader__"])
        if read is None:
            raise NotCovered(f"skops's {str(node['__loader__'])[:60]}")
        return read(self, node, depth + 1)

    def _name(self, node: dict[str, Any]) -> Name:
        module, name = node["__module__"], node["__class__"]
        if not (isinstance(module, str) and isinstance(name, str) and is_inert(module, name)):
            raise NotCovered(repr(f"{module}.{name}"[:100]))
        return Name(module, name)

    def _type(self, node: dict[str, Any], _: int) -> Name:
        # Of the built-in types only their names are needed: of a dict's keys, for one.
        if node["__module__"] == "builtins":
            return Name("builtins", str(node["__class__"])[:100])
        return self._name(node)

    def _object(self, node: dict[str, Any], depth: int) -> Any:
        arguments = self._node(node["__reduce__"]["args"], depth) if "__reduce__" in node else ()
        found = Instance(self._name(node), arguments)
        if is_search(found):
            best = node["content"]["content"].get("best_estimator_")
            return found if best is None else self._node(best, depth)
        if node.get("content") is not None:
            found.state = self._node(node["content"], depth)
        return found

    def _dict(self, node: dict[str, Any], depth: int) -> dict[str, Any]:
        return {key: self._node(value, depth) for key, value in node["content"].items()}

    def _items(self, node: dict[str, Any], depth: int) -> list[Any]:
        return [self._node(item, depth) for item in node["content"]]

    def _tuple(self, node: dict[str, Any], depth: int) -> tuple[Any, ...]:
        return tuple(self._items(node, depth))

    def _json(self, node: dict[str, Any], _: int) -> Any:
        return json.loads(node["content"])

    def _slice(self, node: dict[str, Any], _: int) -> slice:
        return slice(*(node["content"][part] for part in ("start", "stop", "step")))

    def _partial(self, node: dict[str, Any], depth: int) -> Instance:
        function, *rest = (self._node(node["content"][part], depth) for part in ("func", "args", "kwds", "namespace"))
        found = Instance(Name("functools", "partial"), (function,))
        found.state = (function, *rest)
        return found

    def _dtype(self, node: dict[str, Any], depth: int) -> StoredType:
        values = self._node(node["content"], depth).values
        # skops writes the type as an empty array of it: of objects, as a list.
        return StoredType("O" if isinstance(values, list) else values.dtype.str)

    def _array(self, node: dict[str, Any], depth: int) -> Any:
        found = StoredValues()
        if node["type"] == "json":
            shape = self._node(node["shape"], depth)
            found.set_content(StoredType("O"), shape, "C", _flatten(self._items(node, depth), len(shape)))
            return found
        name = node["file"]
        if name not in self._arrays:
            self._arrays[name] = _read_npy(self._file(name, MAX_BYTES))
        found.values = self._arrays[name]
        found.shape = found.values.shape
        return found if node["__class__"] == "ndarray" else found.values.reshape(-1)[0].item()

    def _discard(self, _: dict[str, Any], __: int) -> None:
        # Random generators: prediction has no use for them.
        return None


def _flatten(items: list[Any], dimensions: int) -> list[Any]:
    if dimensions == 2:
        return [item for row in items for item in row]
    return items


def _read_npy(content: bytes) -> np.ndarray:
    """Decode an array of numbers, text, or fields of numbers; its length must be what its header says."""
    file = BytesIO(content)
    version = np.lib.format.read_magic(file)
    read_header: Callable[..., Any] = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }[version]
    shape, fortran, dtype = read_header(file)
    kinds = [dtype[name] for name in dtype.names] if dtype.names else [dtype]
    if len(kinds) > _MAX_FIELDS or not all(kind.kind in ("biuf" if dtype.names else "biufSU") for kind in kinds):
        raise NotCovered(f"an array of type {str(dtype)[:60]!r}")
    if dtype.newbyteorder("<") != dtype or len(shape) > 3 or any(length < 0 for length in shape):
        raise NotCovered("an array that numpy would not write so")
    values = memoryview(content)[file.tell() :]
    if len(values) != math.prod(shape) * dtype.itemsize:
        raise ModelError("The model file holds an array whose content is longer or shorter than its shape.")
    return np.frombuffer(values, dtype).reshape(shape, order="F" if fortran else "C")


_LOADERS: dict[str, Callable[[_Reader, dict[str, Any], int], Any]] = {
    "DTypeNode": _Reader._dtype,
    "DictNode": _Reader._dict,
    "FunctionNode": _Reader._type,
    "JsonNode": _Reader._json,
    "ListNode": _Reader._items,
    "LossNode": _Reader._object,
    "NdArrayNode": _Reader._array,
    "ObjectNode": _Reader._object,
    "PartialNode": _Reader._partial,
    "RandomGeneratorNode": _Reader._discard,
    "RandomStateNode": _Reader._discard,
    "SliceNode": _Reader._slice,
    "TreeNode": _Reader._object,
    "TupleNode": _Reader._tuple,
    "TypeNode": _Reader._type,
}
