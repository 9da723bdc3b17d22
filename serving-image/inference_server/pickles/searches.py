"""Search objects (GridSearchCV and the like): of a fitted one only ``best_estimator_`` predicts.

What else it holds (results, scorers, distributions of scipy, functions of the author's own) may have any names: they
are read as names and dropped, never resolved. ``predict``, ``predict_proba`` and ``classes_`` of a search are those of
its ``best_estimator_`` (scikit-learn 1.2 to 1.9, model_selection/_search.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any

import numpy as np

from inference_server.model_error import ModelError
from inference_server.pickles.allow_list import SEARCHES, is_listed
from inference_server.pickles.bounded_unpickler import BoundedUnpickler
from inference_server.pickles.unresolved_values import Instance, Name, StoredValues


def is_search(value: Any) -> bool:
    """Tell whether it is a search object that was read, or its name."""
    return isinstance(value, (Instance, Name)) and is_listed(SEARCHES, value.module, value.name)


def best_of(search: Instance, state: Any) -> Any:
    """Return the estimator that predicts for the search; of one without it, an instance without a state."""
    best = state.get("best_estimator_") if isinstance(state, dict) else None
    return search if best is None else best


def check_search(value: Any) -> None:
    """Raise ``ModelError`` for a search object that has no ``best_estimator_``."""
    if is_search(value):
        raise ModelError(
            f"The model file holds a {value.name} without best_estimator_: it is not fitted, or was made with "
            "refit=False. Fit it with refit=True, or save an estimator that was trained with the parameters it found."
        )


@dataclass
class _Searches:
    open: int = 0
    passed: bool = False


class SearchReader(BoundedUnpickler):
    """Takes any name while it reads a search object, and leaves the best estimator in its place."""

    def __init__(self, file: IO[bytes], size: int, outer: SearchReader | None = None) -> None:
        """``outer`` is given where the file is a pickle within a pickle, as joblib's arrays of objects are."""
        super().__init__(file, size)
        self._searches = _Searches() if outer is None else outer._searches

    def passes(self, module: str, name: str) -> bool:
        """Tell whether a name that is not listed may stand here: then it is a mere ``Name``."""
        if is_listed(SEARCHES, module, name):
            return True
        if self._searches.open:
            self._searches.passed = True
        return self._searches.open > 0

    def begin_instance(self, name: Name, arguments: tuple[Any, ...]) -> Instance:
        """Return what stands for an instance of something that is not resolved."""
        if is_search(name):
            self._searches.open += 1
        return Instance(name, arguments)

    def end_search(self, state: Any) -> None:
        """Put the best estimator in the place of the search on top of the stack, wherever it is referred to."""
        search = self.stack[-1]
        self._searches.open = max(0, self._searches.open - 1)
        best = best_of(search, state)
        if best is not search:
            self.stack[-1] = best
            self.memo.update({place: best for place, value in self.memo.items() if value is search})

    def _extend(self, items: list[Any]) -> None:
        if not (self._searches.open and isinstance(self.stack[-1], Instance)):
            super()._extend(items)

    def _update(self, items: list[Any]) -> None:
        if not (self._searches.open and isinstance(self.stack[-1], Instance)):
            super()._update(items)

    def check_names(self, value: Any, refuse: Callable[[str, str], None]) -> None:
        """Call ``refuse`` with each name that is left in the value, once names were taken that are not listed."""
        if not self._searches.passed:
            return
        # The values themselves are kept too, so that none of them gives its id to another.
        seen: dict[int, Any] = {}
        # With a list of what is next: a crafted file may hold itself, or go deep.
        pending = [value]
        while pending:
            one = pending.pop()
            if id(one) in seen or isinstance(one, (str, bytes, int, float, type(None))):
                continue
            seen[id(one)] = one
            if isinstance(one, (Name, Instance)) and not is_search(one):
                refuse(one.module, one.name)
            pending += _parts(one)


def _parts(value: Any) -> list[Any]:
    if isinstance(value, Instance):
        return [value.arguments, value.state]
    if isinstance(value, StoredValues):
        return [value.values] if isinstance(value.values, list) else []
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    if isinstance(value, (list, tuple, set, frozenset)):
        return list(value)
    if isinstance(value, np.ndarray):
        return value.ravel().tolist() if value.dtype.hasobject and not value.dtype.fields else []
    return [] if isinstance(value, type) else list(getattr(value, "__dict__", {}).values())
