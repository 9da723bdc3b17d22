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
import sklearn
from sklearn.base import is_classifier, is_regressor

from inference_server.invalid_input import InvalidInput
from inference_server.load_model import load_model, read_evaluator
from inference_server.model import Model
from inference_server.model_description import find_problems
from inference_server.model_error import ModelError
from inference_server.not_covered import NotCovered
from inference_server.read_estimator import read_estimator
from inference_server.read_instances import read_instances
from model_packing.golden_cases import golden_file, record_golden_cases
from model_packing.golden_requests import GoldenRequest, read_golden_requests
from model_packing.measure_parity import measure_parity
from model_packing.problems import Problems
from model_packing.write_archive import write_archive

_MEMBER_NAMES = {".pkl": "model.pkl", ".pickle": "model.pkl", ".joblib": "model.joblib"}


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

    member = _MEMBER_NAMES[order.model.suffix]
    try:
        estimator = read_estimator(order.model)
        parity = _measure_parity(order.model, estimator, requests)
        model = _load(order.model, member, given | {"parity": parity})
    except ModelError as error:
        raise Problems([str(error)]) from error
    description = _describe(order, member, model, estimator, parity)
    files: dict[str, Path | bytes] = {"model.json": _to_json(description)}
    cases = record_golden_cases(model, estimator, requests, order.tolerance) if requests else []
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
    if order.model.suffix not in _MEMBER_NAMES:
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
    return found


def _measure_parity(path: Path, estimator: Any, requests: list[GoldenRequest]) -> dict[str, Any]:
    try:
        evaluator = read_evaluator(path)
    except NotCovered as reason:
        return {"servedBy": "scikit-learn", "reason": f"The server does not evaluate {reason} itself."}
    width = evaluator.n_features_in_
    rows = [row for request in requests if request.positive for row in _rows_of(request, width)]
    return measure_parity(evaluator, estimator, np.array(rows, dtype=np.float64).reshape(-1, width))


def _rows_of(request: GoldenRequest, width: int) -> list[list[float]]:
    try:
        return read_instances(json.dumps(request.body).encode(), width)
    except InvalidInput:
        return []  # recording the golden cases says what is wrong with it


def _load(path: Path, member: str, names: dict[str, Any]) -> Model:
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder)
        (directory / member).symlink_to(path.resolve())
        (directory / "model.json").write_bytes(_to_json(names))
        return load_model(directory)


def _describe(order: PackingOrder, member: str, model: Model, estimator: Any, parity: dict[str, Any]) -> dict[str, Any]:
    cls = type(estimator)
    is_a = {"classification": is_classifier, "regression": is_regressor}
    with order.model.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return {
        "formatVersion": 1,
        "modelFile": member,
        "sha256": sha256,
        "modelType": f"{cls.__module__}.{cls.__qualname__}",
        "task": next((task for task, holds in is_a.items() if holds(estimator)), "other"),
        **({"classNames": list(model.class_names)} if model.class_names is not None else {}),
        "featureNames": list(model.feature_names),
        "versions": {
            "python": platform.python_version(),
            "scikit-learn": sklearn.__version__,
            "numpy": np.__version__,
        },
        "parity": parity,
        **({"label": order.label} if order.label is not None else {}),
    }


def _to_json(content: Any) -> bytes:
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()
