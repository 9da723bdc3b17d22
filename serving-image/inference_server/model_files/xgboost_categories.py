"""The categories of a DataFrame that XGBoost 3.1 and later keep in the file, in the order of their codes.

``learner/gradient_booster/model/cats`` (src/data/cat_container.cc) has a list for each column, empty for numbers.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from inference_server.evaluate.flatten_trees import require
from inference_server.model_error import ModelError
from inference_server.not_covered import NotCovered

# Before, XGBoost counted letters where it meant bytes, and cut off the ends of texts with others than ASCII.
_WHOLE_TEXTS = (3, 4)


def read_categories(
    cats: Mapping[str, Any], width: int, version: Sequence[Any]
) -> dict[int, Sequence[str] | Sequence[int]]:
    """Return the categories by the places of their columns: texts, or whole numbers other than their codes.

    A DataFrame has the values, an array the codes; XGBoost takes both. Columns that are not returned take codes alone.
    """
    columns = cats.get("enc", [])
    require(len(columns) in (0, width))
    found: dict[int, Sequence[str] | Sequence[int]] = {}
    for place, column in enumerate(columns):
        values = np.asarray(column["values"])
        require(values.ndim == 1)
        if not len(values):
            continue
        if values.dtype.kind not in "iu":
            raise NotCovered("XGBoost's categories that are neither texts nor whole numbers")
        if "offsets" not in column:
            if values.tolist() != list(range(len(values))):
                found[place] = values.tolist()
            continue
        content = (values.astype(np.int64) & 0xFF).astype(np.uint8).tobytes()
        if content.isascii() or tuple(map(int, version[:2])) >= _WHOLE_TEXTS:
            found[place] = _split(content, np.asarray(column["offsets"]))
    return found


def _split(content: bytes, offsets: np.ndarray) -> list[str]:
    require(offsets.ndim == 1 and offsets.dtype.kind in "iu" and len(offsets) >= 2)
    ends = offsets.tolist()
    require(ends[0] == 0 and ends[-1] == len(content) and all(a <= b for a, b in itertools.pairwise(ends)))
    try:
        return [content[begin:end].decode("utf-8") for begin, end in itertools.pairwise(ends)]
    except UnicodeDecodeError as error:
        raise ModelError("The model file holds categories that are no texts in UTF-8: it is damaged.") from error
