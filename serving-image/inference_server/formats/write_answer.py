"""From predictions to the bytes of an answer, in the format that the caller accepts."""

from __future__ import annotations

import csv
import io
import math
from functools import lru_cache
from typing import Any

import orjson

JSON = "application/json"
JSON_LINES = "application/jsonlines"
CSV = "text/csv"
_FORMATS = (JSON, JSON_LINES, CSV)


@lru_cache(maxsize=64)
def choose_format(accept: str) -> str:
    """Return the best format that ``accept`` names, JSON where it names none of them.

    The recipe's server never looks at Accept, so a caller who asks it for something else gets JSON; that stays.
    """
    best, chosen = 0.0, JSON
    for part in accept.split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                try:
                    quality = float(parameter[2:])
                except ValueError:
                    quality = 0.0
        if name in ("*/*", "application/*"):
            name = JSON
        elif name == "text/*":
            name = CSV
        if name in _FORMATS and quality > best:
            best, chosen = quality, name
    return chosen


def write_answer(content_type: str, predictions: list[dict[str, Any]]) -> bytes:
    """Return `{"predictions": [...]}`, a line of JSON per row, or a line of CSV per row.

    A line of CSV is the predicted class and the probability of each class, in the model's order; for regression the
    prediction. Of several outputs it is the class, or the number, of each, then the probabilities of each. Raises
    ValueError for numbers that are not finite.
    """
    if content_type == JSON:
        return _json({"predictions": predictions})
    if content_type == JSON_LINES:
        return b"\n".join(map(_json, predictions)) + b"\n"
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    for prediction in predictions:
        _json(prediction)  # refuses what is not finite
        if "prediction" in prediction:
            value = prediction["prediction"]
            writer.writerow(value if isinstance(value, list) else [value])
        else:
            writer.writerow(_cells(prediction))
    return file.getvalue().encode()


def _cells(prediction: dict[str, Any]) -> list[Any]:
    classes, probabilities = prediction["predicted_class"], prediction.get("probabilities", {})
    if isinstance(classes, list):
        return [*classes, *(share for shares in probabilities for share in shares.values())]
    return [classes, *probabilities.values()]


def _json(value: Any) -> bytes:
    text = orjson.dumps(value)
    # orjson writes null for NaN, too. A missing value is null, and a class may be named so.
    if b"null" in text and not _is_finite(value):
        raise ValueError("the prediction is not finite")
    return text


def _is_finite(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, dict):
        return all(map(_is_finite, value.values()))
    return not isinstance(value, list) or all(map(_is_finite, value))
