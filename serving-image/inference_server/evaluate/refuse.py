"""Values that scikit-learn refuses before it computes: infinities, float32 overflow, and missing values."""

from __future__ import annotations

import numpy as np


class InfiniteValue(ValueError):
    """A value is infinite, or too large for the precision in which the model computes."""


class MissingValue(ValueError):
    """A value is NaN, and the model was not trained with missing values."""


def refuse(table: np.ndarray, missing_allowed: bool = False) -> None:
    """Raise unless all values are finite, or NaN where that is allowed."""
    if np.isfinite(table).all():
        return
    if np.isinf(table).any():
        raise InfiniteValue
    if not missing_allowed:
        raise MissingValue
