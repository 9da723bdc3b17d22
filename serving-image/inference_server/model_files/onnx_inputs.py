"""What a graph takes: one table of numbers, or a named column or table of its own for each input."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from inference_server.evaluate.refuse import InfiniteValue, MissingValue
from inference_server.not_covered import NotCovered
from inference_server.table.column import Column
from inference_server.table.refused_values import RefusedValues

# ONNX's type -> numpy's, and what a column of it holds.
_TYPES: dict[str, tuple[Any, str]] = {
    "tensor(float)": (np.float32, "number"),
    "tensor(double)": (np.float64, "number"),
    "tensor(int64)": (np.int64, "integer"),
    "tensor(int32)": (np.int32, "integer"),
    "tensor(bool)": (np.bool_, "boolean"),
    "tensor(string)": (object, "text"),
}
_MOST_INPUTS = 10_000
# Above it float64, in which rows come, has no longer every whole number.
_MOST_WHOLE = 2.0**53


class NotWhole(RefusedValues):
    """A number with a fraction, or too large, where the graph takes whole ones; or neither 0 nor 1 for a boolean."""


@dataclass(frozen=True)
class OnnxInput:
    """One input: the columns from ``first`` on, as many as ``width``."""

    name: str
    dtype: Any
    type: str
    first: int
    width: int

    def values(self, table: np.ndarray, texts: dict[int, list[Any]]) -> np.ndarray:
        """Return rows x ``width`` as the graph takes them; raise ``RefusedValues`` for what it does not."""
        if self.type == "text":
            cells = [texts.get(place, [None] * len(table)) for place in range(self.first, self.first + self.width)]
            if any(cell is None for column in cells for cell in column):
                raise MissingValue
            return np.array(list(zip(*cells, strict=True)), dtype=object).reshape(len(table), self.width)
        part = table[:, self.first : self.first + self.width]
        if self.type == "number":
            with np.errstate(over="ignore"):
                part = part.astype(self.dtype)
            if np.isinf(part).any():
                raise InfiniteValue
            return part
        if np.isnan(part).any():
            raise MissingValue
        most = 1.0 if self.type == "boolean" else min(_MOST_WHOLE, float(np.iinfo(self.dtype).max))
        least = 0.0 if self.type == "boolean" else -most
        if not ((part == np.floor(part)) & (part >= least) & (part <= most)).all():
            raise NotWhole
        return part.astype(self.dtype)


def read_inputs(session: Any) -> list[OnnxInput]:
    """Return the inputs, side by side. Raises ``NotCovered`` for other types and shapes, with what is taken."""
    found: list[OnnxInput] = []
    given = session.get_inputs()
    if not 1 <= len(given) <= _MOST_INPUTS:
        raise NotCovered(f"ONNX models of {len(given)} inputs")
    for one in given:
        if one.type not in _TYPES:
            raise NotCovered(f"ONNX models that take {one.type}, as the input {one.name[:60]!r} of this one")
        shape = one.shape
        if len(shape) != 2 or isinstance(shape[0], int) or not isinstance(shape[1], int) or shape[1] < 1:
            what = f"not of the shape [any, number of features] but {shape}"
            raise NotCovered(f"ONNX models whose input {one.name[:60]!r} is {what}"[:200])
        first = 0 if not found else found[-1].first + found[-1].width
        found.append(OnnxInput(one.name, *_TYPES[one.type], first, shape[1]))
    return found


def column_names(inputs: list[OnnxInput]) -> np.ndarray | None:
    """Return the names of the columns: of several inputs, or of one text, theirs. One table has no names."""
    if len(inputs) == 1 and (inputs[0].width > 1 or inputs[0].type != "text"):
        return None
    names = [one.name if one.width == 1 else f"{one.name}_{place}" for one in inputs for place in range(one.width)]
    if len(set(names)) != len(names):
        raise NotCovered("ONNX models of two inputs that make columns of the same name")
    return np.array(names, dtype=object)


def columns_of(inputs: list[OnnxInput]) -> tuple[Column, ...] | None:
    """Return what each column holds, or None where all are numbers."""
    if all(one.type == "number" for one in inputs):
        return None
    return tuple(Column(type=one.type) for one in inputs for _ in range(one.width))
