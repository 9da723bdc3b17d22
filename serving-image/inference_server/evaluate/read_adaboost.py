"""AdaBoost: weighted votes of classifiers, and the weighted median of regressors.

It takes no gaps, also where its members would (ensemble/_weight_boosting.py, ``_check_X``).
"""

from __future__ import annotations

import numpy as np

from inference_server.evaluate import finish
from inference_server.evaluate.fields import Fields
from inference_server.evaluate.finish import Finish
from inference_server.evaluate.inputs import Columns
from inference_server.evaluate.member import Member, Read, ReadMember, Sums, need_probabilities, places_among
from inference_server.evaluate.refuse import refuse
from inference_server.not_covered import NotCovered


def read_boosted_votes(fields: Fields, columns: Columns, read_member: ReadMember) -> Read:
    """Read an AdaBoostClassifier.

    Until scikit-learn 1.5 SAMME.R adds logarithms of probabilities. SAMME counts votes; since 1.3 those against a class
    too (ensemble/_weight_boosting.py, ``decision_function``).
    """
    members = [read_member(one, columns) for one in fields.items("estimators_")]
    weights = fields.numbers("estimator_weights_", (None,))[: len(members)]
    classes = fields.labels("classes_")
    count = len(classes)
    if count < 2 or len(weights) != len(members):
        raise NotCovered("an AdaBoostClassifier of one class, or without weights")
    if fields.version < (1, 6) and fields.any("algorithm") == "SAMME.R":
        for member in members:
            need_probabilities(member)
            if len(places_among(member, classes)) != count:
                raise NotCovered("an AdaBoostClassifier whose members know other classes")
        add = _add_logarithms(members, count)
    else:
        against = 0.0 if fields.version < (1, 3) else -1 / (count - 1)
        add = _add_votes(members, [places_among(member, classes) for member in members], weights, against, count)
    total = fields.numbers("estimator_weights_", (None,)).sum()

    def decide(table: np.ndarray) -> np.ndarray:
        refuse(table)
        decision = add(table) / total
        if count > 2:
            return decision
        decision[:, 0] *= -1
        return decision.sum(axis=1)[:, None]

    return decide, _ending(count), classes


def _add_votes(
    members: list[Member], places: list[np.ndarray], weights: np.ndarray, against: float, count: int
) -> Sums:
    def add(table: np.ndarray) -> np.ndarray:
        total = np.zeros((len(table), count))
        for member, at, weight in zip(members, places, weights.tolist(), strict=True):
            chosen = at[member.predict(table)][:, None] == np.arange(count)
            total += np.where(chosen, weight, against * weight)
        return total

    return add


def _add_logarithms(members: list[Member], count: int) -> Sums:
    def add(table: np.ndarray) -> np.ndarray:
        total = np.zeros((len(table), count))
        for member in members:
            shares = np.maximum(np.asarray(member.probabilities(table)), np.finfo(np.float64).eps)
            logarithms = np.log(shares)
            total += (count - 1) * (logarithms - (1.0 / count) * logarithms.sum(axis=1)[:, None])
        return total

    return add


def _ending(count: int) -> Finish:
    def end(sums: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        if count == 2:
            _, shares = finish.softmax("sum")(np.concatenate([-sums, sums], axis=1) / 2)
            return (sums[:, 0] > 0).astype(int), shares
        return sums.argmax(axis=1), finish.softmax("sum")(sums / (count - 1))[1]

    return end


def read_boosted_numbers(fields: Fields, columns: Columns, read_member: ReadMember) -> Read:
    """Read an AdaBoostRegressor: the number in the middle of the members' numbers, by their weights."""
    members = [read_member(one, columns) for one in fields.items("estimators_")]
    weights = fields.numbers("estimator_weights_", (None,))[: len(members)]
    if not members or len(weights) != len(members):
        raise NotCovered("an AdaBoostRegressor without weights")

    def middle(table: np.ndarray) -> np.ndarray:
        refuse(table)
        predicted = np.array([member.predict(table) for member in members]).T
        order = np.argsort(predicted, axis=1)
        reached = np.cumsum(weights[order], axis=1)
        at = (reached >= 0.5 * reached[:, -1][:, None]).argmax(axis=1)
        rows = np.arange(len(table))
        return predicted[rows, order[rows, at]][:, None]

    return middle, finish.values, None


ADABOOST = {"AdaBoostClassifier": read_boosted_votes, "AdaBoostRegressor": read_boosted_numbers}
