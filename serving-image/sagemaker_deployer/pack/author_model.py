"""What the author hands over, a fitted model in memory or its file: as a file that the image can read."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sagemaker_deployer.pack.originals import Original
from sagemaker_deployer.pack.problems import Problems

# Protocol 4 is what Python 3.8 to 3.13 write by default: the file does not change with the interpreter.
_PROTOCOL = 4
# Deep-learning libraries, whose models come as ONNX.
_TO_ONNX = {"torch": "torch.onnx.export", "keras": "model.export(format='onnx')", "tensorflow": "tf2onnx"}


@dataclass(frozen=True)
class AuthorModel:
    """``member``: the name in the archive. ``original``: the object itself; None where only a file was given."""

    path: Path
    member: str
    original: Original | None


def write_model(model: Any, folder: Path) -> AuthorModel:
    """Write a fitted model into the folder, in its library's own format where that alone says everything.

    Raises ``Problems`` for what cannot be written, or is no model.
    """
    library = type(model).__module__.partition(".")[0]
    if library in _TO_ONNX:
        kind = type(model).__name__
        raise Problems([f"model: a {kind} of {library} is served as ONNX: {_TO_ONNX[library]}, then pack the file."])
    if library == "onnx":
        return _write(folder / "model.onnx", model.SerializeToString())
    if library == "xgboost" and type(model).__name__ == "Booster":
        path = folder / "model.ubj"
        model.save_model(path)
        return AuthorModel(path, path.name, None)
    if library == "lightgbm" and type(model).__name__ == "Booster":
        return _write(folder / "model.lgb.txt", model.model_to_string().encode())
    if isinstance(model, type):
        raise Problems([f"model: {model.__name__} is a class: give an estimator that is fitted."])
    if not callable(getattr(model, "predict", None)):
        raise Problems(
            [f"model: a {type(model).__name__} has no predict: give the fitted estimator, or the path of its file."]
        )
    _check_fitted(model)
    path = folder / "model.pkl"
    try:
        with path.open("wb") as file:
            pickle.dump(model, file, protocol=_PROTOCOL)
    except Exception as error:
        raise Problems(
            [
                f"model: a {type(model).__name__} cannot be pickled: {str(error)[:200]}. Where a lambda or function "
                "of your own is in the way, use transformers of scikit-learn, or numpy's functions."
            ]
        ) from error
    return AuthorModel(path, path.name, Original("scikit-learn", ("scikit-learn",), model, takes_data=True))


def _check_fitted(model: Any) -> None:
    if not hasattr(model, "__sklearn_tags__") and not hasattr(model, "_get_tags"):
        return
    from sklearn.exceptions import NotFittedError
    from sklearn.utils.validation import check_is_fitted

    try:
        check_is_fitted(model)
    except NotFittedError as error:
        raise Problems([f"model: the {type(model).__name__} is not fitted: call fit first."]) from error
    except TypeError:
        pass  # It has no fit of its own kind; reading the file says what is wrong with it.


def _write(path: Path, content: bytes) -> AuthorModel:
    path.write_bytes(content)
    return AuthorModel(path, path.name, None)
