"""The functions within a FunctionTransformer: numpy's of one number, and what to do where it is another."""

from __future__ import annotations

from typing import Any

import numpy as np

from inference_server.model_error import ModelError
from inference_server.pickles.numpy_functions import NUMPY_FUNCTIONS
from inference_server.pickles.pickled_values import is_column_check
from inference_server.pickles.refusals import REFUSALS


def check_functions(state: dict[str, Any]) -> None:
    """Raise ``ModelError`` unless the state of a FunctionTransformer holds listed functions and no arguments."""
    for function in (state.get("func"), state.get("inverse_func")):
        if not (function is None or is_column_check(function) or isinstance(function, np.ufunc)):
            raise ModelError(
                "The model file holds a FunctionTransformer with a function of its own, which is not loaded. It may "
                f"hold these of numpy: {', '.join(sorted(NUMPY_FUNCTIONS))}."
            )
    if state.get("kw_args") or state.get("inv_kw_args"):
        raise ModelError("The model file holds a FunctionTransformer with kw_args, which is not loaded.")


def not_listed(module: str, name: str) -> ModelError:
    """Return the error for a name that is on no list, with what to do."""
    told = f"The model file names {module}.{name}"[:200]
    because = f": {REFUSALS[name]}" if module.startswith("sklearn.") and name in REFUSALS else ""
    return ModelError(f"{told}, which is not on the list of what may be loaded{because}. {_advice(module)}")


def _advice(module: str) -> str:
    if module.startswith("numpy"):
        return f"Of numpy's functions a FunctionTransformer may hold these: {', '.join(sorted(NUMPY_FUNCTIONS))}."
    if module.startswith("scipy.sparse"):
        return (
            "Estimators that keep the rows of training as they are (support vector machines and neighbours) are not "
            "served behind text vectorizers: take a linear model (LinearSVC, LogisticRegression), or naive Bayes."
        )
    listed = "estimators of scikit-learn on that list (serving-image/inference_server/pickles/allow_list.py)"
    if module.startswith("sklearn"):
        return f"Use {listed}."
    return f"Use {listed}, without functions and classes of your own."
