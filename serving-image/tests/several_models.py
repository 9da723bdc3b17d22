"""Models that answer several numbers or labels a row, to test with: all are trained on ``ROWS``."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.datasets import load_iris
from sklearn.linear_model import LinearRegression
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

ROWS, _SPECIES = load_iris(return_X_y=True)
NUMBERS = np.column_stack([ROWS[:, 0] * 2 - ROWS[:, 1], ROWS[:, 2] + 3])
# Of three whole numbers one, and of two one that is no index; the same as texts.
LABELS = np.column_stack([_SPECIES, np.where(ROWS[:, 1] > 3, 7, 4)])
TEXTS = np.column_stack([np.array(["setosa", "versicolor", "virginica"])[_SPECIES], np.where(ROWS[:, 1] > 3, "m", "f")])
# Each of three labels, which a row has or has not.
MARKS = np.column_stack([ROWS[:, place] > ROWS[:, place].mean() for place in range(3)]).astype(int)


def several_models() -> dict[str, tuple[np.ndarray, Any]]:
    """Return the answers that each is trained on, and the estimator."""
    network = MLPClassifier((5,), max_iter=30, random_state=1)
    return {
        "linear": (NUMBERS, LinearRegression()),
        "neighbours of numbers": (NUMBERS, KNeighborsRegressor(3, algorithm="brute")),
        "tree of labels": (LABELS, DecisionTreeClassifier(max_depth=4, random_state=1)),
        "neighbours of labels": (TEXTS, KNeighborsClassifier(3, algorithm="brute")),
        "network of marks": (MARKS, make_pipeline(StandardScaler(), network)),
    }
