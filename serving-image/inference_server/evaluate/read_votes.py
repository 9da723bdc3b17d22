"""Estimators that ask several others: votes, means, bags, and stacks."""

from __future__ import annotations

from typing import Any

import numpy as np

from inference_server.evaluate import finish
from inference_server.evaluate.fields import Fields, as_numbers
from inference_server.evaluate.inputs import Columns, made, use_as_numbers
from inference_server.evaluate.member import Member, Read, ReadMember, need_probabilities, places_among
from inference_server.not_covered import NotCovered


def read_vote(fields: Fields, columns: Columns, read_member: ReadMember) -> Read:
    """Read a VotingClassifier; its members were trained on 0, 1, ... in place of the classes."""
    members = [read_member(one, columns) for one in fields.items("estimators_")]
    classes = fields.labels("classes_")
    numbers = np.arange(len(classes))
    if any(not np.array_equal(places_among(member, numbers), numbers) for member in members):
        raise NotCovered("a VotingClassifier whose members know other classes")
    weights = _weights(fields, len(members))
    if fields.any("voting") == "soft":
        for member in members:
            need_probabilities(member)
        return _mean_of_probabilities(members, weights), finish.shares, classes

    def count(table: np.ndarray) -> np.ndarray:
        votes = np.zeros((len(table), len(classes)))
        rows = np.arange(len(table))
        for member, weight in zip(members, np.ones(len(members)) if weights is None else weights, strict=True):
            votes[rows, member.predict(table)] += weight
        return votes

    return count, finish.most, classes


def _mean_of_probabilities(members: list[Member], weights: np.ndarray | None) -> Any:
    def average(table: np.ndarray) -> np.ndarray:
        return np.average(np.asarray([member.probabilities(table) for member in members]), axis=0, weights=weights)

    return average


def read_mean(fields: Fields, columns: Columns, read_member: ReadMember) -> Read:
    """Read a VotingRegressor."""
    members = [read_member(one, columns) for one in fields.items("estimators_")]
    weights = _weights(fields, len(members))

    def average(table: np.ndarray) -> np.ndarray:
        predicted = np.asarray([member.predict(table) for member in members]).T
        return np.average(predicted, axis=1, weights=weights)[:, None]

    return average, finish.values, None


def _weights(fields: Fields, count: int) -> np.ndarray | None:
    """Return the weights of the members that were not dropped."""
    if not fields.has("weights"):
        return None
    given: Any = fields.any("weights")
    numbers = as_numbers(given, "weights").tolist() if not isinstance(given, (list, tuple)) else list(given)
    entries = fields.items("estimators")
    if len(numbers) != len(entries) or not all(isinstance(one, (int, float)) for one in numbers):
        raise NotCovered(f"a {fields.name} with weights in a form of their own")
    kept = [
        weight
        for weight, entry in zip(numbers, entries, strict=True)
        if not (isinstance(entry, tuple) and isinstance(entry[1], str) and entry[1] == "drop")
    ]
    if len(kept) != count:
        raise NotCovered(f"a {fields.name} with weights for other members")
    return np.array(kept, dtype=np.float64)


def _bag(fields: Fields, columns: Columns, read_member: ReadMember) -> list[tuple[Member, np.ndarray]]:
    """Return the members with the places of the columns that each gets."""
    members, chosen = fields.items("estimators_"), fields.items("estimators_features_")
    if not members or len(members) != len(chosen):
        raise NotCovered(f"a {fields.name} in a form of its own")
    bag = []
    for member, places in zip(members, chosen, strict=True):
        at = as_numbers(places, "estimators_features_", (None,)).astype(np.int64)
        if ((at < 0) | (at >= len(columns))).any():
            raise NotCovered(f"a {fields.name} of other columns than it gets")
        bag.append((read_member(member, [columns[place] for place in at.tolist()]), at))
    return bag


def read_bag(fields: Fields, columns: Columns, read_member: ReadMember) -> Read:
    """Read a BaggingClassifier; its members were trained on 0, 1, ..., and some may have seen fewer classes."""
    bag = _bag(fields, columns, read_member)
    classes = fields.labels("classes_")
    placed = [(member, at, places_among(member, np.arange(len(classes)))) for member, at in bag]

    def average(table: np.ndarray) -> np.ndarray:
        total = np.zeros((len(table), len(classes)))
        rows = np.arange(len(table))
        for member, at, places in placed:
            given = table[:, at]
            if member.has_probabilities:
                total[:, places] += member.probabilities(given)
            else:
                total[rows, places[member.predict(given)]] += 1
        return total / len(placed)

    return average, finish.shares, classes


def read_bag_of_numbers(fields: Fields, columns: Columns, read_member: ReadMember) -> Read:
    """Read a BaggingRegressor."""
    bag = _bag(fields, columns, read_member)

    def average(table: np.ndarray) -> np.ndarray:
        total: Any = 0
        for member, at in bag:
            total = total + member.predict(table[:, at])
        return (total / len(bag))[:, None]

    return average, finish.values, None


def read_stack(fields: Fields, columns: Columns, read_member: ReadMember) -> Read:
    """Read a StackingClassifier or StackingRegressor: what the members say are the columns of the last estimator."""
    members = [read_member(one, columns) for one in fields.items("estimators_")]
    methods = [method for method in fields.items("stack_method_") if method is not None]
    if len(methods) != len(members):
        raise NotCovered(f"a {fields.name} in a form of its own")
    classes = fields.labels("classes_") if fields.name == "StackingClassifier" else None
    ask = [_asker(member, method, classes) for member, method in zip(members, methods, strict=True)]
    passes = bool(fields.any("passthrough"))
    if passes:
        use_as_numbers(columns)

    def said(table: np.ndarray) -> np.ndarray:
        return np.hstack([*(one(table) for one in ask), *([table] if passes else [])])

    width = sum(_width(member, method, classes) for member, method in zip(members, methods, strict=True))
    final = read_member(fields.any("final_estimator_"), made(width + (len(columns) if passes else 0)))
    if classes is not None and not np.array_equal(
        places_among(final, np.arange(len(classes))), np.arange(len(classes))
    ):
        raise NotCovered("a StackingClassifier whose last estimator knows other classes")
    return lambda table: final.scores(said(table)), final.finish, classes


def _width(member: Member, method: Any, classes: np.ndarray | None) -> int:
    return 1 if method == "predict" or classes is None or len(classes) == 2 else len(classes)


def _asker(member: Member, method: Any, classes: np.ndarray | None) -> Any:
    own = member.classes
    if method == "predict" and own is None:
        return lambda table: member.predict(table)[:, None]
    if own is None or classes is None or len(own) != len(classes):
        raise NotCovered(f"a {member.name} of other classes than the estimator around it")
    if method == "predict" and own.dtype.kind in "biuf":
        return lambda table: own[member.predict(table)].astype(np.float64)[:, None]
    if method == "decision_function" and member.has_scores:
        return member.scores
    if method == "predict_proba" and member.has_probabilities:
        return lambda table: member.probabilities(table)[:, 1 if len(own) == 2 else 0 :]
    raise NotCovered(f"a {member.name} that is asked for {str(method)[:40]} within another estimator")


VOTES = {
    "BaggingClassifier": read_bag,
    "BaggingRegressor": read_bag_of_numbers,
    "StackingClassifier": read_stack,
    "StackingRegressor": read_stack,
    "VotingClassifier": read_vote,
    "VotingRegressor": read_mean,
}
