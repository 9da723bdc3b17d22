"""model.json: what the archive says about its model."""

from __future__ import annotations

import platform
from typing import Any

import numpy as np

from inference_server.feature import write_features
from inference_server.model import Model
from inference_server.sha256_of import sha256_of
from sagemaker_deployer.pack.author_data import AuthorData
from sagemaker_deployer.pack.author_model import AuthorModel
from sagemaker_deployer.pack.describe_features import describe_features
from sagemaker_deployer.pack.originals import Original
from sagemaker_deployer.pack.packing_order import PackingOrder


def describe_model(
    order: PackingOrder,
    author: AuthorModel,
    model: Model,
    original: Original,
    parity: dict[str, Any],
    data: AuthorData,
    golden_cases: int,
) -> dict[str, Any]:
    """Return the content of model.json."""
    features = describe_features(model, data.rows, original.estimator, author)
    description = {
        "formatVersion": 1,
        "modelFile": author.member,
        "sha256": sha256_of(author.path),
        "modelType": _model_type(model, original),
        "task": _task(model, original),
        **_class_names(model),
        "featureNames": list(model.feature_names),
        **({"features": write_features(features)} if features is not None else {}),
        "versions": {"python": platform.python_version(), **original.versions, "numpy": np.__version__},
        "parity": parity,
        **({"label": order.label} if order.label is not None else {}),
    }
    if model.example is not None and not golden_cases:
        description["exampleRows"] = [[_plain(value) for value in model.example.rows[0]]]
    return description


def _class_names(model: Model) -> dict[str, Any]:
    if model.output_classes is not None:
        return {"classNames": [list(known) for known in model.output_classes]}
    return {} if model.class_names is None else {"classNames": list(model.class_names)}


def _is_of_scikit_learn(original: Original) -> bool:
    return original.estimator is not None and type(original.estimator).__module__.startswith("sklearn.")


def _model_type(model: Model, original: Original) -> str:
    if original.takes_data:
        cls = type(original.estimator)
        return f"{cls.__module__}.{cls.__qualname__}"
    return f"{original.library}: {model.estimator.name}"


def _task(model: Model, original: Original) -> str:
    if not _is_of_scikit_learn(original):
        return "classification" if model.is_classifier else "regression"
    from sklearn.base import is_classifier, is_regressor

    is_a = {"classification": is_classifier, "regression": is_regressor}
    return next((task for task, holds in is_a.items() if holds(original.estimator)), "other")


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, (str, bool, int)) else float(value)
