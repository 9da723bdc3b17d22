"""What an ONNX file holds, read from its protobuf before onnxruntime sees it, and what is refused there.

Field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from inference_server.model_error import ModelError
from inference_server.not_covered import NotCovered

DOMAINS = ("", "ai.onnx", "ai.onnx.ml")
MAX_NODES = 1_000_000
# Of a list of classes.
_MOST_LIST_BYTES = 1_000_000

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_CLASS_LABELS = (b"classlabels_ints", b"classlabels_int64s", b"classlabels_strings")


@dataclass(frozen=True)
class OnnxContents:
    """``labels``: the classes that the graph's classifier names, or None; ``chosen_from``: lists that it picks from."""

    labels: tuple[int, ...] | tuple[str, ...] | None
    chosen_from: tuple[tuple[int, ...] | tuple[str, ...], ...] = ()


def read_onnx_contents(content: bytes) -> OnnxContents:
    """Scan the whole file.

    Raises ``NotCovered`` for what may run without end or read other files (control flow, functions, training graphs,
    operators of other domains, tensors outside the file), ``ModelError`` for what is no protobuf of a model.
    """
    labels: Any = None
    nodes = 0
    chosen: set[bytes] = set()
    lists: dict[bytes, tuple[Any, ...]] = {}
    for field, value in _fields(content):
        if field in (20, 25):
            raise NotCovered("ONNX's functions and training graphs")
        if field != 7:
            continue
        for part, node in _fields(_bytes(value)):
            if part == 1:
                nodes += 1
                labels = _check_node(_bytes(node), chosen) or labels
            elif part in (5, 15):
                _check_tensor(_bytes(node), sparse=part == 15)
                lists |= _read_list(_bytes(node)) if part == 5 else {}
    if not 1 <= nodes <= MAX_NODES:
        raise ModelError(f"The model file holds {nodes} operators; at least one and at most {MAX_NODES} are served.")
    found = {lists[name] for name in chosen if name in lists}
    return OnnxContents(labels, tuple(found))


def _check_node(node: bytes, chosen: set[bytes]) -> tuple[Any, ...] | None:
    """Return the classes that it names; ``chosen`` gets the name of the list that it takes elements of."""
    domain, labels = "", None
    inputs: list[bytes] = []
    for field, value in _fields(node):
        if field == 1:
            inputs.append(_bytes(value))
        elif field == 4 and value == b"ArrayFeatureExtractor" and inputs:
            chosen.add(inputs[0])
        elif field == 7:
            domain = _bytes(value).decode()
        elif field == 5:
            labels = _check_attribute(_bytes(value)) or labels
    if domain not in DOMAINS:
        raise NotCovered(f"ONNX's operators of the domain {domain[:60]!r}")
    return labels


def _check_attribute(attribute: bytes) -> tuple[Any, ...] | None:
    name, integers, texts = b"", [], []
    for field, value in _fields(attribute):
        if field in (6, 11):
            raise NotCovered("ONNX's control flow (If, Loop, Scan)")
        if field in (5, 10, 22, 23):
            _check_tensor(_bytes(value), sparse=field in (22, 23))
        elif field == 1:
            name = _bytes(value)
        elif field == 8:
            integers += [value] if isinstance(value, int) else _packed(value)
        elif field == 9:
            texts.append(_bytes(value).decode())
    found = [value - 2**64 if value >= 2**63 else value for value in integers] or texts
    return tuple(found) if name in _CLASS_LABELS and found else None


def _read_list(tensor: bytes) -> dict[bytes, tuple[Any, ...]]:
    """Return a short list of whole numbers or texts, by its name."""
    if len(tensor) > _MOST_LIST_BYTES:
        return {}
    fields = list(_fields(tensor))
    values: list[Any] = []
    kind = next((value for field, value in fields if field == 2), 0)
    for field, value in fields:
        if field in (5, 7):
            values += [value] if isinstance(value, int) else _packed(value)
        elif field == 6:
            values.append(_bytes(value).decode())
        elif field == 9:
            values += np.frombuffer(_bytes(value), {6: "<i4", 7: "<i8"}[kind]).tolist() if kind in (6, 7) else []
    name = next((_bytes(value) for field, value in fields if field == 8), b"")
    numbers = [value - 2**64 if isinstance(value, int) and value >= 2**63 else value for value in values]
    return {name: tuple(numbers)} if kind in (6, 7, 8) and numbers else {}


def _check_tensor(tensor: bytes, sparse: bool) -> None:
    for field, value in _fields(tensor):
        if sparse and field in (1, 2):
            _check_tensor(_bytes(value), sparse=False)
        elif not sparse and (field == 13 or (field == 14 and value != 0)):
            raise NotCovered("ONNX's tensors in files of their own: save the model as one file")


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Yield the number and the value of each field of a protobuf message."""
    at, end = 0, len(message)
    while at < end:
        tag, at = _varint(message, at)
        field, kind = tag >> 3, tag & 7
        value: int | bytes
        if kind == _VARINT:
            value, at = _varint(message, at)
        elif kind in (_FIXED64, _FIXED32, _BYTES):
            size = {_FIXED64: 8, _FIXED32: 4}.get(kind, 0)
            if kind == _BYTES:
                size, at = _varint(message, at)
            if size > end - at:
                raise ModelError("The model file is no whole ONNX model: it is damaged.")
            value, at = message[at : at + size], at + size
        else:
            raise ModelError("The model file is no ONNX model.")
        yield field, value


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(message):
            break
        byte = message[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value & (2**64 - 1), at
    raise ModelError("The model file is no whole ONNX model: it is damaged.")


def _packed(values: bytes) -> list[int]:
    found, at = [], 0
    while at < len(values):
        value, at = _varint(values, at)
        found.append(value)
    return found


def _bytes(value: int | bytes) -> bytes:
    if isinstance(value, int):
        raise ModelError("The model file is no ONNX model.")
    return value
