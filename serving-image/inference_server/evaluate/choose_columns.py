"""The columns that a part of a ColumnTransformer takes: by numbers, names, a mask or a slice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from inference_server.evaluate.fields import Fields
from inference_server.not_covered import NotCovered
from inference_server.pickles.unresolved_values import Instance, StoredValues


def choose_columns(chosen: Any, width: int, names: Sequence[Any] | None = None) -> np.ndarray:
    """Return the places of the chosen columns; ``names`` are those that the ColumnTransformer was trained on."""
    chosen = [chosen] if is_one(chosen) else _plain(chosen)
    if isinstance(chosen, slice):
        return _slice(chosen, width, names)
    if not isinstance(chosen, list) or not all(type(one) in (int, bool, str) for one in chosen):
        raise NotCovered("a ColumnTransformer by something other than numbers, names and masks")
    if chosen and all(type(one) is bool for one in chosen):
        if len(chosen) != width:
            raise NotCovered("a ColumnTransformer with a mask of another length")
        return np.flatnonzero(chosen)
    if any(type(one) is str for one in chosen):
        chosen = [_place(one, names) for one in chosen]
    if not all(type(one) is int and -width <= one < width for one in chosen):
        raise NotCovered("a ColumnTransformer of columns that are not there")
    return np.array(chosen, dtype=np.intp) % width


def is_one(chosen: Any) -> bool:
    """Tell whether this is one column by itself, which a transformer gets as a list of cells: a vectorizer of texts."""
    return type(chosen) in (int, str)


def _plain(chosen: Any) -> Any:
    """Return the list within pandas' Index, scikit-learn's list of the remainder, or an array."""
    if isinstance(chosen, Instance) and chosen.name == "_RemainderColsList":
        chosen = Fields(chosen).any("data")
    if isinstance(chosen, Instance) and chosen.name == "_new_Index":
        content = chosen.arguments[1] if len(chosen.arguments) == 2 else None
        chosen = content.get("data") if isinstance(content, dict) else None
    if isinstance(chosen, Instance) and chosen.name == "__pyx_unpickle_NDArrayBacked":
        state = chosen.state if isinstance(chosen.state, tuple) else ()
        chosen = next((one for one in state if isinstance(one, StoredValues)), None)
    if isinstance(chosen, StoredValues):
        return chosen.values.tolist() if isinstance(chosen.values, np.ndarray) else chosen.values
    return chosen


def _slice(chosen: slice, width: int, names: Sequence[Any] | None) -> np.ndarray:
    start, stop = chosen.start, chosen.stop
    if isinstance(start, str) or isinstance(stop, str):
        if chosen.step is not None:
            raise NotCovered("a ColumnTransformer by a slice of names with a step")
        start = None if start is None else _place(start, names)
        # A slice by names ends with the column that it names.
        stop = None if stop is None else _place(stop, names) + 1
    if not all(part is None or type(part) is int for part in (start, stop, chosen.step)):
        raise NotCovered("a ColumnTransformer by something other than numbers, names and masks")
    return np.arange(width)[slice(start, stop, chosen.step)]


def _place(name: Any, names: Sequence[Any] | None) -> int:
    if names is None or type(name) is not str or name not in names:
        raise NotCovered("a ColumnTransformer by names that it was not trained on")
    return list(names).index(name)
