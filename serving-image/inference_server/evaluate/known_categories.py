"""Finds the category of each value: among numbers in order, or among the codes that stand for texts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from inference_server.evaluate.fields import as_numbers
from inference_server.evaluate.inputs import Columns, Input
from inference_server.evaluate.refuse import UnknownCategory, refuse
from inference_server.evaluate.step import refuse_row
from inference_server.not_covered import NotCovered
from inference_server.pickles.unresolved_values import StoredValues


class KnownCategories:
    """The categories of an encoder, column by column. A missing one is always the last of its column.

    Raises ``NotCovered`` for categories of another form. ``strict``: ``find`` raises ``UnknownCategory``.
    """

    def __init__(self, name: str, columns: Columns, stored: Sequence[Any], strict: bool) -> None:
        if len(stored) != len(columns):
            raise NotCovered(f"a {name} of another number of columns than it gets")
        self._strict = strict
        values = [_read(name, column, one) for column, one in zip(columns, stored, strict=True)]
        self.sizes = [len(one) for one in values]
        self.missing = [bool(np.isnan(one[-1])) for one in values]
        # Each column has a place for each category, and one for unknown values.
        self._begins = np.cumsum([0, *(size + 1 for size in self.sizes[:-1])])
        self._unknown = np.zeros(sum(self.sizes) + len(values), dtype=bool)
        self._unknown[self._begins + self.sizes] = True
        # Of each column its numbers in order, or the table of its codes.
        self._finders = [_lay_out(one) if _are_codes(given) else one for one, given in zip(values, stored, strict=True)]
        self._are_codes = [_are_codes(given) for given in stored]
        self._all_codes = all(self._are_codes)
        self._places = [_Places(one, begin) for one, begin in zip(values, self._begins.tolist(), strict=True)]
        if self._all_codes:
            self._table = np.concatenate([t + begin for t, begin in zip(self._finders, self._begins, strict=True)])
            self._tops = np.array([len(table) - 3 for table in self._finders], dtype=np.float64)
            self._table_begins = np.cumsum([1, *(len(table) for table in self._finders[:-1])]).astype(np.float64)

    def find_in_row(self, row: list[float]) -> list[int]:
        """Do the same for the values of one row."""
        if not self._all_codes:
            refuse_row(row, missing_allowed=True)
        found = [
            one.by_value.get(value, one.unknown) if value == value else one.missing
            for value, one in zip(row, self._places, strict=True)
        ]
        if self._strict and any(place == one.unknown for place, one in zip(found, self._places, strict=True)):
            raise UnknownCategory
        return found

    def find(self, table: np.ndarray) -> np.ndarray:
        """Return, for each value, the index of its category among those of all columns."""
        if self._all_codes:
            codes = np.where(np.isnan(table), self._tops + 1, np.minimum(table, self._tops))
            found = self._table[(codes + self._table_begins).astype(np.intp)]
        else:
            refuse(table, missing_allowed=True)
            finders = zip(table.T, self._finders, self._are_codes, strict=True)
            found = np.stack(
                [_look_up(column, one) if is_code else _search(column, one) for column, one, is_code in finders], axis=1
            )
            found += self._begins
        if self._strict and self._unknown[found].any():
            raise UnknownCategory
        return found


class _Places:
    """Where a value stands, in one column."""

    def __init__(self, values: np.ndarray, begin: int) -> None:
        known = enumerate(values.tolist(), begin)
        self.by_value = {value: place for place, value in known if value == value}
        self.unknown = begin + len(values)
        self.missing = self.unknown - 1 if np.isnan(values[-1]) else self.unknown


def _are_codes(stored: Any) -> bool:
    """Tell whether these are texts or objects, which inputs have codes for."""
    return isinstance(stored, StoredValues) and (
        not isinstance(stored.values, np.ndarray) or stored.values.dtype.kind in "US"
    )


def _read(name: str, column: Input | None, stored: Any) -> np.ndarray:
    """Return the numbers of the categories, or the codes of texts, as they stand in the file."""
    if _are_codes(stored):
        if column is None:
            raise NotCovered(f"a {name} of texts behind a transformer of numbers")
        objects = stored.values.tolist() if isinstance(stored.values, np.ndarray) else stored.values
        values = np.array([column.code(value) for value in objects], dtype=np.float64)
        column.suggest(objects)
        known = values[~np.isnan(values)]
        sound = len(values) > 0 and not np.isnan(values[:-1]).any() and len(np.unique(known)) == len(known)
    else:
        values = as_numbers(stored, "categories_", (None,))
        sound = bool(
            len(values)
            and np.isfinite(values[:-1]).all()
            and not np.isinf(values[-1])
            and not (np.diff(values) <= 0).any()
        )
        if column is not None:
            column.use_as_number(_kind(stored))
            column.suggest(_as_kind(values, stored))
    if not sound:
        raise NotCovered(f"a {name} of other categories than texts, or numbers in order")
    return values


def _kind(stored: Any) -> str:
    return {"b": "boolean", "i": "integer", "u": "integer"}.get(stored.values.dtype.kind, "number")


def _as_kind(values: np.ndarray, stored: Any) -> list[Any]:
    kind = _kind(stored)
    return values.tolist() if kind == "number" else [bool(v) if kind == "boolean" else int(v) for v in values.tolist()]


def _lay_out(codes: np.ndarray) -> np.ndarray:
    """Return the index of the category by code, from -1 on; then for greater codes, and for missing values."""
    size, most = len(codes), int(np.nanmax(codes, initial=-1))
    table = np.full(most + 4, size)
    for index, code in enumerate(codes.tolist()):
        table[-1 if math.isnan(code) else int(code) + 1] = index
    return table


def _search(column: np.ndarray, categories: np.ndarray) -> np.ndarray:
    at = np.minimum(np.searchsorted(categories, column), len(categories) - 1)
    found = categories[at]
    known = (found == column) | (np.isnan(found) & np.isnan(column))
    return np.where(known, at, len(categories))


def _look_up(column: np.ndarray, table: np.ndarray) -> np.ndarray:
    top = len(table) - 3
    return table[(np.where(np.isnan(column), top + 1, np.minimum(column, top)) + 1).astype(np.intp)]
