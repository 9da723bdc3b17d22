"""PowerTransformer and QuantileTransformer (sklearn/preprocessing/_data.py): numbers into another distribution."""

from __future__ import annotations

from collections.abc import Callable
from statistics import NormalDist

import numpy as np

from inference_server.evaluate.fields import Fields
from inference_server.evaluate.inputs import Columns, made, suggest, use_as_numbers
from inference_server.evaluate.prepare_numbers import read_standard
from inference_server.evaluate.refuse import InfiniteValue, refuse
from inference_server.evaluate.step import Step, chain
from inference_server.not_covered import NotCovered

_SMALLEST = np.spacing(1.0)
# Nearer to 0 and 1 than this a share has no number of the normal distribution.
_BOUND = 1e-7
_PROBIT = NormalDist().inv_cdf


def read_power(fields: Fields, columns: Columns) -> tuple[Step, Columns]:
    """Box-Cox, or Yeo-Johnson, column by column."""
    width = use_as_numbers(columns)
    powers = fields.numbers("lambdas_", (width,)).tolist()
    method = fields.any("method")
    if method not in ("box-cox", "yeo-johnson"):
        raise NotCovered("a PowerTransformer of such a method")
    # Since then it is scipy's, which is written for powers near 0.
    change = _box_cox if method == "box-cox" else _yeo_johnson if fields.version < (1, 9) else _scipy_yeo_johnson

    def of_table(table: np.ndarray) -> np.ndarray:
        refuse(table, missing_allowed=True)
        if method == "box-cox" and (table <= 0).any():
            raise InfiniteValue
        with np.errstate(all="ignore"):
            return _by_columns(table, [lambda column, power=power: change(column, power) for power in powers])

    if not fields.any("standardize"):
        return Step(of_table), made(width)
    return chain([Step(of_table), read_standard(Fields(fields.any("_scaler")), made(width))[0]]), made(width)


def _by_columns(table: np.ndarray, changes: list[Callable[[np.ndarray], np.ndarray]]) -> np.ndarray:
    return np.stack([change(column) for change, column in zip(changes, table.T, strict=True)], axis=1)


def _box_cox(column: np.ndarray, power: float) -> np.ndarray:
    # scipy/special/_boxcox.pxd, without its case for what is too large to compute.
    return np.log(column) if abs(power) < 1e-19 else np.expm1(power * np.log(column)) / power


def _yeo_johnson(column: np.ndarray, power: float) -> np.ndarray:
    above = column >= 0
    up, down = column[above], -column[~above]
    out = np.empty_like(column)
    out[above] = np.log1p(up) if abs(power) < _SMALLEST else (np.power(up + 1, power) - 1) / power
    rest = 2 - power
    out[~above] = -np.log1p(down) if abs(rest) <= _SMALLEST else -(np.power(down + 1, rest) - 1) / rest
    return out


def _scipy_yeo_johnson(column: np.ndarray, power: float) -> np.ndarray:
    above = column >= 0
    up, down = np.log1p(column[above]), np.log1p(-column[~above])
    out = np.empty_like(column)
    out[above] = up if abs(power) < _SMALLEST else np.expm1(power * up) / power
    rest = 2 - power
    out[~above] = -down if abs(rest) <= _SMALLEST else -np.expm1(rest * down) / rest
    return out


def read_quantiles(fields: Fields, columns: Columns) -> tuple[Step, Columns]:
    """Where each number stands among those of training, from 0 to 1 or as a number of the normal distribution."""
    if any(column is None for column in columns):
        # Behind what makes sparse columns scikit-learn leaves each 0 as it is.
        raise NotCovered("a QuantileTransformer behind a transformer of numbers")
    width = use_as_numbers(columns)
    quantiles = fields.numbers("quantiles_", (None, width))
    references = fields.numbers("references_", (len(quantiles),))
    kind = fields.any("output_distribution")
    if kind not in ("uniform", "normal") or not len(references) or not np.isfinite(quantiles).all():
        raise NotCovered("a QuantileTransformer in a form of its own")
    suggest(columns, quantiles[len(quantiles) // 2].tolist())

    def of_table(table: np.ndarray) -> np.ndarray:
        refuse(table, missing_allowed=True)
        changes = [lambda column, own=own: _share(column, own, references, kind == "normal") for own in quantiles.T]
        return _by_columns(table, changes)

    return Step(of_table), made(width)


def _share(column: np.ndarray, quantiles: np.ndarray, references: np.ndarray, normal: bool) -> np.ndarray:
    quantiles = np.ascontiguousarray(quantiles)
    if normal:
        first, last = column - _BOUND < quantiles[0], column + _BOUND > quantiles[-1]
    else:
        first, last = column == quantiles[0], column == quantiles[-1]
    # Both ways, for numbers that are several quantiles.
    up = np.interp(column, quantiles, references)
    share = 0.5 * (up - np.interp(-column, -quantiles[::-1], -references[::-1]))
    share[last] = 1.0
    share[first] = 0.0
    share[np.isnan(column)] = np.nan
    return _probits(share) if normal else share


def _probits(shares: np.ndarray) -> np.ndarray:
    least, most = _PROBIT(_BOUND - _SMALLEST), _PROBIT(1 - (_BOUND - _SMALLEST))
    found = [_PROBIT(share) if 0 < share < 1 else most if share >= 1 else least for share in shares.tolist()]
    return np.where(np.isnan(shares), np.nan, np.clip(found, least, most))
