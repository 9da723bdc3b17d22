"""Which inputs each column behind the preprocessing is made of, and its mean over the training rows, where known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Columns:
    """``origins``: the indexes of the inputs, in order, for each column; ``means``: NaN where it is not known."""

    origins: list[tuple[int, ...]]
    means: np.ndarray


def inputs(width: int) -> Columns:
    """The model's inputs themselves."""
    return Columns([(index,) for index in range(width)], np.full(width, np.nan))
