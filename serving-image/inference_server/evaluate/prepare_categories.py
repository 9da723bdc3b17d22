"""Encoders of categories: what becomes of each category, of unknown values and of NaN, as a table per column."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from inference_server.evaluate.fields import Fields, as_numbers
from inference_server.evaluate.inputs import Columns, inputs, made
from inference_server.evaluate.known_categories import KnownCategories
from inference_server.evaluate.step import Step
from inference_server.not_covered import NotCovered
from inference_server.pickles.unresolved_values import Name, StoredValues

_NOTHING = -1
_FLOATS = frozenset({"float", "float64"})
# Whichever type holds 0 and 1, what stands behind it gets float64; of codes the small types are too small.
_ZERO_AND_ONE = _FLOATS | {
    "bool",
    "bool_",
    "int",
    *(f"{kind}{bits}" for kind in ("int", "uint") for bits in (8, 16, 32, 64)),
}
_CODES = _FLOATS | {"int", "int32", "int64"}


def read_one_hot(fields: Fields, columns: Columns) -> tuple[Step, Columns]:
    """A column of 0 and 1 for each category, or group of infrequent ones, that is not dropped."""
    _check_type(fields, _ZERO_AND_ONE)
    known = _read_known(fields, columns)
    tables, sizes = _read_places(fields, known)
    begins = np.cumsum([0, *sizes[:-1]])
    # Of each category the column that gets its 1, or none.
    target = np.concatenate(
        [np.where(table == _NOTHING, _NOTHING, table + begin) for table, begin in zip(tables, begins, strict=True)]
    )
    width = sum(sizes)

    def of_table(table: np.ndarray) -> np.ndarray:
        chosen = target[known.find(table)]
        out = np.zeros((len(table), width))
        if chosen.min(initial=0) >= 0:
            out[np.arange(len(table))[:, None], chosen] = 1.0
            return out
        row, column = np.nonzero(chosen >= 0)
        out[row, chosen[row, column]] = 1.0
        return out

    targets = target.tolist()

    def of_row(row: list[float]) -> list[float]:
        out = [0.0] * width
        for index in known.find_in_row(row):
            if (chosen := targets[index]) >= 0:
                out[chosen] = 1.0
        return out

    return Step(of_table, of_row), made(width)


def one_hot_sizes(fields: Fields, width: int) -> list[int]:
    """How many columns a OneHotEncoder makes of each."""
    return _read_places(fields, _read_known(fields, inputs(width)))[1]


def _read_places(fields: Fields, known: KnownCategories) -> tuple[list[np.ndarray], list[int]]:
    """For each column where each category has its 1, last for unknown values, and how many places there are."""
    mappings = _read_mappings(fields, known)
    dropped = _read_dropped(fields, len(known.sizes))
    tables, sizes = [], []
    for index, size in enumerate(known.sizes):
        mapping, drop = mappings[index], dropped[index]
        groups = np.arange(size) if mapping is None else mapping
        unknown = _NOTHING
        if mapping is not None and _groups_unknown(fields):
            unknown = groups[_infrequent(fields, index, size)]
        table = np.append(groups, unknown)
        if drop is not None:
            table = np.where(table == drop, _NOTHING, table - (table > drop))
        tables.append(table)
        sizes.append(int(groups.max()) + 1 - (drop is not None))
    return tables, sizes


def read_ordinal(fields: Fields, columns: Columns) -> tuple[Step, Columns]:
    """A number for each category, or group of infrequent ones."""
    _check_type(fields, _CODES)
    known = _read_known(fields, columns)
    strict = fields.any("handle_unknown") == "error"
    unknown = math.nan if strict else _number(fields, "unknown_value")
    missing = _number(fields, "encoded_missing_value", math.nan)
    tables = []
    for size, has_missing, mapping in zip(known.sizes, known.missing, _read_mappings(fields, known), strict=True):
        codes = np.arange(size) if mapping is None else mapping.copy()
        values = codes.astype(np.float64)
        if has_missing:
            # scikit-learn does not group NaN, and looks for its number when the others have been grouped.
            codes[-1] = size - 1
            values = np.where(codes == size - 1, missing, codes)
        tables.append(np.append(values, unknown))
    encoded = np.concatenate(tables)

    numbers = encoded.tolist()
    return (
        Step(
            lambda table: encoded[known.find(table)], lambda row: [numbers[index] for index in known.find_in_row(row)]
        ),
        made(len(columns)),
    )


def read_target(fields: Fields, columns: Columns) -> tuple[Step, Columns]:
    """The mean of the answers for each category, smoothed in training; of several classes a mean for each class."""
    known = KnownCategories(fields.name, columns, fields.items("categories_"), strict=False)
    outputs = target_outputs(fields)
    means = fields.numbers("target_mean_").reshape(-1)
    stored = fields.items("encodings_")
    if len(stored) != len(columns) * outputs or len(means) != outputs:
        raise NotCovered("a TargetEncoder in a form of its own")
    tables = []
    for index, size in enumerate(known.sizes):
        own = stored[index * outputs : (index + 1) * outputs]
        encodings = [as_numbers(one, "TargetEncoder.encodings_", (size,)) for one in own]
        tables.append(np.concatenate([np.column_stack(encodings), means[None]]))
    encoded = np.concatenate(tables)
    width = len(columns) * outputs
    numbers = encoded.tolist()
    return (
        Step(
            lambda table: encoded[known.find(table)].reshape(len(table), width),
            lambda row: [number for index in known.find_in_row(row) for number in numbers[index]],
        ),
        made(width),
    )


def target_outputs(fields: Fields) -> int:
    """How many columns a TargetEncoder makes of each."""
    # scikit-learn 1.3 knows two classes and numbers only.
    if fields.any("target_type_", "binary") != "multiclass":
        return 1
    return len(fields.labels("classes_"))


def _read_known(fields: Fields, columns: Columns) -> KnownCategories:
    return KnownCategories(
        fields.name, columns, fields.items("categories_"), strict=fields.any("handle_unknown") == "error"
    )


def _read_mappings(fields: Fields, known: KnownCategories) -> list[np.ndarray | None]:
    """For each column the group of each category, or None where none is infrequent."""
    if not fields.any("_infrequent_enabled", False):
        return [None] * len(known.sizes)
    stored = fields.items("_default_to_infrequent_mappings")
    if len(stored) != len(known.sizes):
        raise NotCovered(f"a {fields.name} in a form of its own")
    mappings: list[np.ndarray | None] = []
    for value, size, has_missing in zip(stored, known.sizes, known.missing, strict=True):
        if value is None:
            mappings.append(None)
            continue
        mapping = as_numbers(value, "groups of categories", (None,))
        # scikit-learn leaves NaN, always the last, out of some.
        if len(mapping) == size - 1 and has_missing:
            mapping = np.append(mapping, size - 1)
        if len(mapping) != size or not ((mapping >= 0) & (mapping < size)).all():
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


def _check_type(fields: Fields, served: frozenset[str]) -> None:
    # In float32 the model behind it would compute with other numbers.
    dtype = fields.any("dtype")
    if not (isinstance(dtype, Name) and dtype.name in served):
        raise NotCovered(f"a {fields.name} of another type than float64")


def _number(fields: Fields, name: str, default: float | None = None) -> float:
    value = fields.any(name, default)
    if not isinstance(value, (int, float)):
        raise NotCovered(f"a {fields.name} whose {name} is no number")
    return float(value)
