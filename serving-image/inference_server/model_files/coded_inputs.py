"""Columns of categories that a model file knows by their values, while its trees know them by their codes, 0 and on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from inference_server.evaluate.flatten_trees import require
from inference_server.table.column import Column

_MOST_TYPICAL = 8
# Of all columns together.
_MOST_CATEGORIES = 5_000_000


def coded_inputs(
    width: int, categories: Mapping[int, Sequence[str] | Sequence[int]], unknown: float | None
) -> tuple[Column, ...] | None:
    """Return a column for each input, or None where all of them are numbers; ``categories`` by place.

    ``unknown``: what the library makes of a value that is none of them, None where it refuses it.
    """
    if not categories:
        return None
    require(sum(map(len, categories.values())) <= _MOST_CATEGORIES)
    columns = [Column()] * width
    for place, values in categories.items():
        codes = {value: float(code) for code, value in enumerate(values)}
        require(len(codes) == len(values))
        columns[place] = Column(
            type="category", codes=codes, typical=tuple(values[:_MOST_TYPICAL]), by_code=True, unknown=unknown
        )
    return tuple(columns)
