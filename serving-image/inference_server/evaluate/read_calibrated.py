"""Classifiers whose scores are made into probabilities by what calibration learned, or into labels by a threshold."""

from __future__ import annotations

from typing import Any

import numpy as np

from inference_server.evaluate import finish
from inference_server.evaluate.fields import Fields, as_numbers
from inference_server.evaluate.finish import Finish, expit
from inference_server.evaluate.inputs import Columns
from inference_server.evaluate.member import Member, Read, ReadMember, Sums, need_probabilities, places_among
from inference_server.not_covered import NotCovered
from inference_server.pickles.unresolved_values import Instance, Name, StoredValues

# Of these scikit-learn takes the class 1 where none is named; the others know no such class.
_ABOUT_ONE = {"f1_score", "fbeta_score", "jaccard_score", "precision_score", "recall_score"}
_ABOUT_ALL = {"accuracy_score", "balanced_accuracy_score", "cohen_kappa_score", "matthews_corrcoef"}


def read_calibrated(fields: Fields, columns: Columns, read_member: ReadMember) -> Read:
    """Read a CalibratedClassifierCV: the mean of its calibrated classifiers' probabilities."""
    classes = fields.labels("classes_")
    members = [_read_one(one, classes, columns, read_member) for one in fields.items("calibrated_classifiers_")]
    if not members or len(classes) < 2:
        raise NotCovered("a CalibratedClassifierCV of one class")

    def average(table: np.ndarray) -> np.ndarray:
        total = np.zeros((len(table), len(classes)))
        for member in members:
            total += member(table)
        return total / len(members)

    return average, finish.shares, classes


def _read_one(value: Any, classes: np.ndarray, columns: Columns, read_member: ReadMember) -> Sums:
    fields = Fields(value)
    member = read_member(fields.any("estimator" if fields.has("estimator") else "base_estimator"), columns)
    if not np.array_equal(places_among(member, classes), np.arange(len(classes))):
        raise NotCovered("a CalibratedClassifierCV whose members know other classes")
    if member.has_scores is None:
        raise NotCovered(f"a calibrated {member.name}")
    if not member.has_scores:
        need_probabilities(member)
    curves = [_read_curve(Fields(one)) for one in fields.items("calibrators")]
    two = len(classes) == 2
    if len(curves) != (1 if two else len(classes)):
        raise NotCovered("a CalibratedClassifierCV of several outputs")

    def calibrate(table: np.ndarray) -> np.ndarray:
        scores = member.scores(table) if member.has_scores else np.asarray(member.probabilities(table))
        if two:
            scores = scores[:, -1:]
        made = np.stack([curve(column) for curve, column in zip(curves, scores.T, strict=True)], axis=1)
        if two:
            made = np.concatenate([1.0 - made, made], axis=1)
        else:
            total = made.sum(axis=1)[:, None]
            made = np.divide(made, total, out=np.full_like(made, 1 / len(classes)), where=total != 0)
        made[(made > 1.0) & (made <= 1.0 + 1e-5)] = 1.0
        return made

    return calibrate


def _read_curve(fields: Fields) -> Sums:
    if fields.name == "_SigmoidCalibration":
        slope, offset = (float(as_numbers(fields.any(name), name).reshape(-1)[0]) for name in ("a_", "b_"))
        return lambda scores: expit(-(slope * scores + offset))
    if fields.name == "IsotonicRegression":
        return read_steps_curve(fields)
    raise NotCovered(f"a calibration by {fields.name}")


def read_steps_curve(fields: Fields) -> Sums:
    """Read an IsotonicRegression that takes values beyond its ends for the ends: straight lines between points."""
    if fields.any("out_of_bounds") != "clip":
        raise NotCovered("an IsotonicRegression that does not clip")
    stored: Any = fields.any("X_thresholds_")
    if not (isinstance(stored, StoredValues) and getattr(stored.values, "dtype", None) == np.float64):
        raise NotCovered("an IsotonicRegression of other numbers than float64")
    x, y = fields.numbers("X_thresholds_", (None,)), fields.numbers("y_thresholds_", (None,))
    least, largest = (float(as_numbers(fields.any(name), name)) for name in ("X_min_", "X_max_"))
    if not len(x) or len(x) != len(y) or (np.diff(x) <= 0).any():
        raise NotCovered("an IsotonicRegression in a form of its own")
    return lambda scores: np.interp(np.clip(scores, least, largest), x, y)


def read_threshold(fields: Fields, columns: Columns, read_member: ReadMember) -> Read:
    """Read a FixedThresholdClassifier or TunedThresholdClassifierCV: two classes, one from a threshold on.

    The response method "auto" takes probabilities where there are any.
    """
    member = read_member(fields.any("estimator_"), columns)
    classes = member.classes
    if classes is None or len(classes) != 2:
        raise NotCovered(f"a {fields.name} of other than two classes")
    method = fields.any("response_method")
    need_probabilities(member)
    by_scores = method == "decision_function"
    if by_scores and not member.has_scores:
        raise NotCovered(f"a {fields.name} of a {member.name} without decision_function")
    positive = _positive(fields, classes)
    name = "threshold" if fields.name == "FixedThresholdClassifier" else "best_threshold_"
    given = fields.any(name)
    threshold = (0.0 if by_scores else 0.5) if given == "auto" else fields.number(name)
    return member.scores, _cut(member, by_scores, positive, threshold), classes


def _positive(fields: Fields, classes: np.ndarray) -> int:
    """Return which of the two classes is the one that the threshold lets through."""
    label: Any = None
    if fields.name == "FixedThresholdClassifier":
        label = fields.any("pos_label")
    else:
        scorer = Fields(fields.any("_curve_scorer"))
        given, function = scorer.any("_kwargs"), scorer.any("_score_func")
        known = isinstance(function, Name) and function.name in _ABOUT_ONE | _ABOUT_ALL
        if not (isinstance(given, dict) and known):
            raise NotCovered("a TunedThresholdClassifierCV with a scorer of its own")
        label = given.get("pos_label", 1 if function.name in _ABOUT_ONE else None)
    if label is None:
        return 1
    found = np.flatnonzero(classes == label)
    if isinstance(label, Instance) or len(found) != 1:
        raise NotCovered(f"a {fields.name} of another class than its own")
    return int(found[0])


def _cut(member: Member, by_scores: bool, positive: int, threshold: float) -> Finish:
    def end(sums: np.ndarray) -> tuple[np.ndarray, Any]:
        shares = member.finish(sums)[1]
        both = np.concatenate([-sums, sums], axis=1) if by_scores else np.asarray(shares)
        score = both[:, positive]
        return np.where(score >= threshold, positive, 1 - positive), shares

    return end


CALIBRATED = {
    "CalibratedClassifierCV": read_calibrated,
    "FixedThresholdClassifier": read_threshold,
    "TunedThresholdClassifierCV": read_threshold,
}
