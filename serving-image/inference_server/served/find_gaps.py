"""Which columns of a model may be missing: found by asking it, since every kind of model has rules of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from inference_server.model import Model

_MOST_COLUMNS = 200


def find_gaps(model: Model, row: Sequence[Any]) -> tuple[bool, ...] | None:
    """Tell of each column whether the model answers ``row`` without it; None where asking would take long.

    ``row`` is one that it answers.
    """
    if model.schema.width > _MOST_COLUMNS or hasattr(model.estimator, "threads"):
        return None
    return tuple(_is_answered(model, [*row[:place], None, *row[place + 1 :]]) for place in range(len(row)))


def _is_answered(model: Model, row: list[Any]) -> bool:
    try:
        model.predict([row])
    except Exception:
        return False
    return True
