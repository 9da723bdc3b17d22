"""What is to be packed, and everything that is wrong with it before any model is read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inference_server.model_description import find_problems
from inference_server.model_form import read_form
from sagemaker_deployer.pack.data.read_file import find_file_problems
from sagemaker_deployer.pack.golden.golden_requests import GoldenRequest, read_golden_requests
from sagemaker_deployer.pack.problems import Problems

# Ending of the model file -> its name in the archive. The format of `xgboost-model` is known by its content.
MEMBER_NAMES = {
    ".pkl": "model.pkl",
    ".pickle": "model.pkl",
    ".joblib": "model.joblib",
    ".skops": "model.skops",
    ".onnx": "model.onnx",
    ".ubj": "model.ubj",
    ".cat.json": "model.cat.json",
    ".json": "model.xgb.json",
    "xgboost-model": "xgboost-model",
    ".txt": "model.lgb.txt",
    ".cbm": "model.cbm",
}


@dataclass(frozen=True)
class PackingOrder:
    """What to pack; names that are None come from the model.

    ``model``: a fitted model, or the path of its file. ``data``: rows as in training, in memory, with ``targets``, what
    the model was to predict of them; or ``training``, their file, with ``target``, the column that holds that.
    ``golden``: rows, requests, or their file; None: they are made, of the data's own rows where ``golden_from_data``.
    """

    model: Any
    output: Path
    class_names: list[str] | None = None
    feature_names: list[str] | None = None
    golden: Any = None
    tolerance: float = 1e-6
    label: str | None = None
    training: Path | None = None
    data: Any = None
    targets: Any = None
    target: str | None = None
    golden_from_data: bool = False

    @property
    def names(self) -> dict[str, list[str]]:
        """The names that are given, as model.json calls them."""
        names = {"classNames": self.class_names, "featureNames": self.feature_names}
        return {key: value for key, value in names.items() if value is not None}

    @property
    def has_data(self) -> bool:
        """Whether there are rows as in training."""
        return self.data is not None or self.training is not None


def read_requests(order: PackingOrder) -> list[GoldenRequest]:
    """Return the author's golden requests. Raises ``Problems`` with everything that is wrong with the order."""
    found = [*_find_path_problems(order), *find_problems(order.names)]
    if order.golden_from_data and not order.has_data:
        found.append("--golden-from-data: there is no data; give --data.")
    if order.target is not None and order.training is None:
        found.append("--target: there is no file of data; give --data.")
    if order.golden_from_data and order.golden is not None:
        found.append("--golden-from-data: golden rows are given already; leave out one of both.")
    requests: list[GoldenRequest] = []
    if order.golden is not None:
        try:
            requests = read_golden_requests(order.golden)
        except Problems as problems:
            found += problems.found
    if found:
        raise Problems(found)
    return requests


def member_name(path: Path) -> str | None:
    """Return the name that a model file gets in the archive, None where its own name says no format."""
    if path.name.endswith(".json") and path.is_file() and read_form(path) == MEMBER_NAMES[".cat.json"]:
        # XGBoost and CatBoost both write JSON.
        return MEMBER_NAMES[".cat.json"]
    return next((member for ending, member in MEMBER_NAMES.items() if path.name.endswith(ending)), None)


def _find_path_problems(order: PackingOrder) -> list[str]:
    found = []
    if isinstance(order.model, Path):
        if member_name(order.model) is None:
            found.append(f"--model {order.model}: the name must end in {', '.join(MEMBER_NAMES)}.")
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
        found += find_file_problems(order.training)
    return found
