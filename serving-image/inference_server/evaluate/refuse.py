"""Values that scikit-learn refuses: infinities, float32 overflow, missing values, and unknown categories."""

from __future__ import annotations

import numpy as np

from inference_server.table.refused_values import RefusedValues


class InfiniteValue(RefusedValues):
    """A value is infinite, or too large for the precision in which the model computes."""


class MissingValue(RefusedValues):
    """A value is NaN, and the model was not trained with missing values."""


class UnknownCategory(RefusedValues):
    """A category that training did not see, where the encoder was told to refuse such."""


def refuse(table: np.ndarray, missing_allowed: bool = False) -> None:
    """Raise unless all values are finite, or NaN where that is allowed."""
    if np.isfinite(table).all():
        return
    if np.isinf(table).any():
        raise InfiniteValue
    if not missing_allowed:
        raise MissingValue
