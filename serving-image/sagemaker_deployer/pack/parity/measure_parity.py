"""The parity gate: the server's own evaluation against the library's, where rounding errors would show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from inference_server.evaluate.evaluator import Evaluator
from inference_server.evaluate.trees import Trees
from inference_server.several_outputs import find_indexes, split_probabilities
from sagemaker_deployer.pack.parity.adversarial_rows import adversarial_rows
from sagemaker_deployer.pack.parity.ask_author import AskAuthor
from sagemaker_deployer.pack.parity.coded_rows import as_table, drawn_rows, only_codes, schema_of

# Of boosting and linear models, relative where numbers are above 1; trees and forests must be equal to the bit.
TOLERANCE = 1e-12
# XGBoost computes in float32, and its exp is the C library's.
TOLERANCE_OF_SINGLE = 1e-6
_MOST_ROWS = 20_000
_MOST_SINGLE_ROWS = 500
# Of a wide model fewer rows: each cell becomes an object of Python for the author's library.
_MOST_CELLS = 4_000_000
_EXACT = ("DecisionTree", "ExtraTree", "RandomForest")


@dataclass(frozen=True)
class Difference:
    """What differed: labels, and the largest difference of probabilities or of predicted numbers."""

    labels_flipped: int
    largest: float
    allowed: float

    @property
    def passes(self) -> bool:
        """Tell whether the evaluation may serve in scikit-learn's place."""
        return self.labels_flipped == 0 and self.largest <= self.allowed


def measure_parity(evaluator: Evaluator, ask: AskAuthor, typical: np.ndarray) -> dict[str, Any]:
    """Ask both, and return ``parity`` of model.json; ``servedBy`` is scikit-learn where they differ too much.

    ``typical``: rows x features as in training, possibly none.
    """
    schema = schema_of(evaluator)
    if not schema.is_numeric:
        drawn = drawn_rows(schema, _MOST_SINGLE_ROWS, np.random.default_rng(0))
        typical = np.concatenate([typical.reshape(-1, evaluator.n_features_in_), drawn])
    elif not len(typical) or evaluator.steps:
        random = np.random.default_rng(0)
        scales = np.repeat([1.0, 10.0, 100.0], 100)[:, None]
        guessed = random.normal(size=(len(scales), evaluator.n_features_in_)) * scales
        typical = np.concatenate([typical.reshape(-1, evaluator.n_features_in_), guessed])
    rows = adversarial_rows(evaluator, typical)
    order = np.random.default_rng(1).permutation(len(rows))[: min(_MOST_ROWS, _MOST_CELLS // rows.shape[1])]
    rows = only_codes(np.concatenate([typical[:_MOST_SINGLE_ROWS], rows[order]]), schema)
    try:
        expected = ask(as_table(rows, schema))
    except Exception:  # CatBoostError is no ValueError
        table = ask.answered(as_table(rows[:_MOST_SINGLE_ROWS], schema))
        if table is None:
            return {
                "servedBy": "scikit-learn",
                "rows": 0,
                "reason": "It answers no row of the test: give --golden rows.",
            }
        rows, expected = table.values, ask(table)
    found = find_difference(evaluator, rows, expected.predicted, expected.probabilities)
    return {
        "servedBy": "evaluator" if found.passes else "scikit-learn",
        "rows": len(rows),
        "labelsFlipped": found.labels_flipped,
        "largestDifference": float(f"{found.largest:.0e}"),
    }


def find_difference(evaluator: Evaluator, rows: np.ndarray, predicted: np.ndarray, probabilities: Any) -> Difference:
    """Compare the evaluator's answers with what scikit-learn predicted."""
    allowed = 0.0 if evaluator.name.startswith(_EXACT) and not evaluator.steps else TOLERANCE
    if isinstance(evaluator.sums, Trees) and evaluator.sums.single_sums:
        allowed = TOLERANCE_OF_SINGLE
    answered, shares = evaluator.answer(rows)
    if evaluator.classes_ is None:
        return Difference(0, _largest(answered, predicted), allowed)
    if isinstance(evaluator.classes_, list):
        flipped = int((answered != find_indexes(predicted, [known.tolist() for known in evaluator.classes_])).sum())
        if shares is not None and probabilities is not None:
            expected = split_probabilities(probabilities, evaluator.classes_)
            return Difference(flipped, max(_largest(*pair) for pair in zip(shares, expected, strict=True)), allowed)
    else:
        flipped = int((evaluator.classes_[answered] != predicted).sum())
    if shares is None or probabilities is None:
        return Difference(flipped, 0.0 if shares is probabilities else np.inf, allowed)
    return Difference(flipped, _largest(shares, probabilities), allowed)


def _largest(found: np.ndarray, expected: np.ndarray) -> float:
    if found.shape != expected.shape:
        return np.inf
    difference = np.abs(found - expected) / np.maximum(1, np.abs(expected))
    # Two NaN or two infinities are equal, a NaN on one side is not.
    difference[(found == expected) | (np.isnan(found) & np.isnan(expected))] = 0
    return float(np.nan_to_num(difference, nan=np.inf).max())
