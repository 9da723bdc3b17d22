"""Models that answer several numbers or labels a row, to test with."""

from __future__ import annotations

import numpy as np
import sklearn
from sklearn.datasets import load_iris
from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor, RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import (
    ElasticNet,
    Lars,
    Lasso,
    LinearRegression,
    MultiTaskElasticNetCV,
    MultiTaskLasso,
    OrthogonalMatchingPursuit,
    Ridge,
    RidgeClassifier,
    RidgeClassifierCV,
    RidgeCV,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor, ExtraTreeClassifier, ExtraTreeRegressor

ROWS, _SPECIES = load_iris(return_X_y=True)
_WIDE = (ROWS[:, 1] > 3).astype(int)
ANSWERS = {
    "numbers": np.column_stack([2 * ROWS[:, 0] - ROWS[:, 1], ROWS[:, 2] ** 2]),
    "one number": ROWS[:, :1] + ROWS[:, 2:3] ** 2,
    # One of three, and one of two that is no index.
    "labels": np.column_stack([_SPECIES, np.array([4, 7])[_WIDE]]),
    "texts": np.column_stack([np.array(["f", "m"])[_WIDE], np.array(["setosa", "versicolor", "virginica"])[_SPECIES]]),
    # Each of three labels, which a row has or has not.
    "marks": np.column_stack([ROWS[:, place] > ROWS[:, place].mean() for place in range(3)]).astype(int),
}


def load_several(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return rows and answers; "several labels-holes": a tenth of the rows' numbers is missing."""
    answers, _, holes = name.removeprefix("several ").partition("-")
    rows = ROWS.copy()
    if holes:
        rows[np.random.default_rng(0).random(rows.shape) < 0.1] = np.nan
    return rows, ANSWERS[answers]


def several_models() -> dict[str, tuple[str, object]]:
    """Return each model's name, data and unfitted estimator: all that the server evaluates itself."""
    minor = int(sklearn.__version__.split(".")[1])
    models: dict[str, tuple[str, object]] = {}
    for data in ("labels", "texts", "marks"):
        models |= {
            f"tree of {data}": (data, DecisionTreeClassifier(random_state=1)),
            f"forest of {data}": (data, RandomForestClassifier(9, random_state=1)),
        }
    models |= {
        "extra trees of labels": ("labels", ExtraTreesClassifier(9, random_state=1)),
        "extra tree of labels": ("labels", ExtraTreeClassifier(random_state=1)),
        "weighted forest of labels": (
            "labels",
            RandomForestClassifier(9, class_weight="balanced", max_leaf_nodes=9, random_state=1),
        ),
        "tree of numbers": ("numbers", DecisionTreeRegressor(random_state=1)),
        "extra tree of numbers": ("numbers", ExtraTreeRegressor(random_state=1)),
        "forest of numbers": ("numbers", RandomForestRegressor(9, random_state=1)),
        "extra trees of numbers": ("numbers", ExtraTreesRegressor(9, random_state=1)),
        "linear of numbers": ("numbers", LinearRegression()),
        "linear of one number": ("one number", LinearRegression()),
        "linear without intercept": ("numbers", LinearRegression(fit_intercept=False)),
        "scaled ridge of numbers": ("numbers", make_pipeline(StandardScaler(), Ridge())),
        "ridge of one number": ("one number", Ridge()),
        "ridge of numbers": ("numbers", RidgeCV()),
        "lasso of numbers": ("numbers", Lasso(0.01)),
        "lasso of one number": ("one number", Lasso(0.01)),
        "elastic net of numbers": ("numbers", ElasticNet(0.01)),
        "multi-task lasso of numbers": ("numbers", MultiTaskLasso(0.01)),
        "searched multi-task net of numbers": ("numbers", MultiTaskElasticNetCV(alphas=[0.1, 0.01], cv=3)),
        "least angles of numbers": ("numbers", Lars()),
        "matching pursuit of numbers": ("numbers", OrthogonalMatchingPursuit(n_nonzero_coefs=2)),
        "ridge of marks": ("marks", RidgeClassifier()),
        "searched ridge of marks": ("marks", make_pipeline(StandardScaler(), RidgeClassifierCV())),
    }
    if minor >= 3:
        models["tree of labels and holes"] = ("labels-holes", DecisionTreeClassifier(random_state=1))
        models["tree of numbers and holes"] = ("numbers-holes", DecisionTreeRegressor(random_state=1))
    if minor >= 4:
        models["forest of numbers and holes"] = ("numbers-holes", RandomForestRegressor(9, random_state=1))
    return {f"several: {name}": (f"several {data}", estimator) for name, (data, estimator) in models.items()}
