"""Classifiers of scikit-learn that answer several labels a row: the classes of each output, and answers by them.

Most have a list of arrays in ``classes_`` and answer a list of arrays of probabilities; those of many labels that a row
has or has not (MLPClassifier, OneVsRestClassifier) have one array, and one column of probabilities for each label.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

# Pipelines within searches within pipelines: what answers at last knows of which kind its labels are.
_MOST_LEVELS = 10


def find_classes(estimator: Any) -> np.ndarray | list[np.ndarray] | None:
    """Return the classes of an estimator's one output, or a list of them for several; None where it has neither."""
    classes = getattr(estimator, "classes_", None)
    if isinstance(classes, list) and classes and all(_is_list_of_labels(one) for one in classes):
        return classes
    if not _is_list_of_labels(classes):
        return None
    return [np.array([0, 1])] * len(classes) if _is_multilabel(estimator) else classes


def find_indexes(predicted: np.ndarray, labels: Sequence[Sequence[Any]]) -> np.ndarray:
    """Return rows x outputs: the place of each label among those of its output."""
    if predicted.ndim != 2 or predicted.shape[1] != len(labels):
        raise ValueError("the labels of a row are not as many as the outputs")
    places = [{label: index for index, label in enumerate(known)} for known in labels]
    return np.array([[place[label] for place, label in zip(places, row, strict=True)] for row in predicted.tolist()])


def split_probabilities(found: Any, labels: Sequence[Sequence[Any]]) -> list[np.ndarray]:
    """Return rows x classes for each output; a single column says how likely the second of two classes is."""
    if isinstance(found, list):
        return [np.asarray(one, dtype=np.float64) for one in found]
    found = np.asarray(found, dtype=np.float64)
    if found.ndim != 2 or found.shape[1] != len(labels) or any(len(known) != 2 for known in labels):
        raise ValueError("the probabilities do not fit the classes")
    return [np.stack([1 - positive, positive], axis=1) for positive in found.T]


def _is_list_of_labels(classes: Any) -> bool:
    return isinstance(classes, np.ndarray) and classes.ndim == 1


def _is_multilabel(estimator: Any) -> bool:
    for _ in range(_MOST_LEVELS):
        inner = getattr(estimator, "best_estimator_", getattr(estimator, "_final_estimator", None))
        if inner is None:
            break
        estimator = inner
    if getattr(estimator, "multilabel_", False) is True:
        return True
    binarizer = getattr(estimator, "_label_binarizer", None)
    return str(getattr(binarizer, "y_type_", "")).startswith("multilabel")
