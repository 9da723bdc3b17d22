"""Makes the tree of a nearest-neighbours estimator anew, of the rows that the file holds.

The state of a KDTree or BallTree is indexes that its compiled code follows unchecked, so it is not read. The same rows,
metric and leaf size make the same tree: fitting uses no random numbers (scikit-learn, neighbors/_base.py, ``_fit``).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.neighbors import BallTree, KDTree

from inference_server.model_error import ModelError

_TREES: dict[str, Any] = {"kd_tree": KDTree, "ball_tree": BallTree}
# Functions of the author's own.
_UNSERVED = {"pyfunc"}


def rebuild_tree(estimator: Any) -> None:
    """Set ``_tree`` of what has one. Raises ``ModelError`` for what fitting would not have left."""
    kind = _TREES.get(str(getattr(estimator, "_fit_method", None)))
    if kind is None:
        estimator._tree = None
        return
    rows, leaf_size = estimator._fit_X, estimator.leaf_size
    metric, given = estimator.effective_metric_, estimator.effective_metric_params_
    sound = (
        isinstance(rows, np.ndarray)
        and rows.ndim == 2
        and rows.dtype in (np.float32, np.float64)
        and isinstance(leaf_size, int)
        and leaf_size >= 1
        and isinstance(metric, str)
        and metric in set(kind.valid_metrics) - _UNSERVED
        and isinstance(given, dict)
        and all(value is None or isinstance(value, (int, float, np.number, np.ndarray)) for value in given.values())
    )
    if not sound:
        raise ModelError("The model file holds neighbours with a metric, or in a form, that is not served.")
    estimator._tree = kind(rows, leaf_size, metric=metric, **given)
