"""XGBoost's last steps, in float32 as XGBoost does them.

``exp`` is rounded from float64: equal to glibc's ``expf`` but for one last bit in a few hundred.
"""

from __future__ import annotations

import numpy as np


def sigmoid(sums: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Two classes out of one column."""
    positive = _logistic(sums[:, 0])
    return (positive > np.float32(0.5)).astype(int), np.stack([np.float32(1) - positive, positive], axis=1)


def softmax(sums: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """One column per class; the most probable is the answer."""
    probabilities = _shares(sums)
    return probabilities.argmax(axis=1), probabilities


def largest(sums: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """One column per class; the largest sum is the answer."""
    return sums.argmax(axis=1), _shares(sums)


def signs(sums: np.ndarray) -> tuple[np.ndarray, None]:
    """Two classes out of one column, without probabilities."""
    return (sums[:, 0] > 0).astype(int), None


def logistic(sums: np.ndarray) -> tuple[np.ndarray, None]:
    """A number between 0 and 1."""
    return _logistic(sums[:, 0]), None


def exponentials(sums: np.ndarray) -> tuple[np.ndarray, None]:
    """The only column is the logarithm of the answer."""
    return _exp(sums[:, 0].astype(np.float32)), None


def _logistic(x: np.ndarray) -> np.ndarray:
    # Beyond 88.7 float32 has no exp.
    return np.float32(1) / (_exp(np.minimum(-x.astype(np.float32), np.float32(88.7))) + np.float32(1))


def _shares(sums: np.ndarray) -> np.ndarray:
    single = sums.astype(np.float32)
    raised = _exp(single - single.max(axis=1, keepdims=True))
    # XGBoost adds up in float64, in order, and divides in float32.
    return raised / np.cumsum(raised, axis=1, dtype=np.float64)[:, -1:].astype(np.float32)


def _exp(x: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore"):
        return np.exp(x.astype(np.float64)).astype(np.float32)
