"""Naive Bayes: the logarithm of how likely a row is in each class (scikit-learn, naive_bayes.py)."""

from __future__ import annotations

import numpy as np

from inference_server.evaluate import finish
from inference_server.evaluate.fields import Fields
from inference_server.evaluate.inputs import Columns, use_as_numbers
from inference_server.evaluate.member import Read, ReadMember, Sums
from inference_server.evaluate.refuse import refuse
from inference_server.not_covered import NotCovered


def read_bayes(fields: Fields, columns: Columns, read_member: ReadMember) -> Read:
    """Read any of them; ``predict`` takes the largest sum."""
    width = use_as_numbers(columns)
    classes = fields.labels("classes_")
    return _READERS[fields.name](fields, len(classes), width), finish.softmax("sum"), classes


def _read_gaussian(fields: Fields, count: int, width: int) -> Sums:
    means, variances = fields.numbers("theta_", (count, width)), fields.numbers("var_", (count, width))
    with np.errstate(divide="ignore"):
        priors = np.log(fields.numbers("class_prior_", (count,)))
    if not (variances > 0).all():
        raise NotCovered("a GaussianNB without variance")
    starts = [-0.5 * np.sum(np.log(2.0 * np.pi * variances[index])) for index in range(count)]

    def sums(table: np.ndarray) -> np.ndarray:
        refuse(table)
        found = []
        for index in range(count):
            far = np.sum(((table - means[index]) ** 2) / variances[index], axis=1)
            found.append(priors[index] + (starts[index] - 0.5 * far))
        return np.stack(found, axis=1)

    return sums


def _read_multinomial(fields: Fields, count: int, width: int) -> Sums:
    logarithms = fields.numbers("feature_log_prob_", (count, width))
    priors = fields.numbers("class_log_prior_", (count,))
    # Complement naive Bayes leaves the priors out, but for a single class.
    added = priors if fields.name == "MultinomialNB" or count == 1 else np.zeros(count)

    def sums(table: np.ndarray) -> np.ndarray:
        refuse(table)
        return table @ logarithms.T + added

    return sums


def _read_bernoulli(fields: Fields, count: int, width: int) -> Sums:
    present = fields.numbers("feature_log_prob_", (count, width))
    priors = fields.numbers("class_log_prior_", (count,))
    absent = np.log(1 - np.exp(present))
    limit = fields.number("binarize") if fields.has("binarize") else None

    def sums(table: np.ndarray) -> np.ndarray:
        refuse(table)
        given = table if limit is None else (table > limit).astype(np.float64)
        return given @ (present - absent).T + (priors + absent.sum(axis=1))

    return sums


_READERS = {
    "BernoulliNB": _read_bernoulli,
    "ComplementNB": _read_multinomial,
    "GaussianNB": _read_gaussian,
    "MultinomialNB": _read_multinomial,
}
BAYES = dict.fromkeys(_READERS, read_bayes)
