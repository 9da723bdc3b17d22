"""KBinsDiscretizer (sklearn/preprocessing/_discretization.py) and MissingIndicator: bins, and where gaps are."""

from __future__ import annotations

import numpy as np

from inference_server.evaluate.fields import Fields, as_numbers
from inference_server.evaluate.inputs import Columns, made, suggest, use_as_numbers
from inference_server.evaluate.refuse import MissingValue, refuse
from inference_server.evaluate.step import Step
from inference_server.not_covered import NotCovered
from inference_server.pickles.unresolved_values import Name


def read_bins(fields: Fields, columns: Columns) -> tuple[Step, Columns]:
    """The number of each value's bin, or a column of 0 and 1 for each bin."""
    width = use_as_numbers(columns)
    edges = _edges(fields, width)
    suggest(columns, [float(own[len(own) // 2]) for own in edges])
    inner = [own[1:-1] for own in edges]
    if fields.any("encode") == "ordinal":
        return Step(lambda table: _find_bins(table, inner).astype(np.float64)), made(width)
    sizes = bin_sizes(fields, width)
    begins = np.cumsum([0, *sizes[:-1]])
    total = sum(sizes)

    def of_table(table: np.ndarray) -> np.ndarray:
        out = np.zeros((len(table), total))
        out[np.arange(len(table))[:, None], _find_bins(table, inner) + begins] = 1.0
        return out

    return Step(of_table), made(total)


def bin_sizes(fields: Fields, width: int) -> list[int]:
    """How many columns a KBinsDiscretizer makes of each."""
    encode = fields.any("encode")
    if encode == "ordinal":
        return [1] * width
    if encode not in ("onehot", "onehot-dense"):
        raise NotCovered("a KBinsDiscretizer of such an encoding")
    return [len(own) - 1 for own in _edges(fields, width)]


def _edges(fields: Fields, width: int) -> list[np.ndarray]:
    dtype = fields.any("dtype", None)
    if dtype is not None and not (isinstance(dtype, Name) and dtype.name in ("float", "float64")):
        raise NotCovered("a KBinsDiscretizer of another type than float64")
    edges = [as_numbers(own, "KBinsDiscretizer.bin_edges_", (None,)) for own in fields.items("bin_edges_")]
    counts = fields.numbers("n_bins_", (width,))
    sound = len(edges) == width and all(len(own) >= 2 and not (np.diff(own) < 0).any() for own in edges)
    if not sound or [len(own) - 1 for own in edges] != counts.tolist():
        raise NotCovered("a KBinsDiscretizer in a form of its own")
    return edges


def _find_bins(table: np.ndarray, inner: list[np.ndarray]) -> np.ndarray:
    refuse(table)
    return np.stack([np.searchsorted(own, column, side="right") for column, own in zip(table.T, inner, strict=True)], 1)


def read_indicator(fields: Fields, columns: Columns) -> tuple[Step, Columns]:
    """A column of 0 and 1 for each that had gaps in training; a gap in another may be refused."""
    width = use_as_numbers(columns)
    missing = fields.any("missing_values")
    if not isinstance(missing, (int, float)):
        raise NotCovered("a MissingIndicator of something other than numbers")
    indicated = indicated_columns(fields, width)
    strict = fields.any("features") == "missing-only" and bool(fields.any("error_on_new"))
    others = np.setdiff1d(np.arange(width), indicated)
    is_nan = missing != missing

    def of_table(table: np.ndarray) -> np.ndarray:
        refuse(table, missing_allowed=is_nan)
        holes = np.isnan(table) if is_nan else table == missing
        if strict and holes[:, others].any():
            raise MissingValue
        return holes[:, indicated].astype(np.float64)

    return Step(of_table), made(len(indicated))


def indicated_columns(fields: Fields, width: int) -> np.ndarray:
    """The columns whose gaps a MissingIndicator tells."""
    indicated = fields.numbers("features_", (None,)).astype(int)
    if not len(indicated) or not ((indicated >= 0) & (indicated < width)).all():
        raise NotCovered("a MissingIndicator of columns that are not there")
    return indicated
