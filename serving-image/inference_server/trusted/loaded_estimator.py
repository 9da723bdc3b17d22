"""An estimator in the child: what the server must know of it, and its answers as arrays."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from inference_server.model_error import ModelError
from inference_server.pickles.refusals import without_predict
from inference_server.several_outputs import find_classes, find_indexes, split_probabilities
from inference_server.table.estimator_input import TEXT, as_texts, reads_texts, rows_for_estimator
from inference_server.trusted.trained_on_names import check_pandas, chooses_by_names, names_of_frame


class LoadedEstimator:
    """Wraps anything with ``predict``. Raises ``ModelError`` for what cannot be served.

    ``as_trained``: what was trained on a DataFrame gets one, also where it would do without.
    """

    def __init__(self, estimator: Any, as_trained: bool = False) -> None:
        self._estimator = estimator
        self._names = names_of_frame(estimator)
        self._by_names = self._names is not None and (as_trained or chooses_by_names(estimator))
        if self._by_names:
            check_pandas(type(estimator).__name__, needed=chooses_by_names(estimator))
        self._reads_texts = reads_texts(estimator)
        self._name = type(estimator).__name__
        if not callable(getattr(estimator, "predict", None)):
            raise ModelError(without_predict(self._name))
        # Of a classifier one of them: labels, or those of each of several outputs.
        self._labels, self._outputs = self._find_labels() if _is_classifier(estimator) else (None, None)
        self._indexes = None if self._labels is None else {label: index for index, label in enumerate(self._labels)}
        is_classifier = self._labels is not None or self._outputs is not None
        self._has_probabilities = is_classifier and hasattr(estimator, "predict_proba")
        self._predicts_by_probability = self._labels is not None and _predicts_by_probability(estimator)

    def description(self) -> dict[str, Any]:
        """Return name, number and names of features, and class labels; null where the estimator does not say."""
        if self._reads_texts:
            return self._described(1, [TEXT])
        count = getattr(self._estimator, "n_features_in_", None)
        names = getattr(self._estimator, "feature_names_in_", None)
        return self._described(
            None if count is None else int(count), None if names is None else [str(name) for name in names]
        )

    def _described(self, count: int | None, names: list[str] | None) -> dict[str, Any]:
        return {
            "name": self._name,
            "features": count,
            "featureNames": names,
            "readsTexts": self._reads_texts,
            "labels": self._labels,
            "outputs": self._outputs,
        }

    def answer(self, values: np.ndarray, raw: dict[int, list[Any]]) -> tuple[dict[str, Any], list[np.ndarray]]:
        """Return a head and arrays: the index of the class, or the prediction, of each row, and the probabilities.

        Of several outputs there is a column of each, and the probabilities of all of them stand side by side.
        """
        rows = as_texts(raw, len(values)) if self._reads_texts else self._rows(values, raw)
        if self._predicts_by_probability:
            probabilities = self._probabilities(rows)
            return {"answered": None}, [probabilities.argmax(axis=1).astype("<i8"), probabilities]
        predicted = np.asarray(self._estimator.predict(rows))
        if self._outputs is not None:
            found = find_indexes(predicted, self._outputs).astype("<i8")
            return {"answered": None}, [found, *([self._probabilities(rows)] if self._has_probabilities else [])]
        if self._indexes is not None:
            indexes = np.array([self._indexes[label] for label in predicted.tolist()], dtype="<i8")
            return {"answered": None}, [indexes, *([self._probabilities(rows)] if self._has_probabilities else [])]
        kind = {"f": "<f8", "i": "<i8", "b": "|b1"}.get(predicted.dtype.kind)
        if kind is None or predicted.ndim not in (1, 2):
            # Text, for one; what JSON cannot hold is a TypeError, and so a failed prediction.
            return {"answered": predicted.tolist()}, []
        return {"answered": None}, [predicted.astype(kind)]

    def _rows(self, values: np.ndarray, raw: dict[int, list[Any]]) -> Any:
        return rows_for_estimator(values, raw, self._names, self._by_names)

    def _probabilities(self, rows: Any) -> np.ndarray:
        found = self._estimator.predict_proba(rows)
        if self._outputs is not None:
            found = np.concatenate(split_probabilities(found, self._outputs), axis=1)
        return np.asarray(found, dtype="<f8")

    def _find_labels(self) -> tuple[list[Any] | None, list[list[Any]] | None]:
        classes = find_classes(self._estimator)
        if classes is None:
            raise ModelError(f"{self._name} has no list of classes (is it fitted?).")
        try:
            if isinstance(classes, list):
                return None, json.loads(json.dumps([labels.tolist() for labels in classes]))
            return json.loads(json.dumps(classes.tolist())), None
        except (TypeError, ValueError) as error:
            raise ModelError(f"The classes of this {self._name} are neither text nor numbers.") from error


def _is_classifier(estimator: Any) -> bool:
    try:
        from sklearn.base import is_classifier

        return is_classifier(estimator)
    except (ImportError, AttributeError, TypeError):  # no scikit-learn, or nothing of scikit-learn's
        return hasattr(estimator, "classes_") and hasattr(estimator, "predict_proba")


def _predicts_by_probability(estimator: Any) -> bool:
    """Forests predict the class of the largest probability, by calling predict_proba: once is enough then."""
    try:
        from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
    except ImportError:
        return False
    return type(estimator) in (ExtraTreesClassifier, RandomForestClassifier)
