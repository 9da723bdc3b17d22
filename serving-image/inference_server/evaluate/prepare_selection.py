"""Selectors of columns: which columns each keeps, of what training found, as sklearn/feature_selection has it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from inference_server.evaluate.fields import Fields
from inference_server.evaluate.inputs import Columns, made, use_as_numbers
from inference_server.evaluate.refuse import refuse
from inference_server.evaluate.step import Step, refuse_row
from inference_server.not_covered import NotCovered

# Of estimators within a selector, since which minor they let missing values pass. The others never do.
_TAKES_GAPS = {
    "HistGradientBoostingClassifier": (1, 2),
    "HistGradientBoostingRegressor": (1, 2),
    "DecisionTreeClassifier": (1, 3),
    "DecisionTreeRegressor": (1, 3),
    "RandomForestClassifier": (1, 4),
    "RandomForestRegressor": (1, 4),
    "ExtraTreeClassifier": (1, 6),
    "ExtraTreeRegressor": (1, 6),
    "ExtraTreesClassifier": (1, 6),
    "ExtraTreesRegressor": (1, 6),
}


def read_selection(fields: Fields, columns: Columns) -> tuple[Step, Columns]:
    """Any of them: the columns that are kept, in their order."""
    width = use_as_numbers(columns)
    kept = kept_columns(fields, width)
    gaps = _takes_gaps(fields)
    places = kept.tolist()

    def of_table(table: np.ndarray) -> np.ndarray:
        refuse(table, missing_allowed=gaps)
        return table[:, kept]

    def of_row(row: list[float]) -> list[float]:
        refuse_row(row, missing_allowed=gaps)
        return [row[place] for place in places]

    return Step(of_table, of_row), made(len(kept))


def kept_columns(fields: Fields, width: int) -> np.ndarray:
    """The places of the columns that a selector keeps."""
    kept = np.flatnonzero(_MASKS[fields.name](fields, width))
    if not len(kept):
        raise NotCovered(f"a {fields.name} that keeps no column")
    return kept


def _takes_gaps(fields: Fields) -> bool:
    if fields.name == "VarianceThreshold":
        return True
    if fields.name not in _SEARCHED:
        return False
    inner = Fields(fields.any("estimator"))
    since = _TAKES_GAPS.get(inner.name)
    return since is not None and fields.version >= since


def _varied(fields: Fields, width: int) -> np.ndarray:
    return fields.numbers("variances_", (width,)) > fields.number("threshold")


def _supported(fields: Fields, width: int) -> np.ndarray:
    return fields.numbers("support_", (width,)) != 0


def _best(fields: Fields, width: int, wanted: object = None) -> np.ndarray:
    count = fields.any("k") if wanted is None else wanted
    if count == "all":
        return np.ones(width, dtype=bool)
    if type(count) is not int or count < 0:
        raise NotCovered(f"a {fields.name} of such a number of columns")
    mask = np.zeros(width, dtype=bool)
    if count:
        mask[np.argsort(_scores(fields, width), kind="mergesort")[-count:]] = True
    return mask


def _best_share(fields: Fields, width: int, wanted: float | None = None) -> np.ndarray:
    share = fields.number("percentile") if wanted is None else wanted
    if share in (0, 100):
        return np.full(width, share == 100)
    scores = _scores(fields, width)
    threshold = np.percentile(scores, 100 - share)
    mask = scores > threshold
    ties = np.flatnonzero(scores == threshold)
    mask[ties[: int(width * share / 100) - mask.sum()]] = True
    return mask


def _unlikely(fields: Fields, width: int, wanted: float | None = None) -> np.ndarray:
    return fields.numbers("pvalues_", (width,)) < _alpha(fields, wanted)


def _unlikely_in_all(fields: Fields, width: int, wanted: float | None = None) -> np.ndarray:
    return fields.numbers("pvalues_", (width,)) < _alpha(fields, wanted) / width


def _mostly_unlikely(fields: Fields, width: int, wanted: float | None = None) -> np.ndarray:
    chances = fields.numbers("pvalues_", (width,))
    ordered = np.sort(chances)
    selected = ordered[ordered <= _alpha(fields, wanted) / width * np.arange(1, width + 1)]
    return chances <= selected.max() if len(selected) else np.zeros(width, dtype=bool)


def _of_mode(fields: Fields, width: int) -> np.ndarray:
    mode = fields.any("mode")
    if mode not in _MODES:
        raise NotCovered("a GenericUnivariateSelect of such a mode")
    wanted = fields.any("param")
    return _MODES[mode](fields, width, wanted if mode == "k_best" else fields.number("param"))


def _alpha(fields: Fields, wanted: float | None) -> float:
    return fields.number("alpha") if wanted is None else wanted


def _scores(fields: Fields, width: int) -> np.ndarray:
    scores = fields.numbers("scores_", (width,))
    scores[np.isnan(scores)] = np.finfo(np.float64).min
    return scores


_MODES: dict[object, Callable[..., np.ndarray]] = {
    "fdr": _mostly_unlikely,
    "fpr": _unlikely,
    "fwe": _unlikely_in_all,
    "k_best": _best,
    "percentile": _best_share,
}
_SEARCHED = ("RFE", "RFECV", "SequentialFeatureSelector")
_MASKS: dict[str, Callable[[Fields, int], np.ndarray]] = {
    "GenericUnivariateSelect": _of_mode,
    "SelectFdr": _mostly_unlikely,
    "SelectFpr": _unlikely,
    "SelectFwe": _unlikely_in_all,
    "SelectKBest": _best,
    "SelectPercentile": _best_share,
    "VarianceThreshold": _varied,
    **dict.fromkeys(_SEARCHED, _supported),
}
SELECTORS = tuple(_MASKS)
