"""A loaded model: names, the shape that it takes, and rows in, predictions out."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from inference_server.feature import Feature
from inference_server.invalid_input import InvalidInput
from inference_server.model_error import ModelError

if TYPE_CHECKING:
    from inference_server.explain.explainer import Explainer

_LARGEST_FLOAT32 = float(np.finfo(np.float32).max)


class Model:
    """An estimator of scikit-learn, or the evaluator of one, with its names.

    Names come from the arguments (model.json), else from the estimator's own ``classes_`` and
    ``feature_names_in_``, else they are ``feature_0`` and so on. Raises ``ModelError`` where these
    contradict each other.
    """

    def __init__(
        self,
        estimator: Any,
        class_names: Sequence[str] | None = None,
        feature_names: Sequence[str] | None = None,
    ) -> None:
        # An Evaluator, or a RemoteEstimator, which looks like one.
        evaluated = hasattr(estimator, "answer")
        if not evaluated and not callable(getattr(estimator, "predict", None)):
            raise ModelError(f"The model file holds a {type(estimator).__name__}, which has no predict method.")
        self.estimator = estimator
        # Of the model file: answers name the model by it.
        self.sha256: str | None = None
        # Types and ranges of the columns, where model.json says them.
        self.features: tuple[Feature, ...] | None = None
        self.feature_names = _name_features(estimator, feature_names)
        self.labels: tuple[Any, ...] | None = None
        self.class_names: tuple[str, ...] | None = None
        if estimator.classes_ is not None if evaluated else _is_classifier(estimator):
            self.labels, self.class_names = _name_classes(estimator, class_names)
        elif class_names is not None:
            raise ModelError(f"model.json names classes, but {_called(estimator)} is not a classifier.")

    @functools.cached_property
    def explainer(self) -> Explainer:
        """What explains predictions, made when it is first asked for. Raises ``NotExplained``."""
        from inference_server.explain.explainer import Explainer

        return Explainer(self.estimator, self.feature_names, self.class_names)

    def predict(self, rows: list[list[float]]) -> list[dict[str, Any]]:
        """Predict for rows of finite numbers, each as long as ``feature_names``.

        Raises ``InvalidInput`` for numbers beyond what the model computes with (trees use float32).
        """
        table = np.array(rows, dtype=np.float64)
        try:
            answers = self._answer(table)
        except ValueError:
            if np.abs(table).max() > _LARGEST_FLOAT32:
                raise InvalidInput("Invalid input: a value is too large for this model (float32)") from None
            raise
        for answer, row in zip(answers, rows, strict=True):
            answer["input_features"] = dict(zip(self.feature_names, map(float, row), strict=True))
        return answers

    def _answer(self, table: np.ndarray) -> list[dict[str, Any]]:
        indexes, probabilities = self._ask(table)
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

    def _ask(self, table: np.ndarray) -> tuple[list[Any], list[list[float]] | None]:
        """Return the index of the class, or the number, of each row, and the probabilities, or None."""
        if hasattr(self.estimator, "answer"):
            answered, probabilities = self.estimator.answer(table)
            return answered.tolist(), None if probabilities is None else probabilities.tolist()
        with warnings.catch_warnings():
            # Rows are matched by position here; scikit-learn would rather see a DataFrame.
            warnings.filterwarnings("ignore", "X does not have valid feature names", UserWarning)
            predictions = self.estimator.predict(table).tolist()
            probable = self.labels is not None and hasattr(self.estimator, "predict_proba")
            probabilities = self.estimator.predict_proba(table).tolist() if probable else None
        return predictions if self.labels is None else list(map(self.labels.index, predictions)), probabilities


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
    if count is None:
        raise ModelError(
            f"{_called(estimator)} does not say how many features it takes (is it fitted?): "
            "name them in model.json under featureNames."
        )
    return tuple(f"feature_{index}" for index in range(count))


def _name_classes(estimator: Any, given: Sequence[str] | None) -> tuple[tuple[Any, ...], tuple[str, ...]]:
    labels = getattr(estimator, "classes_", None)
    if not isinstance(labels, np.ndarray) or labels.ndim != 1:
        raise ModelError(
            f"{type(estimator).__name__} has no single list of classes (is it fitted? several outputs are not served)."
        )
    names = tuple(str(label) for label in labels) if given is None else tuple(given)
    if len(names) != len(labels):
        raise ModelError(f"model.json names {len(names)} classes, the model knows {len(labels)}.")
    if len(set(names)) != len(names):
        raise ModelError("Two classes of the model have the same name: name them in model.json under classNames.")
    return tuple(labels.tolist()), names
