"""Explains a model's predictions by name: of each class, by how much each feature moved it away from the base."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from inference_server.evaluate import finish
from inference_server.evaluate.columns import inputs
from inference_server.evaluate.evaluator import Evaluator
from inference_server.evaluate.read_isolation import ISOLATION
from inference_server.evaluate.read_linear import LinearSums
from inference_server.evaluate.trees import Trees
from inference_server.explain.linear_shap import LinearShap
from inference_server.explain.not_explained import NotExplained
from inference_server.explain.tree_shap import TreeShap
from inference_server.invalid_input import InvalidInput

# About a second: a step takes 4 ns compiled, 100 ns in numpy.
MAX_STEPS, MAX_STEPS_IN_NUMPY = 250_000_000, 10_000_000
# Before columns are summed up by their inputs: 80 MB.
MAX_NUMBERS = 10_000_000
# Of explanations in one answer: SageMaker passes on 6 MiB. A number and what is around it take 26 bytes.
MAX_BYTES, _NUMBER_BYTES = 5_000_000, 26


class Explainer:
    """SHAP values of one model, in what it adds up: probabilities (forests), scores, or predictions.

    Columns that preprocessing made of one input count as that input; those made of several, products, are
    named after all of them. Raises ``NotExplained`` for models whose sums the server does not know, among them all that
    are no ``Evaluator``.
    """

    def __init__(self, evaluator: Any, feature_names: Sequence[str], class_names: Sequence[str] | None) -> None:
        if not isinstance(evaluator, Evaluator):
            raise NotExplained("it is served by scikit-learn, not evaluated by this server")
        if evaluator.several:
            raise NotExplained("it answers a list for each row, and only single numbers and classes are explained")
        if isinstance(evaluator.sums, Trees) and not np.isfinite(evaluator.sums.start).all():
            raise NotExplained("it begins with the logarithm of 0, which is no number")
        if evaluator.name in ISOLATION:
            raise NotExplained("its trees add up how long a row's paths are, not what it answers")
        columns = evaluator.columns
        if columns is None and evaluator.steps:
            raise NotExplained("its preprocessing cannot be traced back to its inputs")
        columns = columns or inputs(evaluator.n_features_in_)
        self._evaluator = evaluator
        if isinstance(evaluator.sums, Trees):
            self._shap: TreeShap | LinearShap = TreeShap(evaluator.sums)
        elif isinstance(evaluator.sums, LinearSums):
            self._shap = LinearShap(evaluator.sums, columns.means)
        else:
            raise NotExplained("it is neither made of trees nor linear")
        groups = sorted({origin for origin in columns.origins if origin}, key=lambda origin: (len(origin), origin))
        self._names = [" * ".join(feature_names[index] for index in origin) for origin in groups]
        place = {origin: index for index, origin in enumerate(groups)}
        self._sum_to = np.zeros((len(columns.origins), len(groups)))
        for index, origin in enumerate(columns.origins):
            if origin:  # a constant column explains nothing
                self._sum_to[index, place[origin]] = 1.0
        self._is_summed = not np.array_equal(self._sum_to, np.eye(len(groups)))
        self._class_names = class_names
        self.explains = "prediction" if class_names is None else "score"
        if evaluator.finish is finish.shares:
            self.explains = "probability"
        elif class_names is None and evaluator.finish is not finish.values:
            self.explains = "score"

    @property
    def rows_allowed(self) -> int:
        """How many rows one request may have explained."""
        classes = max(len(self._shap.base), len(self._class_names or ()))
        return min(
            (MAX_STEPS if self._shap.is_compiled else MAX_STEPS_IN_NUMPY) // self._shap.steps,
            MAX_NUMBERS // (classes * max(1, len(self._sum_to))),
            MAX_BYTES // (classes * (sum(len(name.encode()) + _NUMBER_BYTES for name in self._names) + 100)),
        )

    def explain(self, rows: np.ndarray | list[list[float]]) -> list[dict[str, Any]]:
        """Return an explanation for each row; the model must have answered these rows before.

        Raises ``InvalidInput`` where they are more than ``rows_allowed``.
        """
        allowed = self.rows_allowed
        if len(rows) > allowed:
            raise InvalidInput(
                f"Invalid input: of this model at most {allowed} rows can be explained in a request, not {len(rows)}"
            )
        base, values = self.values(np.asarray(rows, dtype=np.float64))
        names = self._names
        if self._class_names is None:
            return [
                {"explains": self.explains, "base_value": base[0], "shap_values": dict(zip(names, row[0], strict=True))}
                for row in values.tolist()
            ]
        bases = dict(zip(self._class_names, base, strict=True))
        return [
            {
                "explains": self.explains,
                "base_values": bases,
                "shap_values": {
                    name: dict(zip(names, one, strict=True)) for name, one in zip(self._class_names, row, strict=True)
                },
            }
            for row in values.tolist()
        ]

    def values(self, table: np.ndarray) -> tuple[list[float], np.ndarray]:
        """Return the base of each class, and rows x classes x features; of a regression one class."""
        for step in self._evaluator.steps:
            table = step(table)
        values = self._shap(table).transpose(0, 2, 1)
        if self._is_summed:
            values = values @ self._sum_to
        base = self._shap.base
        if self._class_names is not None and len(base) == 1:
            # One score decides between two classes: for the second, against the first.
            values, base = np.concatenate([-values, values], axis=1), np.concatenate([-base, base])
        return base.tolist(), values
