"""The request that nearly all callers send, answered in compiled code (quick_answer.c) from bytes to bytes.

It takes JSON rows of plain numbers for one model of trees whose sums are probabilities: forests, extra trees,
decision trees. What it does not take it leaves untouched for the general path, and what it answers is the
general path's answer to the byte.
"""

from __future__ import annotations

import ctypes
import functools
from typing import TYPE_CHECKING, Any

import orjson

from inference_server.formats.write_answer import JSON, choose_format
from inference_server.metrics.counts import BOUNDS
from inference_server.quick_answer.answer_text import AnswerText, cut_answer_text
from inference_server.served.is_quick import QUICK_BYTES

if TYPE_CHECKING:
    from inference_server.served.served_model import ServedModel

_MOST_COLUMNS = 1024
# The longest: 0.00012345678901234567
_NUMBER_BYTES = 24
_DATE_BYTES = 29


def quick_answer(served: ServedModel, default_accept: str) -> QuickAnswer | None:
    """Return what answers for this model, or None where only the general path can.

    Made in the process that serves, after it has its own part of the metrics.
    """
    # Imported by now where there is anything to do; a model of scikit-learn's needs none of it.
    from inference_server.evaluate.build import QUICK_SOURCE, load_library
    from inference_server.evaluate.evaluator import Evaluator
    from inference_server.evaluate.finish import shares
    from inference_server.evaluate.trees import Trees

    model = served.model
    estimator, classes, features = model.estimator, model.class_names, model.feature_names
    if not served.quick or classes is None or choose_format(default_accept) != JSON:
        return None
    if not isinstance(estimator, Evaluator) or estimator.steps or estimator.finish is not shares:
        return None
    trees = estimator.sums
    if not isinstance(trees, Trees) or trees._compiled is None or len(trees.start) != len(classes):
        return None
    text = cut_answer_text(classes, features, served.header)
    if text is None or len(classes) + len(features) > _MOST_COLUMNS:
        return None
    library = load_library(QUICK_SOURCE)
    return None if library is None else QuickAnswer(served, library, text)


class QuickAnswer:
    """Takes a piece of input and the time as an HTTP date; returns the whole answer, or None for the general path."""

    def __init__(self, served: ServedModel, library: ctypes.CDLL, text: AnswerText) -> None:
        model = served.model
        walk, ensemble = model.estimator.sums._compiled
        features, classes = len(model.feature_names), len(model.class_names)
        names = [orjson.dumps(name) for name in model.class_names]
        pieces = [(_text(literal), kind, index) for literal, kind, index in text.row]
        # A value takes two bytes at least.
        most_values = QUICK_BYTES // 2
        most_rows = most_values // features
        row_bytes = sum(len(literal) for literal, _, _ in text.row) + len(text.between)
        row_bytes += max(map(len, names)) + _NUMBER_BYTES * (features + classes + 2)
        head_bytes = sum(map(len, text.head)) + _DATE_BYTES + _NUMBER_BYTES
        self._out = ctypes.create_string_buffer(head_bytes + len(text.before) + most_rows * row_bytes + len(text.after))
        self._view = memoryview(self._out).cast("B")
        # Whose memory the addresses name.
        self._kept: list[Any] = [served, library, text, names]
        self._quick = _Quick(
            ctypes.cast(walk, ctypes.c_void_p),
            ctypes.addressof(ensemble._obj),
            features,
            classes,
            self._keep((_Text * classes)(*map(_text, names))),
            self._keep((_Piece * len(pieces))(*pieces)),
            len(pieces),
            *map(_text, (*text.head, text.before, text.between, text.after)),
            row_bytes,
            head_bytes,
            self._keep((ctypes.c_double * most_values)()),
            self._keep((ctypes.c_double * (most_rows * classes))()),
            self._keep((_Text * most_values)()),
            most_values,
            most_rows * classes,
            self._keep(self._out),
            len(self._out),
            *served.metrics.cells(),
            self._keep((ctypes.c_double * len(BOUNDS))(*BOUNDS)),
            len(BOUNDS),
        )
        # PyDLL keeps the interpreter's lock: giving it up and taking it costs a tenth of the answer.
        call = ctypes.PyDLL(None, handle=library._handle).quick_answer
        call.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int64, ctypes.c_char_p]
        call.restype = ctypes.c_int64
        self._call = functools.partial(call, ctypes.addressof(self._quick))
        self._lock = served.metrics.lock

    def __call__(self, data: bytes, date: bytes) -> bytes | None:
        with self._lock:
            place = self._call(data, len(data), date)
        return bytes(self._view[place & 0xFFFFFFFF : place >> 32]) if place else None

    def _keep(self, memory: Any) -> int:
        self._kept.append(memory)
        return ctypes.addressof(memory)


class _Text(ctypes.Structure):
    _fields_ = [("text", ctypes.c_char_p), ("size", ctypes.c_int64)]


class _Piece(ctypes.Structure):
    _fields_ = [("literal", _Text), ("kind", ctypes.c_int32), ("index", ctypes.c_int32)]


def _text(content: bytes) -> _Text:
    return _Text(content, len(content))


def _fields(kind: Any, names: str) -> list[tuple[str, Any]]:
    return [(name, kind) for name in names.split()]


class _Quick(ctypes.Structure):
    # As in quick_answer.c, in its order.
    _fields_ = [
        *_fields(ctypes.c_void_p, "evaluate ensemble"),
        *_fields(ctypes.c_int64, "features classes"),
        *_fields(ctypes.c_void_p, "class_names pieces"),
        *_fields(ctypes.c_int64, "pieces_count"),
        *_fields(_Text, "head_before_date head_before_length head_end before between after"),
        *_fields(ctypes.c_int64, "row_bytes head_bytes"),
        *_fields(ctypes.c_void_p, "values sums texts"),
        *_fields(ctypes.c_int64, "values_count sums_count"),
        *_fields(ctypes.c_void_p, "out"),
        *_fields(ctypes.c_int64, "out_bytes"),
        *_fields(ctypes.c_void_p, "cells"),
        *_fields(ctypes.c_int64, "ok first_bucket seconds first_class"),
        *_fields(ctypes.c_void_p, "bounds"),
        *_fields(ctypes.c_int64, "bounds_count"),
    ]
