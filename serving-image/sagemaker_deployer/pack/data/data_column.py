"""One column of the author's rows: its name, its type, and its cells."""

from __future__ import annotations

import functools
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

# A column of more different texts is no choice among a few, but names, codes or prose.
MOST_CATEGORIES = 50


@dataclass(frozen=True)
class DataColumn:
    """``cells``: float64 with NaN for what is missing, or objects (texts, numbers, bool) with None for it.

    ``categories``: of a column that pandas or the model calls a category, all that it may hold.
    """

    name: str | None
    cells: np.ndarray
    categories: tuple[Any, ...] | None = None

    @property
    def is_numeric(self) -> bool:
        """Tell whether every cell is a number or missing."""
        return self.cells.dtype != object

    @functools.cached_property
    def present(self) -> np.ndarray:
        """The cells that are not missing; of numbers those that are finite."""
        if self.is_numeric:
            return self.cells[np.isfinite(self.cells)]
        return np.array([cell for cell in self.cells if cell is not None], dtype=object)

    @property
    def missing_share(self) -> float:
        """The share of cells that are missing, from 0 to 1."""
        missing = np.isnan(self.cells).sum() if self.is_numeric else sum(cell is None for cell in self.cells)
        return float(missing) / max(1, len(self.cells))

    @functools.cached_property
    def counts(self) -> Counter[Any]:
        """How often each value occurs, of a column that is not numeric."""
        return Counter(self.present.tolist())

    @functools.cached_property
    def type(self) -> str:
        """number, integer, boolean, category or text, as model.json has it."""
        if not self.is_numeric:
            is_choice = self.categories is not None or len(self.counts) <= MOST_CATEGORIES
            return "category" if is_choice else "text"
        values = self.present
        if not len(values) or not (values == np.floor(values)).all() or np.abs(values).max() >= 2**53:
            return "number"
        is_boolean = set(np.unique(values[:1000])) <= {0.0, 1.0} and set(np.unique(values)) == {0.0, 1.0}
        return "boolean" if is_boolean else "integer"

    @property
    def choices(self) -> list[Any]:
        """The values of a category, the most frequent first."""
        seen = [value for value, _ in self.counts.most_common()]
        return [*seen, *(one for one in self.categories or () if one not in self.counts)]
