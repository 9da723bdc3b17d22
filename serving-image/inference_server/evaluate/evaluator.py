"""A model as numbers: steps that prepare the columns, sums, and what is made of the sums."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from inference_server.evaluate.columns import Columns
from inference_server.evaluate.finish import Finish, Probabilities
from inference_server.evaluate.step import Step, chain
from inference_server.table.column import Column

# rows x columns -> rows x sums
Sums = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Evaluator:
    """Evaluates rows x ``n_features_in_`` of float64 as the estimator that it was made of would.

    The attributes that end in an underscore are scikit-learn's; ``written_by`` names the library and its version.
    """

    name: str
    written_by: str
    n_features_in_: int
    feature_names_in_: np.ndarray | None
    classes_: np.ndarray | list[np.ndarray] | None
    steps: tuple[Step, ...]
    sums: Sums
    finish: Finish
    # Where the columns behind the steps come from, for explanations.
    columns: Columns | None = None
    # What each input holds, where it is not a number; texts come as the codes that stand here.
    inputs: tuple[Column, ...] | None = None
    # Whether missing values may come: of some models, trained without any, scikit-learn makes something all the same.
    takes_gaps: bool = True
    # Whether a row is answered with a list: of numbers, or of labels, then with `classes_` of each.
    several: bool = False

    @property
    def reads_texts(self) -> bool:
        """Whether ``answer`` takes texts beside the table."""
        return False

    def answer(self, table: np.ndarray) -> tuple[np.ndarray, Probabilities]:
        """Return the index of the class, or the number, of each row, or rows x outputs of them; and the probabilities.

        Raises ``RefusedValues`` (ValueError) where scikit-learn refuses values.
        """
        if self.steps:
            table = self._prepare(table)
        return self.finish(self.sums(table))

    def _prepare(self, table: np.ndarray) -> np.ndarray:
        if len(table) == 1 and (of_row := self._whole.of_row) is not None:
            return np.array([of_row(table[0].tolist())])
        return self._whole(table)

    @functools.cached_property
    def _whole(self) -> Step:
        return chain(self.steps)
