"""Loads the model directory; the one way from files to a model that can be served."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from inference_server.evaluate.evaluator import Evaluator
from inference_server.example.check_answers import check_answers
from inference_server.feature import Feature
from inference_server.model import Model
from inference_server.model_description import read_model_description
from inference_server.model_error import ModelError, NeedsFull
from inference_server.model_files.choose_model_file import choose_model_file
from inference_server.model_files.read_evaluator import read_evaluator
from inference_server.model_files.with_scikit_learn import read_with_scikit_learn
from inference_server.not_covered import NotCovered
from inference_server.sha256_of import sha256_of
from inference_server.table.column import Column
from inference_server.trusted.contents_digest import check_trust
from inference_server.trusted.scikit_learns import serving_minor

_log = logging.getLogger("inference_server")

# Whatever of these the evaluation does not cover, scikit-learn serves.
PICKLES = ("model.pkl", "model.joblib")
# Other names are taken where the content says which of these formats it is (`model_form`).
# `xgboost-model` is the name that SageMaker's own XGBoost gives its models.
MODEL_FILES = (
    *(*PICKLES, "model.skops", "model.onnx", "model.ubj", "model.xgb.json", "xgboost-model", "model.lgb.txt"),
    *("model.cbm", "model.cat.json"),
)


def load_model(directory: Path, *, apart: bool = False, trust: str | None = None) -> Model:
    """Load the model of the directory (``choose_model_file``), described by ``model.json`` if there is one.

    Runs no code out of the files. Models that ``evaluate`` covers need no scikit-learn, the others are read
    by ``read_estimator`` and predicted by scikit-learn: in this process, or ``apart``, in a child. There they may also
    run code of their own where ``trust`` is ``contents_digest`` of the directory. Raises ``ModelError`` with what is
    wrong and what to do.
    """
    if not directory.is_dir():
        raise ModelError(f"The model directory {directory} does not exist.")
    if trust is not None:
        check_trust(directory, trust)
    description = read_model_description(directory)
    path, form = choose_model_file(directory, description.model_file, MODEL_FILES)
    found = sha256_of(path)
    if description.sha256 is not None and found != description.sha256.lower():
        raise ModelError(
            f"{path.name} is not the file that model.json describes: its sha256 is {found}, "
            f"model.json says {description.sha256[:64]}. Pack the model again."
        )
    estimator, inputs, served = _read(path, form, description.served_by, apart, trust is not None)
    _log.info(served)
    if inputs is None and not isinstance(estimator, Evaluator) and description.features is not None:
        inputs = _columns_of(description.features)
    try:
        model = Model(estimator, description.class_names, description.feature_names, inputs)
        model.features = description.features
        check_answers(model, directory, description.example_rows)
    except ModelError:
        _end_child(estimator)
        raise
    except Exception as error:
        _end_child(estimator)
        # A damaged file may load and then lack attributes that every fitted estimator has.
        raise ModelError(f"{path.name} holds a {type(estimator).__name__} that is not whole: {error}"[:500]) from error
    model.sha256 = found
    model.served = served
    return model


def _columns_of(features: Sequence[Feature]) -> list[Column]:
    """What model.json says of columns of which the model's file says nothing: which of them hold texts."""
    texts = [feature.type == "text" or _has_texts(feature) for feature in features]
    return [Column(type="text" if is_text else "number") for is_text in texts]


def _has_texts(feature: Feature) -> bool:
    return any(isinstance(category, str) for category in feature.categories or ())


def _read(
    path: Path, form: str, served_by: str | None, apart: bool, trusted: bool
) -> tuple[Any, Sequence[Column] | None, str]:
    """Return the estimator, what is known of its columns where it does not say so itself, and how it is served."""
    try:
        if served_by == "scikit-learn" and form in PICKLES:
            raise _leave_to_scikit_learn(path, form)
        evaluator = read_evaluator(path, form=form)
    except NotCovered as reason:
        if reason.way is not None and not trusted:
            raise ModelError(reason.refusal(path.name)) from None
        estimator = _read_apart(path, trusted) if apart else _read_here(path)
        inputs = reason.inputs or ([Column(type="any")] * (estimator.n_features_in_ or 0) if trusted else None)
        return estimator, inputs, f"served by scikit-learn, because the server does not evaluate {reason} itself"
    how = "computed by onnxruntime" if form == "model.onnx" else "evaluated by the server itself"
    return evaluator, None, f"{evaluator.name} of {evaluator.written_by}, {how}"


def _leave_to_scikit_learn(path: Path, form: str) -> NotCovered:
    try:
        inputs = read_evaluator(path, form=form).inputs
    except NotCovered as reason:
        return reason
    reason = NotCovered("a model for which model.json names scikit-learn (parity)")
    reason.inputs = inputs
    return reason


def _read_here(path: Path) -> Any:
    try:
        return read_with_scikit_learn(path)
    except NeedsFull:
        # The target full has not every scikit-learn either.
        serving_minor(path)
        raise


def _read_apart(path: Path, trusted: bool) -> Any:
    from inference_server.trusted.remote_estimator import RemoteEstimator

    return RemoteEstimator(path, trusted)


def _end_child(estimator: Any) -> None:
    if hasattr(estimator, "close"):
        estimator.close()
