"""Packs one model: checks it by loading and asking it as the server would, then writes the archive."""

from __future__ import annotations

import hashlib
import json
import platform
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from inference_server.evaluate.evaluator import Evaluator
from inference_server.feature import write_features
from inference_server.formats.read_json import read_json
from inference_server.invalid_input import InvalidInput
from inference_server.load_model import load_model
from inference_server.model import Model
from inference_server.model_description import find_problems
from inference_server.model_error import ModelError
from inference_server.model_files.read_evaluator import read_evaluator
from inference_server.not_covered import NotCovered
from inference_server.table.schema import Schema
from inference_server.table.table import Table
from sagemaker_deployer.pack.describe_features import describe_features
from sagemaker_deployer.pack.golden.golden_cases import golden_file, record_golden_cases
from sagemaker_deployer.pack.golden.golden_requests import GoldenRequest, read_golden_requests
from sagemaker_deployer.pack.originals import Original, read_original
from sagemaker_deployer.pack.parity.coded_rows import schema_of
from sagemaker_deployer.pack.parity.measure_parity import measure_parity
from sagemaker_deployer.pack.problems import Problems
from sagemaker_deployer.pack.read_training import find_training_problems, read_training
from sagemaker_deployer.pack.write_archive import write_archive

# Ending of the model file -> its name in the archive. The format of `xgboost-model` is known by its content.
_MEMBER_NAMES = {
    ".pkl": "model.pkl",
    ".pickle": "model.pkl",
    ".joblib": "model.joblib",
    ".skops": "model.skops",
    ".onnx": "model.onnx",
    ".ubj": "model.ubj",
    ".json": "model.xgb.json",
    "xgboost-model": "xgboost-model",
    ".txt": "model.lgb.txt",
}
# What has no parity because the server has its numbers from the library itself.
_SERVED_BY_LIBRARY = {"model.onnx": "onnxruntime"}


@dataclass(frozen=True)
class PackingOrder:
    """What to pack; names that are None come from the estimator."""

    model: Path
    output: Path
    class_names: list[str] | None = None
    feature_names: list[str] | None = None
    golden: Path | None = None
    tolerance: float = 1e-6
    label: str | None = None
    training: Path | None = None


def pack_model(order: PackingOrder) -> dict[str, Any]:
    """Write the archive and return what is in it: sha256, bytes, model.json and the number of golden cases.

    Raises ``Problems`` with everything that is wrong, before anything is written.
    """
    found = _find_path_problems(order)
    names = {"classNames": order.class_names, "featureNames": order.feature_names}
    given = {key: value for key, value in names.items() if value is not None}
    found += find_problems(given)
    requests: list[GoldenRequest] = []
    if order.golden is not None:
        try:
            requests = read_golden_requests(order.golden)
        except Problems as problems:
            found += problems.found
    if found:
        raise Problems(found)

    member = _member_name(order.model)
    try:
        evaluator, reason = _read_evaluator(order.model, member)
        original = read_original(order.model, member, evaluator)
        training = None
        if order.training is not None and evaluator is not None:
            own_names = [] if evaluator.feature_names_in_ is None else list(map(str, evaluator.feature_names_in_))
            training = read_training(order.training, schema_of(evaluator, order.feature_names), own_names)
        parity = _parity(evaluator, reason, original, member, requests, training)
        model = _load(order.model, member, given | {"parity": parity})
        if order.training is not None and training is None:
            training = read_training(order.training, model.schema)
    except ModelError as error:
        raise Problems([str(error)]) from error
    description = _describe(order, member, model, original, parity, training)
    if model.example is not None and not requests:
        description["exampleRows"] = [[_plain(value) for value in model.example.rows[0]]]
    files: dict[str, Path | bytes] = {"model.json": _to_json(description)}
    cases = record_golden_cases(model, original.estimator, requests, order.tolerance) if requests else []
    if cases:
        files["golden.json"] = golden_file(cases)
    files[member] = order.model
    try:
        write_archive(order.output, files)
    except OSError as error:
        raise Problems([f"--output {order.output}: {error.strerror}."]) from error
    with order.output.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return {
        "output": str(order.output),
        "sha256": sha256,
        "bytes": order.output.stat().st_size,
        "goldenCases": len(cases),
        "model": description,
    }


def _find_path_problems(order: PackingOrder) -> list[str]:
    found = []
    if _member_name(order.model) is None:
        found.append(f"--model {order.model}: the name must end in {', '.join(_MEMBER_NAMES)}.")
    if not order.model.is_file():
        found.append(f"--model {order.model}: no such file.")
    if not order.output.name.endswith(".tar.gz"):
        found.append(f"--output {order.output}: the name must end in .tar.gz.")
    if order.output.is_dir():
        found.append(f"--output {order.output}: is a folder.")
    if not order.output.parent.is_dir():
        found.append(f"--output {order.output}: the folder {order.output.parent} does not exist.")
    if not 0 <= order.tolerance < 1:
        found.append(f"--tolerance {order.tolerance}: must be at least 0 and less than 1.")
    if order.training is not None:
        found += find_training_problems(order.training)
    return found


def _member_name(path: Path) -> str | None:
    return next((member for ending, member in _MEMBER_NAMES.items() if path.name.endswith(ending)), None)


def _read_evaluator(path: Path, member: str) -> tuple[Evaluator | None, str]:
    try:
        return read_evaluator(path, member), ""
    except NotCovered as reason:
        return None, str(reason)


def _parity(
    evaluator: Evaluator | None,
    reason: str,
    original: Original,
    member: str,
    requests: list[GoldenRequest],
    training: Table | None,
) -> dict[str, Any]:
    """Return ``parity`` of model.json; raise ``Problems`` where the server is wrong and nothing else could serve."""
    if member in _SERVED_BY_LIBRARY:
        return {"servedBy": _SERVED_BY_LIBRARY[member]}
    if evaluator is None:
        return {"servedBy": "scikit-learn", "reason": f"The server does not evaluate {reason} itself."}
    if original.estimator is None:
        return {"servedBy": "evaluator", "reason": f"Not compared: {original.lack}."}
    width = evaluator.n_features_in_
    schema = schema_of(evaluator)
    rows = [row for request in requests if request.positive for row in _rows_of(request, schema)]
    typical = np.array(rows, dtype=np.float64).reshape(-1, width)
    if training is not None:
        typical = np.concatenate([typical, training.values])
    parity = measure_parity(evaluator, original.estimator, typical)
    if parity["servedBy"] != "evaluator" and original.library != "scikit-learn":
        raise Problems([f"The server does not answer as {original.library} does: {json.dumps(parity)}."])
    return parity


def _rows_of(request: GoldenRequest, schema: Schema) -> list[list[float]]:
    try:
        return read_json(json.dumps(request.body).encode(), schema).values.tolist()
    except InvalidInput:
        return []  # recording the golden cases says what is wrong with it


def _load(path: Path, member: str, names: dict[str, Any]) -> Model:
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder)
        (directory / member).symlink_to(path.resolve())
        (directory / "model.json").write_bytes(_to_json(names))
        return load_model(directory)


def _describe(
    order: PackingOrder,
    member: str,
    model: Model,
    original: Original,
    parity: dict[str, Any],
    training: Table | None,
) -> dict[str, Any]:
    features = describe_features(model.feature_names, training, original.estimator, order.model, member)
    with order.model.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return {
        "formatVersion": 1,
        "modelFile": member,
        "sha256": sha256,
        "modelType": _model_type(model, original),
        "task": _task(model, original),
        **_class_names(model),
        "featureNames": list(model.feature_names),
        **({"features": write_features(features)} if features is not None else {}),
        "versions": {"python": platform.python_version(), **original.versions, "numpy": np.__version__},
        "parity": parity,
        **({"label": order.label} if order.label is not None else {}),
    }


def _class_names(model: Model) -> dict[str, Any]:
    if model.output_classes is not None:
        return {"classNames": [list(known) for known in model.output_classes]}
    return {} if model.class_names is None else {"classNames": list(model.class_names)}


def _is_of_scikit_learn(original: Original) -> bool:
    return original.estimator is not None and type(original.estimator).__module__.startswith("sklearn.")


def _model_type(model: Model, original: Original) -> str:
    if _is_of_scikit_learn(original):
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


def _to_json(content: Any) -> bytes:
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()
