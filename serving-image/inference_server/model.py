"""A loaded model: names, the shape that it takes, and rows in, predictions out."""

from __future__ import annotations

import functools
import math
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from inference_server.evaluate.evaluator import Evaluator
from inference_server.evaluate.finish import Probabilities
from inference_server.feature import Feature
from inference_server.model_error import ModelError
from inference_server.pickles.refusals import without_predict
from inference_server.several_outputs import find_classes, find_indexes, split_probabilities
from inference_server.table.column import Column
from inference_server.table.estimator_input import TEXT, as_texts, estimator_input, raw_columns, reads_texts
from inference_server.table.find_refusal import find_refusal
from inference_server.table.read_rows import read_rows
from inference_server.table.refused_values import NotAnswered, RefusedValues
from inference_server.table.schema import Schema
from inference_server.table.table import Table

if TYPE_CHECKING:
    from inference_server.explain.explainer import Explainer


class Model:
    """An estimator of scikit-learn, or the evaluator of one, with its names.

    Names come from the arguments (model.json), else from the estimator's own ``classes_`` and
    ``feature_names_in_``, else they are ``feature_0`` and so on. Raises ``ModelError`` where these
    contradict each other.
    """

    def __init__(
        self,
        estimator: Any,
        class_names: Sequence[str] | Sequence[Sequence[str]] | None = None,
        feature_names: Sequence[str] | None = None,
        inputs: Sequence[Column] | None = None,
    ) -> None:
        # An Evaluator, or a RemoteEstimator, which looks like one.
        evaluated = hasattr(estimator, "answer")
        if not evaluated and not callable(getattr(estimator, "predict", None)):
            raise ModelError(without_predict(type(estimator).__name__))
        self.estimator = estimator
        # Of the model file: answers name the model by it.
        self.sha256: str | None = None
        # How it is served, in a sentence: what the log says, and whoever packs it is told.
        self.served = ""
        # Types and ranges of the columns, where model.json says them.
        self.features: tuple[Feature, ...] | None = None
        self.feature_names = _name_features(estimator, feature_names)
        self._reads_texts = reads_texts(estimator)
        inputs = getattr(estimator, "inputs", None) or inputs
        inputs = (Column(type="text", takes_gaps=False),) if self._reads_texts else inputs
        self.schema = Schema(
            self.feature_names,
            inputs if inputs is not None and len(inputs) == len(self.feature_names) else None,
            is_named=feature_names is not None or getattr(estimator, "feature_names_in_", None) is not None,
            takes_gaps=getattr(estimator, "takes_gaps", True),
        )
        # A row that the model has answered, once one is known.
        self.example: Table | None = None
        self.labels: tuple[Any, ...] | None = None
        self.class_names: tuple[str, ...] | None = None
        # Of a classifier that answers several labels a row, in place of these: those of each of its outputs.
        self.output_labels: tuple[tuple[Any, ...], ...] | None = None
        self.output_classes: tuple[tuple[str, ...], ...] | None = None
        if estimator.classes_ is not None if evaluated else _is_classifier(estimator):
            classes = find_classes(estimator)
            if isinstance(classes, list):
                named = [_name_classes(*pair) for pair in zip(classes, _by_output(class_names, classes), strict=True)]
                self.output_labels, self.output_classes = zip(*named, strict=True)
            else:
                if classes is None:
                    raise ModelError(f"{_called(estimator)} has no list of classes (is it fitted?).")
                self.labels, self.class_names = _name_classes(classes, class_names)
        elif class_names is not None:
            raise ModelError(f"model.json names classes, but {_called(estimator)} is not a classifier.")

    @functools.cached_property
    def explainer(self) -> Explainer:
        """What explains predictions, made when it is first asked for. Raises ``NotExplained``."""
        from inference_server.explain.explainer import Explainer

        return Explainer(self.estimator, self.feature_names, self.class_names)

    def predict(self, rows: Table | list[Any]) -> list[dict[str, Any]]:
        """Predict for rows that ``schema`` has checked, or for a list of rows that it checks now.

        Raises ``InvalidInput`` for values that the model does not take, with the column's name.
        """
        table = rows if isinstance(rows, Table) else read_rows(rows, self.schema)
        try:
            answers = self._answer(table)
        except RefusedValues as refused:
            if isinstance(refused, NotAnswered) and self.example is None:
                raise  # Nobody knows that it ever answers, and with a number.
            raise find_refusal(self._ask, table, self.example) from None
        for answer, row in zip(answers, table.as_sent(), strict=True):
            answer["input_features"] = row
        return answers

    def takes(self, rows: Table) -> bool:
        """Tell whether it answers the rows; why it does not costs many questions more (``predict``)."""
        try:
            self._ask(rows)
        except RefusedValues:
            return False
        return True

    @property
    def is_classifier(self) -> bool:
        """Whether it answers labels."""
        return self.class_names is not None or self.output_classes is not None

    def _answer(self, table: Table) -> list[dict[str, Any]]:
        indexes, probabilities = self._ask(table)
        if self.output_classes is not None:
            return _answer_labels(self.output_classes, indexes, probabilities)
        if self.class_names is None:
            return [{"prediction": prediction} for prediction in indexes]
        answers: list[dict[str, Any]] = [
            {"predicted_class": self.class_names[index], "predicted_class_index": index} for index in indexes
        ]
        # LinearSVC, Perceptron and others decide without probabilities: then the answer has none.
        if probabilities is not None:
            for answer, row in zip(answers, probabilities, strict=True):
                answer["confidence"] = max(row)
                answer["probabilities"] = dict(zip(self.class_names, row, strict=True))
        return answers

    def ask_for_arrays(self, table: Table) -> tuple[np.ndarray, Probabilities]:
        """Return the index of the class, or the number, of each row, or rows x outputs of them; and the probabilities.

        Raises ``RefusedValues`` where the model does not answer, or not with finite numbers.
        """
        answered, probabilities = self._compute(table)
        shares = [] if probabilities is None else probabilities if isinstance(probabilities, list) else [probabilities]
        if not all(np.isfinite(one).all() for one in (answered, *shares) if one.dtype.kind == "f"):
            raise NotFinite
        return answered, probabilities

    def _compute(self, table: Table) -> tuple[np.ndarray, Probabilities]:
        estimator = self.estimator
        if isinstance(estimator, Evaluator) and not estimator.reads_texts:
            return estimator.answer(table.values)
        if hasattr(estimator, "answer"):
            raw = raw_columns(table)
            return estimator.answer(table.values, raw) if raw else estimator.answer(table.values)
        return self._ask_scikit_learn(table)

    def _ask(self, table: Table) -> tuple[list[Any], list[list[Any]] | None]:
        """Return the index of the class, or the number, of each row, or a list of them; and probabilities, or None."""
        answered, probabilities = self._compute(table)
        if answered.dtype.kind == "f" and not np.isfinite(answered).all():
            raise NotFinite
        if probabilities is None:
            return answered.tolist(), None
        if isinstance(probabilities, list):
            if not all(np.isfinite(one).all() for one in probabilities):
                raise NotFinite
            return answered.tolist(), list(zip(*(one.tolist() for one in probabilities), strict=True))
        shares = probabilities.tolist()
        # None of them is above 1. On lists this takes a tenth of what numpy takes for a row.
        if not math.isfinite(sum(map(sum, shares))):
            raise NotFinite
        return answered.tolist(), shares

    def _ask_scikit_learn(self, table: Table) -> tuple[np.ndarray, Probabilities]:
        if self._reads_texts:
            rows = as_texts(raw_columns(table), len(table.rows))
        else:
            rows = estimator_input(table, getattr(self.estimator, "feature_names_in_", None))
        with warnings.catch_warnings():
            # Rows are matched by position here; scikit-learn would rather see a DataFrame.
            warnings.filterwarnings("ignore", "X does not have valid feature names", UserWarning)
            try:
                predictions = np.asarray(self.estimator.predict(rows))
                probable = self.is_classifier and hasattr(self.estimator, "predict_proba")
                probabilities = self.estimator.predict_proba(rows) if probable else None
            except (ValueError, TypeError) as error:
                if isinstance(error, TypeError) and self.schema.is_numeric:
                    raise
                # Of texts among numbers numpy and scikit-learn complain with a TypeError.
                raise RefusedValues(str(error)) from error
        if self.output_labels is not None:
            predictions = find_indexes(predictions, self.output_labels)
            probabilities = split_probabilities(probabilities, self.output_labels) if probable else None
        if self.labels is not None:
            predictions = np.array([self.labels.index(label) for label in predictions.tolist()])
        return predictions, probabilities


def _answer_labels(
    names: Sequence[Sequence[str]], indexes: list[list[int]], probabilities: list[list[Any]] | None
) -> list[dict[str, Any]]:
    """Return what each row is answered with: under each key a list, of what a single output has there."""
    answers: list[dict[str, Any]] = [
        {
            "predicted_class": [known[index] for known, index in zip(names, row, strict=True)],
            "predicted_class_index": row,
        }
        for row in indexes
    ]
    if probabilities is not None:
        for answer, row in zip(answers, probabilities, strict=True):
            answer["confidence"] = [max(shares) for shares in row]
            answer["probabilities"] = [dict(zip(*pair, strict=True)) for pair in zip(names, row, strict=True)]
    return answers


class NotFinite(NotAnswered):
    """The answer is infinite or NaN, which JSON cannot say."""


def _called(estimator: Any) -> str:
    # Evaluators, and estimators in a child process, know what they stand for.
    return getattr(estimator, "name", type(estimator).__name__)


def _is_classifier(estimator: Any) -> bool:
    from sklearn.base import is_classifier

    return is_classifier(estimator)


def _name_features(estimator: Any, given: Sequence[str] | None) -> tuple[str, ...]:
    count = getattr(estimator, "n_features_in_", None)
    own = getattr(estimator, "feature_names_in_", None)
    if given is not None:
        if count is not None and len(given) != count:
            raise ModelError(f"model.json names {len(given)} features, the model was trained on {count}.")
        return tuple(given)
    if own is not None:
        return tuple(str(name) for name in own)
    if reads_texts(estimator):
        return (TEXT,)
    if count is None:
        raise ModelError(
            f"{_called(estimator)} does not say how many features it takes (is it fitted?): "
            "name them in model.json under featureNames."
        )
    return tuple(f"feature_{index}" for index in range(count))


def _by_output(given: Sequence[Any] | None, classes: list[np.ndarray]) -> Sequence[Any]:
    if given is None:
        return [None] * len(classes)
    if len(given) != len(classes) or any(isinstance(names, str) for names in given):
        raise ModelError(
            f"The model answers {len(classes)} labels a row: classNames of model.json must be a list of names for each."
        )
    return given


def _name_classes(labels: np.ndarray, given: Sequence[Any] | None) -> tuple[tuple[Any, ...], tuple[str, ...]]:
    if given is not None and not all(isinstance(name, str) for name in given):
        raise ModelError("classNames of model.json must be one list of names: the model answers one label a row.")
    names = tuple(str(label) for label in labels) if given is None else tuple(given)
    if len(names) != len(labels):
        raise ModelError(f"model.json names {len(names)} classes, the model knows {len(labels)}.")
    if len(set(names)) != len(names):
        raise ModelError("Two classes of the model have the same name: name them in model.json under classNames.")
    return tuple(labels.tolist()), names
