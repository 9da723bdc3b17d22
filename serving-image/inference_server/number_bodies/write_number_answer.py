"""Answers a table of numbers, from the model's arrays to bytes; leaves what is not usual to the general path."""

from __future__ import annotations

import csv
import ctypes
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
import orjson

from inference_server.formats.write_answer import CSV, JSON
from inference_server.model import Model
from inference_server.number_bodies.library import Text, library
from inference_server.table.number_table import NumberTable
from inference_server.table.refused_values import RefusedValues


def write_number_answer(model: Model, table: NumberTable, content_type: str) -> tuple[bytes, Sequence[str]] | None:
    """Return the bytes that ``write_answer`` would write, and the class of each row (none of a regression).

    None where the model refuses a row, answers several outputs, or answers with something else than floats.
    """
    if model.output_classes is not None or library() is None or len(set(model.feature_names)) < table.schema.width:
        return None
    try:
        answered, probabilities = model.ask_for_arrays(table)
    except RefusedValues:
        return None  # ``find_refusal`` says why
    names = model.class_names
    if answered.ndim != 1 or isinstance(probabilities, list) or (names is None) != (answered.dtype.kind == "f"):
        return None
    if names is None or probabilities is None:
        shares = np.empty((len(answered), 0))
    else:
        shares = probabilities.astype(np.float64, copy=False)
    try:
        heads, tails = _texts(model, shares.shape[1])
    except TypeError:
        return None  # half of a surrogate pair in a name
    classes = () if names is None else [names[index] for index in answered.tolist()]
    if content_type == CSV:
        return _write_csv(answered if names is None else classes, shares), classes
    if names is None:
        leading = answered.astype(np.float64)[:, None]
    else:
        leading = shares.max(axis=1, keepdims=True) if shares.shape[1] else shares
    numbers = np.hstack([leading, shares, table.values])
    which = np.zeros(len(numbers), np.int64) if names is None else np.ascontiguousarray(answered, np.int64)
    return _write_json(numbers, which, heads, tails, content_type), classes


def _write_csv(first: Any, shares: np.ndarray) -> bytes:
    file = io.StringIO()
    rows = zip(first if isinstance(first, list) else first.tolist(), shares.tolist(), strict=True)
    csv.writer(file, lineterminator="\n").writerows([one, *others] for one, others in rows)
    return file.getvalue().encode()


def _write_json(
    numbers: np.ndarray, which: np.ndarray, heads: list[bytes], tails: list[bytes], content_type: str
) -> bytes:
    before, between, after = (b'{"predictions":[', b",", b"]}") if content_type == JSON else (b"", b"\n", b"\n")
    # NaN, which stands for what is missing, becomes null.
    text = orjson.dumps(numbers, option=orjson.OPT_SERIALIZE_NUMPY)
    rows, columns = numbers.shape
    size = len(text) + rows * (max(map(len, heads)) + sum(map(len, tails)) + len(between))
    out = ctypes.create_string_buffer(size)
    written = library().write_rows(
        text, rows, columns, _texts_of(heads), which.ctypes.data, _texts_of(tails), _texts_of([between]), out
    )
    return b"".join((before, memoryview(out)[:written], after))


def _texts(model: Model, shares: int) -> tuple[list[bytes], list[bytes]]:
    """Return what stands before the first number of a row, for each class; and behind each of its numbers."""
    features = [orjson.dumps(name) + b":" for name in model.feature_names]
    names = model.class_names
    tails = [b',"input_features":{' + features[0], *(b"," + feature for feature in features[1:]), b"}}"]
    if names is None:
        return [b'{"prediction":'], tails
    heads = [
        b'{"predicted_class":%b,"predicted_class_index":%d' % (orjson.dumps(name), i) for i, name in enumerate(names)
    ]
    if not shares:
        return [head + tails[0] for head in heads], tails[1:]
    classes = [orjson.dumps(name) + b":" for name in names]
    tails[0] = b"}" + tails[0]
    inner = [b',"probabilities":{' + classes[0], *(b"," + one for one in classes[1:])]
    return [head + b',"confidence":' for head in heads], [*inner, *tails]


def _texts_of(pieces: Sequence[bytes]) -> ctypes.Array[Text]:
    return (Text * len(pieces))(*(Text(piece, len(piece)) for piece in pieces))
