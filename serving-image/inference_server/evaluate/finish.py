"""From the sums of a model to classes and probabilities, or to the numbers of a regression."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

# Rows x classes; of several outputs a list of them; None where the model has none.
Probabilities = np.ndarray | list[np.ndarray] | None
# (rows x columns) -> (index of the class of each row, or its number, or rows x outputs of them; probabilities)
Finish = Callable[[np.ndarray], tuple[np.ndarray, Probabilities]]


def shares(sums: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The sums are probabilities: forests and trees."""
    return sums.argmax(axis=1), sums


def most(sums: np.ndarray) -> tuple[np.ndarray, None]:
    """The sums are votes: the first of the classes with most of them is the answer."""
    return sums.argmax(axis=1), None


def values(sums: np.ndarray) -> tuple[np.ndarray, None]:
    """The only column is the answer."""
    return sums[:, 0], None


def several_shares(classes: Sequence[int]) -> Finish:
    """The sums are the probabilities of several outputs, one after the other; ``classes``: how many each has."""
    ends = np.cumsum(classes)[:-1]

    def finish(sums: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
        probabilities = np.split(sums, ends, axis=1)
        return np.stack([one.argmax(axis=1) for one in probabilities], axis=1), probabilities

    return finish


def each(one: Finish) -> Finish:
    """Each column is an output of its own, finished as ``one`` finishes an only column."""

    def finish(sums: np.ndarray) -> tuple[np.ndarray, Probabilities]:
        answered, probabilities = zip(*(one(sums[:, [place]]) for place in range(sums.shape[1])), strict=True)
        return np.stack(answered, axis=1), None if probabilities[0] is None else list(probabilities)

    return finish


def several_values(sums: np.ndarray) -> tuple[np.ndarray, None]:
    """Each column is a number of the answer."""
    return sums, None


def ascending(sums: np.ndarray) -> tuple[np.ndarray, None]:
    """The columns are numbers of the answer, the least first."""
    return np.sort(sums, axis=1), None


def exponentials(sums: np.ndarray) -> tuple[np.ndarray, None]:
    """The only column is the logarithm of the answer; infinite, as scikit-learn's, where float64 has no such number."""
    with np.errstate(over="ignore"):
        return np.exp(sums[:, 0]), None


def squares(sums: np.ndarray) -> tuple[np.ndarray, None]:
    """The only column is the square root of the answer, with its sign."""
    return np.sign(sums[:, 0]) * sums[:, 0] * sums[:, 0], None


def logistic(sums: np.ndarray) -> tuple[np.ndarray, None]:
    """A number between 0 and 1."""
    return expit(sums[:, 0]), None


def signs(sums: np.ndarray) -> tuple[np.ndarray, None]:
    """Linear classifiers without probabilities."""
    return (sums[:, 0] > 0).astype(int) if sums.shape[1] == 1 else sums.argmax(axis=1), None


def several_signs(sums: np.ndarray) -> tuple[np.ndarray, None]:
    """Each column decides whether the row has a label."""
    return (sums > 0).astype(int), None


def sigmoid(scale: float, decide: str) -> Finish:
    """Two classes out of one column. ``decide``: which answer a tie gets, it differs between scikit-learn's models."""

    def finish(sums: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        if len(sums) == 1:
            return finish_one(float(sums[0, 0]))
        positive = expit(scale * sums[:, 0])
        probabilities = np.stack([1 - positive, positive], axis=1)
        if decide == "probability":
            return probabilities.argmax(axis=1), probabilities
        return (sums[:, 0] >= 0 if decide == "not negative" else sums[:, 0] > 0).astype(int), probabilities

    def finish_one(total: float) -> tuple[np.ndarray, np.ndarray]:
        """Do the same without numpy, which takes a microsecond a call; only its exp is numpy's own."""
        x = scale * total
        small = float(np.exp(-abs(x)))
        positive = 1 / (1 + small) if x >= 0 else small / (1 + small)
        negative = 1 - positive
        if decide == "probability":
            index = int(positive > negative)
        else:
            index = int(total >= 0 if decide == "not negative" else total > 0)
        return np.array([index]), np.array([[negative, positive]])

    return finish


def softmax(decide: str) -> Finish:
    """One column per class; ``decide``: by the largest "sum", or by the largest "probability"."""

    def finish(sums: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        raised = np.exp(sums - sums.max(axis=1, keepdims=True))
        probabilities = raised / raised.sum(axis=1, keepdims=True)
        return (sums if decide == "sum" else probabilities).argmax(axis=1), probabilities

    return finish


def one_against_rest(sums: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """One column per class, each a sigmoid of its own, normalized."""
    probabilities = expit(sums)
    return sums.argmax(axis=1), probabilities / probabilities.sum(axis=1, keepdims=True)


def separate_sigmoids(scale: float) -> Finish:
    """One column per class, each a sigmoid of its own, not normalized."""

    def finish(sums: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        probabilities = expit(scale * sums)
        return probabilities.argmax(axis=1), probabilities

    return finish


def binary_softmax(sums: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Two classes, trained as multinomial: the softmax of -x and x."""
    _, probabilities = softmax("sum")(np.concatenate([-sums, sums], axis=1))
    return (sums[:, 0] > 0).astype(int), probabilities


def expit(x: np.ndarray) -> np.ndarray:
    """The logistic function, without overflow."""
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1 / (1 + small), small / (1 + small))
