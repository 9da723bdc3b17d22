"""A regression of a transformed target: what it predicts is transformed back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from inference_server.evaluate.fields import Fields
from inference_server.evaluate.finish import Finish
from inference_server.evaluate.inputs import Columns
from inference_server.evaluate.member import Member, Read, ReadMember
from inference_server.not_covered import NotCovered
from inference_server.pickles.numpy_functions import is_numpy_function, numpy_function
from inference_server.pickles.unresolved_values import Name

Back = Callable[[np.ndarray], np.ndarray]


def read_transformed_target(fields: Fields, columns: Columns, read_member: ReadMember) -> Read:
    """Read a TransformedTargetRegressor of one target."""
    member = read_member(fields.any("regressor_"), columns)
    transformer = Fields(fields.any("transformer_"))
    back = _BACK.get(transformer.name)
    if back is None or member.classes is not None or fields.any("_training_dim") != 1:
        raise NotCovered(f"a TransformedTargetRegressor with a {transformer.name}")
    return member.scores, _ending(member, back(transformer)), None


def _ending(member: Member, back: Back) -> Finish:
    def end(sums: np.ndarray) -> tuple[np.ndarray, None]:
        with np.errstate(all="ignore"):
            return back(np.asarray(member.finish(sums)[0], dtype=np.float64)), None

    return end


def _function(fields: Fields) -> Back:
    function: Any = fields.any("inverse_func", None)
    if fields.any("inv_kw_args", None) or fields.any("kw_args", None):
        raise NotCovered("a FunctionTransformer with kw_args")
    if function is None:
        return lambda values: values
    if isinstance(function, Name) and is_numpy_function(function.module, function.name):
        return numpy_function(function.name)
    raise NotCovered("a FunctionTransformer with a function")


def _standard(fields: Fields) -> Back:
    scale = fields.numbers("scale_", (1,))[0] if fields.has("scale_") else 1.0
    mean = fields.numbers("mean_", (1,))[0] if fields.any("with_mean") else 0.0
    return lambda values: values * scale + mean


def _smallest_largest(fields: Fields) -> Back:
    least, scale = fields.numbers("min_", (1,))[0], fields.numbers("scale_", (1,))[0]
    return lambda values: (values - least) / scale


def _largest(fields: Fields) -> Back:
    scale = fields.numbers("scale_", (1,))[0]
    return lambda values: values * scale


def _robust(fields: Fields) -> Back:
    scale = fields.numbers("scale_", (1,))[0] if fields.any("with_scaling") else 1.0
    center = fields.numbers("center_", (1,))[0] if fields.any("with_centering") else 0.0
    return lambda values: values * scale + center


_BACK: dict[str, Callable[[Fields], Back]] = {
    "FunctionTransformer": _function,
    "MaxAbsScaler": _largest,
    "MinMaxScaler": _smallest_largest,
    "RobustScaler": _robust,
    "StandardScaler": _standard,
}
TARGETS = {"TransformedTargetRegressor": read_transformed_target}
