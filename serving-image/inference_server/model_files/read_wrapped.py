"""Models of other libraries inside a pickle: alone, or as the last step of a Pipeline of scikit-learn's.

Their own format lies there as bytes, which the strict reader of that format reads; what the class around it makes of
the answer (labels, the value that counts as missing) is done as that class does it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from inference_server.evaluate.evaluator import Evaluator
from inference_server.not_covered import NotCovered
from inference_server.pickles.unresolved_values import Instance


def read_wrapped(value: Any) -> Evaluator | None:
    """Return the evaluator of an unresolved value of XGBoost, LightGBM or CatBoost, None of anything else.

    Raises ``NotCovered``, with the way forward, for what only that library can compute, and ``ModelError``.
    """
    if not isinstance(value, Instance):
        return None
    library = value.module.partition(".")[0]
    read = _READERS.get(library)
    if read is None:
        return None
    try:
        return read(value)
    except NotCovered as reason:
        reason.way = _WAYS[library]
        raise


def _read_xgboost(value: Instance) -> Evaluator:
    from inference_server.model_files.pickled_xgboost import read_pickled_xgboost

    return read_pickled_xgboost(value)


def _read_lightgbm(value: Instance) -> Evaluator:
    from inference_server.model_files.pickled_lightgbm import read_pickled_lightgbm

    return read_pickled_lightgbm(value)


def _read_catboost(value: Instance) -> Evaluator:
    from inference_server.model_files.pickled_catboost import read_pickled_catboost

    return read_pickled_catboost(value)


_READERS: dict[str, Callable[[Instance], Evaluator]] = {
    "catboost": _read_catboost,
    "lightgbm": _read_lightgbm,
    "xgboost": _read_xgboost,
}
_WAYS = {
    "catboost": "Train with what the server evaluates.",
    "xgboost": "Save the booster with save_model('model.ubj'), or train with what the server evaluates.",
    "lightgbm": "Save the booster with save_model('model.lgb.txt'), or train with what the server evaluates.",
}
