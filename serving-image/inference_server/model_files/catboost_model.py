"""CatBoost's models, out of either of its formats: what is made of the sums of the trees, as its estimators make it.

A file does not say which estimator wrote it: its loss function does. CatBoostClassifier, CatBoostRegressor and
CatBoostRanker (core.py of CatBoost 1.2) answer so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from inference_server.evaluate import finish
from inference_server.evaluate.evaluator import Evaluator
from inference_server.evaluate.finish import Finish
from inference_server.evaluate.flatten_trees import StoredTree, flatten, require
from inference_server.evaluate.refuse import MissingValue
from inference_server.evaluate.step import Step
from inference_server.evaluate.trees import NODE, Trees
from inference_server.model_files.catboost_texts import HashedTexts, hash_of
from inference_server.not_covered import NotCovered
from inference_server.table.column import Column

MOST_FEATURES = 3_000_000
_NUMBERS = (
    *("RMSE", "MAE", "Quantile", "LogLinQuantile", "MAPE", "Huber", "Expectile", "LogCosh", "Lq"),
    *("PairLogit", "PairLogitPairwise", "QueryRMSE", "QuerySoftMax", "YetiRank", "YetiRankPairwise", "LambdaMart"),
    *("StochasticRank", "StochasticFilter"),
)
_SEVERAL = ("MultiRMSE", "MultiQuantile")
# CatBoostRegressor.predict gives the exponent of these sums, CatBoost.predict the sums.
_EXPONENTS = ("Poisson", "Tweedie")


@dataclass(frozen=True)
class Feature:
    """One column of the rows. ``hashes``: of a category that trees compare, the values, by their codes."""

    place: int
    name: str = ""
    is_category: bool = False
    hashes: Sequence[int] = ()


@dataclass(frozen=True)
class StoredModel:
    """What both formats hold. ``classes``: the object class_params; ``texts``: values of categories, where known."""

    features: Sequence[Feature]
    trees: Sequence[StoredTree]
    scale: float
    bias: Sequence[float]
    loss: str
    classes: Mapping[str, Any]
    version: str
    texts: Sequence[str] = ()


def make_evaluator(model: StoredModel, *, with_ending: bool = True) -> Evaluator:
    """Return the evaluator. Raises ``NotCovered`` for losses that are not known.

    Without an ending it answers the sums, as CatBoost.predict does by default.
    """
    width = max((feature.place for feature in model.features), default=-1) + 1
    places = {feature.place for feature in model.features}
    require(1 <= width <= MOST_FEATURES and len(places) == len(model.features) and min(places) >= 0)
    bias = np.array(model.bias, dtype=np.float64)
    require(len(bias) >= 1 and bool(np.isfinite(bias).all()) and bool(np.isfinite(model.scale)))
    trees = model.trees or [StoredTree(_nothing(), np.zeros((1, len(bias))))]
    require(all(tree.values.shape[1] == len(bias) for tree in trees))
    labels, ending = _ending(model, len(bias)) if with_ending else (None, _numbers(len(bias)))
    sums = Trees(
        **flatten(trees, [0] * len(trees), width),
        start=np.zeros(len(bias)),
        feature_count=width,
        divisor=1.0,
        single_precision=True,
        missing_allowed=True,
        infinite_allowed=True,
    )
    categories = [feature for feature in model.features if feature.is_category]
    names = {feature.place: feature.name for feature in model.features if feature.name}
    return Evaluator(
        name=f"CatBoost ({model.loss})",
        written_by=model.version,
        n_features_in_=width,
        feature_names_in_=np.array([names[place] for place in range(width)], object) if len(names) == width else None,
        classes_=labels,
        steps=(_refuse_missing([feature.place for feature in categories]),) if categories else (),
        sums=sums,
        finish=_shifted(ending, model.scale, bias),
        inputs=_inputs(model, width) if categories else None,
        several=labels is None and len(bias) > 1,
    )


def _nothing() -> np.ndarray:
    nodes = np.zeros(1, NODE)
    nodes["feature"] = -1
    return nodes


def _inputs(model: StoredModel, width: int) -> tuple[Column, ...]:
    known = {hash_of(text): text for text in model.texts}
    columns = [Column(is_used=False)] * width
    for feature in model.features:
        columns[feature.place] = Column()
        if feature.is_category:
            texts = HashedTexts(feature.hashes, known)
            columns[feature.place] = Column(type="category", codes=texts, typical=tuple(texts)[:8])
    return tuple(columns)


def _refuse_missing(places: Sequence[int]) -> Step:
    """CatBoost takes no missing category: its authors write a text of their own for one."""

    def of_table(table: np.ndarray) -> np.ndarray:
        if np.isnan(table[:, places]).any():
            raise MissingValue
        return table

    return Step(of_table)


def _shifted(ending: Finish, scale: float, bias: np.ndarray) -> Finish:
    return lambda sums: ending(sums * scale + bias)


def _ending(model: StoredModel, width: int) -> tuple[np.ndarray | None, Finish]:
    loss = model.loss
    if loss in ("Logloss", "CrossEntropy"):
        require(width == 1)
        return _labels(model.classes, 2), finish.sigmoid(1.0, "positive")
    if loss in ("MultiClass", "MultiClassOneVsAll"):
        require(width >= 2)
        ending = finish.softmax("sum") if loss == "MultiClass" else _one_against_all
        return _labels(model.classes, width), ending
    if loss in _SEVERAL:
        return None, _numbers(width)
    if loss not in _NUMBERS and loss not in _EXPONENTS:
        raise NotCovered(f"CatBoost's loss function {loss[:60]!r}")
    require(width == 1)
    return None, finish.exponentials if loss in _EXPONENTS else finish.values


def _numbers(width: int) -> Finish:
    return finish.values if width == 1 else finish.several_values


def _one_against_all(sums: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return sums.argmax(axis=1), finish.expit(sums)


def _labels(classes: Mapping[str, Any], count: int) -> np.ndarray:
    """The names of the classes, else their numbers. A name is a number, a text or a boolean."""
    names = classes.get("class_names") or classes.get("class_to_label") or list(range(count))
    require(isinstance(names, list) and len(names) == count and all(isinstance(x, (str, int, float)) for x in names))
    # In JSON 0.0 is 0.
    return np.array([float(x) for x in names] if classes.get("class_label_type") == "Float" else names, dtype=object)
