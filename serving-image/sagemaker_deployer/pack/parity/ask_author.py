"""Asks the author's library, in the form that the model was trained on, and without its warnings."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from inference_server.table.estimator_input import as_texts, estimator_input, raw_columns, reads_texts
from inference_server.table.table import Table
from sagemaker_deployer.pack.data.data import Data
from sagemaker_deployer.pack.parity.answered_rows import answered_places


@dataclass(frozen=True)
class AuthorAnswers:
    """``predicted``: labels or numbers, as ``predict`` returns them. ``probabilities``: None where there are none."""

    predicted: np.ndarray
    probabilities: Any


class AskAuthor:
    """``estimator`` has predict and maybe predict_proba. ``data``: rows as it was trained on, where there are some."""

    def __init__(self, estimator: Any, data: Data | None) -> None:
        self.estimator = estimator
        self._data = data

    def __call__(self, table: Table) -> AuthorAnswers:
        """Raises what the library raises for rows that it does not take."""
        rows = self._rows(table)
        with warnings.catch_warnings():
            # No names of features, casts of numbers that float32 cannot hold: nothing that the author can change.
            warnings.simplefilter("ignore")
            predicted = np.asarray(self.estimator.predict(rows))
            classes = getattr(self.estimator, "classes_", ())
            if predicted.ndim == 2 and predicted.shape[1] == 1 and np.ndim(classes) == 1:
                predicted = predicted[:, 0]  # CatBoost's labels of three classes and more come in a column
            asks = getattr(self.estimator, "predict_proba", None)
            return AuthorAnswers(predicted, None if asks is None else asks(rows))

    def answered(self, table: Table) -> Table | None:
        """Return the rows that the library answers, None where it answers none."""
        places = answered_places(lambda first, last: self._is_answered(table.part(first, last)), len(table.values))
        return (
            Table(table.schema, [table.rows[place] for place in places], table.values[places], True) if places else None
        )

    def _is_answered(self, table: Table) -> bool:
        try:
            self(table)
        except Exception:  # CatBoostError is no ValueError
            return False
        return True

    def _rows(self, table: Table) -> Any:
        if self._data is not None:
            return self._data.make(table.rows)
        if any(column.by_code for column in table.schema.columns):
            return table.values  # the library takes the codes of categories in arrays
        names = getattr(self.estimator, "feature_names_in_", None)
        if names is None and table.schema.is_numeric:
            return table.values
        if reads_texts(self.estimator):
            return as_texts(raw_columns(table), len(table.rows))
        return estimator_input(table, names)
