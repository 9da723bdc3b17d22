"""The text of an answer without its values, cut out of one that the general path has written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from inference_server.formats.write_answer import JSON, write_answer
from inference_server.http.messages import Response, response_bytes

# Stand in for the values of an answer: found again in its text, where each must be the only one of its kind.
_CLASS, _INDEX, _NUMBER = "the class", 8_640_197_531, 0.8640197531
_DATE = b"8" * 29


class Kind(IntEnum):
    """Of a piece, as in quick_answer.c."""

    LITERAL = 0
    CLASS_NAME = 1
    CLASS_INDEX = 2
    CONFIDENCE = 3
    PROBABILITY = 4
    FEATURE = 5


@dataclass(frozen=True)
class AnswerText:
    """``head`` is cut at the date and the length; ``row`` holds (literal, kind, index of the value or 0)."""

    head: tuple[bytes, bytes, bytes]
    before: bytes
    between: bytes
    after: bytes
    row: tuple[tuple[bytes, Kind, int], ...]


def cut_answer_text(class_names: Sequence[str], feature_names: Sequence[str], header: bytes) -> AnswerText | None:
    """Return the text of an answer with this line of headers, or None where names look like values."""
    columns = [_NUMBER + index for index in range(1, 1 + len(class_names) + len(feature_names))]
    prediction = {
        "predicted_class": _CLASS,
        "predicted_class_index": _INDEX,
        "confidence": _NUMBER,
        "probabilities": dict(zip(class_names, columns, strict=False)),
        "input_features": dict(zip(feature_names, columns[len(class_names) :], strict=True)),
    }
    try:
        one, two = (write_answer(JSON, [prediction] * count) for count in (1, 2))
    except TypeError:
        return None  # half of a surrogate pair in a name
    marks: dict[bytes, tuple[Kind, int]] = {
        f'"{_CLASS}"'.encode(): (Kind.CLASS_NAME, 0),
        str(_INDEX).encode(): (Kind.CLASS_INDEX, 0),
        str(_NUMBER).encode(): (Kind.CONFIDENCE, 0),
    }
    for index, column in enumerate(columns):
        is_class = index < len(class_names)
        place = (Kind.PROBABILITY, index) if is_class else (Kind.FEATURE, index - len(class_names))
        marks[str(column).encode()] = place
    # A number must not be found inside another one.
    found = re.split(rb"(?<![\w.])(%b)(?![\w.])" % b"|".join(map(re.escape, marks)), one)
    if sorted(found[1::2]) != sorted(marks):
        return None
    row: list[tuple[bytes, Kind, int]] = []
    for literal, mark in zip(found[2:-1:2], found[1::2], strict=False):
        row += [(b"", *marks[mark]), (literal, Kind.LITERAL, 0)]
    row.append((b"", *marks[found[-2]]))
    inner = one[len(found[0]) : len(one) - len(found[-1])]
    joint = two.removeprefix(found[0] + inner).removesuffix(inner + found[-1])
    # The row's own first and last bytes stand in `joint` too, and do no harm there.
    return AnswerText(_cut_head(header), found[0], joint, found[-1], tuple(row))


def _cut_head(header: bytes) -> tuple[bytes, bytes, bytes]:
    head = response_bytes(Response(200, b"x" * 10, headers=header), _DATE, True, None).removesuffix(b"x" * 10)
    before, _, rest = head.partition(_DATE)
    label = b"content-length: "
    between, _, end = rest.rpartition(label + b"10")
    return before, between + label, end
