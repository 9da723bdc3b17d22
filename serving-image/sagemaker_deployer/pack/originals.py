"""The model as its own library computes it, to compare the server with."""

from __future__ import annotations

import importlib.metadata
import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from inference_server.evaluate.evaluator import Evaluator
from inference_server.model_error import ModelError
from sagemaker_deployer.pack.wrapped_originals import (
    DISTRIBUTIONS,
    Alone,
    library_of,
    read_catboost,
    read_wrapped_original,
)


@dataclass(frozen=True)
class Original:
    """``estimator`` has predict and maybe predict_proba; None: the library is missing, or the server has it compute.

    ``lack``: why there is nothing to compare with.
    """

    library: str
    distributions: tuple[str, ...]
    estimator: Any
    lack: str = ""
    # The author's rows as they are: else they come as numbers, and categories as codes.
    takes_data: bool = False

    @property
    def versions(self) -> dict[str, str]:
        """The library's version, where it is installed."""
        for name in self.distributions:
            try:
                return {self.library: importlib.metadata.version(name)}
            except importlib.metadata.PackageNotFoundError:
                continue
        return {}


class _Asked:
    """Answers as scikit-learn's estimators do, out of one function: rows -> probabilities or numbers."""

    def __init__(self, ask: Callable[[np.ndarray], np.ndarray], classes: int | None) -> None:
        self._ask = ask
        self._classes = classes
        if classes is not None:
            self.predict_proba = self._probabilities

    def predict(self, rows: np.ndarray) -> np.ndarray:
        if self._classes is None:
            return self._ask(rows)
        return self._probabilities(rows).argmax(axis=1)

    def _probabilities(self, rows: np.ndarray) -> np.ndarray:
        found = self._ask(rows)
        return found if found.ndim == 2 else np.stack([1 - found, found], axis=1)


def read_original(path: Path, member: str, evaluator: Evaluator | None) -> Original:
    """Load the file with its own library; ``evaluator``, where there is one, has shown that it is sound.

    Raises ``ModelError`` where that library refuses it.
    """
    wrapped = library_of(evaluator)
    if member in ("model.pkl", "model.joblib") and wrapped is None:
        return _read_pickle(path, evaluator)
    if member == "model.onnx":
        return Original("onnxruntime", ("onnxruntime",), None)
    read, library, distributions = {
        "model.skops": (_read_skops, "skops", ("skops",)),
        "model.lgb.txt": (_read_lightgbm, "lightgbm", ("lightgbm",)),
        "model.cbm": (_read_catboost, "catboost", ("catboost",)),
        "model.cat.json": (_read_catboost, "catboost", ("catboost",)),
        **dict.fromkeys(("model.pkl", "model.joblib"), (_read_wrapped, str(wrapped), DISTRIBUTIONS.get(wrapped, ()))),
    }.get(member, (_read_xgboost, "xgboost", ("xgboost", "xgboost-cpu")))
    lack = ""
    try:
        estimator = read(path, evaluator)
    except ImportError:
        estimator, lack = None, f"{library} was not installed"
    except (Alone, _TooOld) as error:
        estimator, lack = None, str(error)
    except Exception as error:
        raise ModelError(f"{library} refuses {path.name}: {str(error)[:300]}") from error
    return Original(library, distributions, estimator, lack)


def _read_pickle(path: Path, evaluator: Evaluator | None) -> Original:
    """Read it with the scikit-learn that is installed, where that may be the one that wrote it."""
    lack = "scikit-learn was not installed"
    try:
        from inference_server.model_files.read_estimator import read_estimator

        return Original("scikit-learn", ("scikit-learn",), read_estimator(path), takes_data=True)
    except ImportError:
        if evaluator is None:
            raise ModelError(f"{path.name} can be packed where the scikit-learn that wrote it is installed.") from None
    except ModelError as error:
        if evaluator is None:
            raise
        lack = str(error)
    return Original("scikit-learn", ("scikit-learn",), None, lack)


class _TooOld(Exception):
    """The library that is installed is older than the one that wrote the file: it may ignore what it does not know."""


def _read_skops(path: Path, _: Evaluator | None) -> Any:
    import skops.io

    # Trees, which skops does not trust: their nodes have been checked, and so has every name.
    return skops.io.load(path, trusted=skops.io.get_untrusted_types(file=path))


def _read_wrapped(path: Path, evaluator: Evaluator | None) -> Any:
    library = library_of(evaluator)
    if library == "xgboost":
        _check_xgboost(evaluator)
    estimator = read_wrapped_original(path, library, evaluator)
    if type(estimator).__name__ != "Booster":
        return estimator
    return _ask_xgboost(estimator, evaluator) if library == "xgboost" else _ask_lightgbm(estimator, evaluator)


def _read_catboost(path: Path, evaluator: Evaluator | None) -> Any:
    return read_catboost(evaluator, fname=str(path), format="cbm" if path.read_bytes()[:4] == b"CBM1" else "json")


def _check_xgboost(evaluator: Evaluator) -> None:
    import xgboost

    wrote, here = evaluator.written_by.removeprefix("XGBoost "), xgboost.__version__
    if _minor(wrote) > _minor(here):
        raise _TooOld(f"xgboost {wrote} wrote the file, and {here} was installed, which may not know all that is in it")


def _read_xgboost(path: Path, evaluator: Evaluator | None) -> Any:
    import xgboost

    _check_xgboost(evaluator)
    content = path.read_bytes()
    if content[:1] == b"\x80":
        return _read_wrapped(path, evaluator)
    with tempfile.TemporaryDirectory() as folder:
        # XGBoost knows the format by the name.
        named = Path(folder) / ("model.json" if content[1:2] in b'" \t\r\n' else "model.ubj")
        named.write_bytes(content)
        booster = xgboost.Booster(model_file=named)
    booster.set_param({"nthread": 1})
    attributes = booster.attributes()
    rounds = (0, 0)
    if "best_iteration" in attributes and "scikit_learn" in attributes:
        rounds = (0, int(attributes["best_iteration"]) + 1)
    return _ask_xgboost(booster, evaluator, rounds)


def _ask_xgboost(booster: Any, evaluator: Evaluator, rounds: tuple[int, int] = (0, 0)) -> Any:
    import xgboost

    objective = json.loads(booster.save_config())["learner"]["objective"]["name"]

    def ask(rows: np.ndarray, margins: bool = False) -> np.ndarray:
        matrix = xgboost.DMatrix(
            rows, feature_names=booster.feature_names, feature_types=booster.feature_types, enable_categorical=True
        )
        return booster.predict(matrix, output_margin=margins, iteration_range=rounds)

    if isinstance(evaluator.classes_, list):
        estimator = _Asked(ask, None)
        estimator.predict = lambda rows: (ask(rows) > 0.5).astype(int)
        if objective != "binary:hinge":
            estimator.predict_proba = ask
        return estimator
    if objective == "multi:softmax":
        return _Asked(lambda rows: _softmax(ask(rows, margins=True)), len(evaluator.classes_))
    if objective == "binary:hinge":
        estimator = _Asked(ask, None)
        estimator.predict = lambda rows: ask(rows).astype(int)
        return estimator
    return _Asked(ask, None if evaluator.classes_ is None else len(evaluator.classes_))


def _minor(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")[:2]))


def _softmax(margins: np.ndarray) -> np.ndarray:
    raised = np.exp(margins - margins.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


def _read_lightgbm(path: Path, evaluator: Evaluator | None) -> Any:
    import lightgbm

    return _ask_lightgbm(lightgbm.Booster(model_str=path.read_text("utf-8")), evaluator)


def _ask_lightgbm(booster: Any, evaluator: Evaluator) -> Any:
    classes = None if evaluator.classes_ is None else len(evaluator.classes_)
    return _Asked(lambda rows: booster.predict(rows, num_threads=1), classes)
