"""numpy's functions of one number that a FunctionTransformer may hold: known by their names, and by no others.

How a file names them depends on the numpy that wrote it (numpy/core/__init__.py, ``_ufunc_reduce``): before 1.20 as a
call of ``_ufunc_reconstruct`` with module and name, until 1.26 as a name of ``numpy.core._multiarray_umath``, since 2.0
as a name of ``numpy``. ``np.abs`` is ``absolute`` in all of them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

# Not among them: reciprocal, which of integers makes integers: training's other ones than a request's.
_NAMES = (
    "absolute arccos arccosh arcsin arcsinh arctan arctanh cbrt ceil cos cosh deg2rad degrees exp exp2 expm1 fabs "
    "floor log log10 log1p log2 negative positive rad2deg radians rint sign sin sinh sqrt square tan tanh trunc"
)
NUMPY_FUNCTIONS = frozenset(_NAMES.split())
_WITHIN = ("", ".umath", "._multiarray_umath")
_MODULES = frozenset(("numpy", *(f"numpy.{core}{within}" for core in ("core", "_core") for within in _WITHIN)))


def is_numpy_function(module: Any, name: Any) -> bool:
    """Tell whether this names one of them, wherever a numpy has it."""
    return isinstance(module, str) and module in _MODULES and isinstance(name, str) and name in NUMPY_FUNCTIONS


def numpy_function(name: str) -> np.ufunc:
    """Return the installed numpy's function of a name out of ``NUMPY_FUNCTIONS``."""
    if name not in NUMPY_FUNCTIONS:
        raise KeyError(name)
    return getattr(np, name)
