"""The functions within a FunctionTransformer: numpy's of one number, and what to do where it is another."""

from __future__ import annotations

from typing import Any

import numpy as np

from inference_server.model_error import ModelError
from inference_server.pickles.numpy_functions import NUMPY_FUNCTIONS
from inference_server.pickles.pickled_values import is_column_check


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
