"""Encoders of categories: what becomes of each category, of unknown values and of NaN, as a table per column."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from inference_server.evaluate.evaluator import Step
from inference_server.evaluate.fields import Fields, as_numbers
from inference_server.evaluate.refuse import refuse
from inference_server.not_covered import NotCovered
from inference_server.pickles.unresolved_values import Name, StoredValues

_NOTHING = -1


def read_one_hot(fields: Fields, width: int) -> tuple[Step, int]:
    """A column of 0 and 1 for each category, or group of infrequent ones, that is not dropped."""
    _check_type(fields)
    categories = _read_categories(fields, width)
    tables, sizes = _read_places(fields, categories)
    strict = fields.any("handle_unknown") == "error"

    def step(table: np.ndarray) -> np.ndarray:
        refuse(table, missing_allowed=True)
        blocks = []
        for column, one, places, size in zip(table.T, categories, tables, sizes, strict=True):
            blocks.append(places[_find(column, one, strict)][:, None] == np.arange(size))
        return np.concatenate(blocks, axis=1).astype(np.float64)

    return step, sum(sizes)


def one_hot_sizes(fields: Fields, width: int) -> list[int]:
    """How many columns a OneHotEncoder makes of each."""
    return _read_places(fields, _read_categories(fields, width))[1]


def _read_places(fields: Fields, categories: list[np.ndarray]) -> tuple[list[np.ndarray], list[int]]:
    """For each column where each category has its 1, last for unknown values, and how many places there are."""
    mappings = _read_mappings(fields, categories)
    dropped = _read_dropped(fields, len(categories))
    tables, sizes = [], []
    for index, one in enumerate(categories):
        mapping, drop = mappings[index], dropped[index]
        groups = np.arange(len(one)) if mapping is None else mapping
        unknown = _NOTHING
        if mapping is not None and _groups_unknown(fields):
            unknown = groups[_infrequent(fields, index, len(one))]
        table = np.append(groups, unknown)
        if drop is not None:
            table = np.where(table == drop, _NOTHING, table - (table > drop))
        tables.append(table)
        sizes.append(int(groups.max()) + 1 - (drop is not None))
    return tables, sizes


def read_ordinal(fields: Fields, width: int) -> tuple[Step, int]:
    """A number for each category, or group of infrequent ones."""
    _check_type(fields)
    categories = _read_categories(fields, width)
    strict = fields.any("handle_unknown") == "error"
    unknown = math.nan if strict else _number(fields, "unknown_value")
    missing = _number(fields, "encoded_missing_value", math.nan)
    tables = []
    for one, mapping in zip(categories, _read_mappings(fields, categories), strict=True):
        codes = np.arange(len(one)) if mapping is None else mapping.copy()
        values = codes.astype(np.float64)
        if np.isnan(one[-1]):
            # scikit-learn does not group NaN, and looks for its number when the others have been grouped.
            codes[-1] = len(one) - 1
            values = np.where(codes == len(one) - 1, missing, codes)
        tables.append(np.append(values, unknown))

    def step(table: np.ndarray) -> np.ndarray:
        refuse(table, missing_allowed=True)
        encoded = np.empty_like(table)
        for index, one in enumerate(categories):
            encoded[:, index] = tables[index][_find(table[:, index], one, strict)]
        return encoded

    return step, width


def _find(column: np.ndarray, categories: np.ndarray, strict: bool) -> np.ndarray:
    """Return the index of each value among the categories, and their number for unknown ones."""
    at = np.minimum(np.searchsorted(categories, column), len(categories) - 1)
    found = categories[at]
    known = (found == column) | (np.isnan(found) & np.isnan(column))
    if strict and not known.all():
        raise ValueError("Found unknown categories")
    return np.where(known, at, len(categories))


def _read_categories(fields: Fields, width: int) -> list[np.ndarray]:
    """Numbers in order; NaN may be the last."""
    categories = [as_numbers(value, "categories_", (None,)) for value in fields.items("categories_")]
    if len(categories) != width or not all(
        len(one) and np.isfinite(one[:-1]).all() and not np.isinf(one[-1]) and not (np.diff(one) <= 0).any()
        for one in categories
    ):
        raise NotCovered(f"a {fields.name} of other categories than numbers in order")
    return categories


def _read_mappings(fields: Fields, categories: list[np.ndarray]) -> list[np.ndarray | None]:
    """For each column the group of each category, or None where none is infrequent."""
    if not fields.any("_infrequent_enabled", False):
        return [None] * len(categories)
    stored = fields.items("_default_to_infrequent_mappings")
    if len(stored) != len(categories):
        raise NotCovered(f"a {fields.name} in a form of its own")
    mappings: list[np.ndarray | None] = []
    for value, one in zip(stored, categories, strict=True):
        if value is None:
            mappings.append(None)
            continue
        mapping = as_numbers(value, "groups of categories", (None,))
        # scikit-learn leaves NaN, always the last, out of some.
        if len(mapping) == len(one) - 1 and np.isnan(one[-1]):
            mapping = np.append(mapping, len(one) - 1)
        if len(mapping) != len(one) or not ((mapping >= 0) & (mapping < len(one))).all():
            raise NotCovered(f"a {fields.name} whose groups do not fit its categories")
        mappings.append(mapping.astype(int))
    return mappings


def _groups_unknown(fields: Fields) -> bool:
    # "warn" came with scikit-learn 1.6, and until 1.7 it made zeros all the same.
    handling = fields.any("handle_unknown")
    return handling == "infrequent_if_exist" or (handling == "warn" and fields.version >= (1, 8))


def _infrequent(fields: Fields, column: int, count: int) -> int:
    """The first infrequent category of a column that has one."""
    indices = as_numbers(fields.items("_infrequent_indices")[column], "infrequent categories", (None,))
    if not len(indices) or not 0 <= indices[0] < count:
        raise NotCovered(f"a {fields.name} whose groups do not fit its categories")
    return int(indices[0])


def _read_dropped(fields: Fields, width: int) -> list[int | None]:
    dropped: Any = fields.any("_drop_idx_after_grouping", fields.any("drop_idx_", None))
    if dropped is None:
        return [None] * width
    dropped = dropped.values if isinstance(dropped, StoredValues) else dropped
    dropped = dropped.tolist() if isinstance(dropped, np.ndarray) else dropped
    if not isinstance(dropped, list) or len(dropped) != width:
        raise NotCovered(f"a {fields.name} in a form of its own")
    if not all(one is None or (type(one) is int and one >= 0) for one in dropped):
        raise NotCovered(f"a {fields.name} that drops something else than categories")
    return dropped


def _check_type(fields: Fields) -> None:
    # In float32 the model behind it would compute with other numbers.
    dtype = fields.any("dtype")
    if not (isinstance(dtype, Name) and dtype.name in ("float", "float64")):
        raise NotCovered(f"a {fields.name} of another type than float64")


def _number(fields: Fields, name: str, default: float | None = None) -> float:
    value = fields.any(name, default)
    if not isinstance(value, (int, float)):
        raise NotCovered(f"a {fields.name} whose {name} is no number")
    return float(value)
