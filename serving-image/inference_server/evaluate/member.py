"""A fitted estimator within another: of a vote, of a bag, before a calibration."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from inference_server.evaluate import finish
from inference_server.evaluate.finish import Finish
from inference_server.evaluate.inputs import Columns
from inference_server.evaluate.step import Step
from inference_server.not_covered import NotCovered

# rows x columns -> rows x sums
Sums = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Member:
    """Takes the rows that the estimator around it gets; ``has_scores``: its sums are its decision_function."""

    name: str
    classes: np.ndarray | None
    step: Step
    sums: Sums
    finish: Finish
    has_scores: bool | None

    def predict(self, table: np.ndarray) -> np.ndarray:
        """Return the index of the class of each row, or its number."""
        return self.finish(self.scores(table))[0]

    def probabilities(self, table: np.ndarray) -> np.ndarray | None:
        """Return rows x classes, None where the estimator has no probabilities."""
        found = self.finish(self.scores(table))[1]
        if isinstance(found, list):
            raise NotCovered(f"a {self.name} of several outputs within another estimator")
        return found

    @property
    def has_probabilities(self) -> bool:
        """Tell whether it is a classifier with predict_proba."""
        return self.classes is not None and self.finish not in (finish.signs, finish.most)

    def scores(self, table: np.ndarray) -> np.ndarray:
        """Return the sums: rows x 1, or rows x classes."""
        return self.sums(self.step(table))


# What reads an estimator within another, and the columns that it gets.
ReadMember = Callable[[Any, Columns], Member]
Read = tuple[Sums, Finish, np.ndarray | None]


def need_probabilities(member: Member) -> None:
    """Raise ``NotCovered`` for a member without probabilities."""
    if member.classes is None or not member.has_probabilities:
        raise NotCovered(f"a {member.name} without probabilities within another estimator")


def places_among(member: Member, classes: np.ndarray) -> np.ndarray:
    """Return where each class of the member stands among ``classes``."""
    known = {label: index for index, label in enumerate(classes.tolist())}
    own = [] if member.classes is None else member.classes.tolist()
    if not own or not all(label in known for label in own):
        raise NotCovered(f"a {member.name} of other classes than the estimator around it")
    return np.array([known[label] for label in own])
