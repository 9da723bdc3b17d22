"""SHAP values of linear models: each coefficient times how far its column is from the column's mean."""

from __future__ import annotations

import numpy as np

from inference_server.evaluate.read_linear import LinearSums


class LinearShap:
    """Explains rows x columns of float64; ``base``, the answer at the means, holds a number per class.

    Equal to ``shap.LinearExplainer`` on independent columns of these means. A mean that is not known (NaN)
    counts as 0: then ``base`` is what the model answers where that column is 0.
    """

    is_compiled = False

    def __init__(self, sums: LinearSums, means: np.ndarray) -> None:
        self._coefficients = sums.coefficients
        self._means = np.where(np.isnan(means), 0.0, means)
        self.base = self._coefficients @ self._means + sums.intercept
        self.steps = max(1, self._coefficients.size)

    def __call__(self, table: np.ndarray) -> np.ndarray:
        """Return rows x columns x classes."""
        return (table - self._means)[:, :, None] * self._coefficients.T
