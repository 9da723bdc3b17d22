"""Loads the model directory; the one way from files to a model that can be served."""

from __future__ import annotations

import hashlib
from pathlib import Path

from inference_server.model import Model
from inference_server.model_description import read_model_description
from inference_server.model_error import ModelError
from inference_server.read_estimator import read_estimator

MODEL_FILES = ("model.pkl", "model.joblib")


def load_model(directory: Path) -> Model:
    """Load ``model.pkl`` or ``model.joblib``, described by ``model.json`` if there is one.

    Runs no code out of the files. Raises ``ModelError`` with what is wrong and what to do.
    """
    if not directory.is_dir():
        raise ModelError(f"The model directory {directory} does not exist.")
    description = read_model_description(directory)
    path = directory / _choose_file(directory, description.model_file)
    if description.sha256 is not None:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != description.sha256.lower():
            raise ModelError(
                f"{path.name} is not the file that model.json describes: its sha256 is {found}, "
                f"model.json says {description.sha256[:64]}. Pack the model again."
            )
    estimator = read_estimator(path)
    try:
        return Model(estimator, description.class_names, description.feature_names)
    except ModelError:
        raise
    except Exception as error:
        # A damaged file may load and then lack attributes that every fitted estimator has.
        raise ModelError(f"{path.name} holds a {type(estimator).__name__} that is not whole: {error}"[:500]) from error


def _choose_file(directory: Path, named: str | None) -> str:
    if named is not None:
        if named not in MODEL_FILES:
            raise ModelError(f"model.json names the model file {named[:60]!r}; it must be {' or '.join(MODEL_FILES)}.")
        if not (directory / named).is_file():
            raise ModelError(f"model.json names {named}, which the archive does not hold.")
        return named
    found = [name for name in MODEL_FILES if (directory / name).is_file()]
    if len(found) == 1:
        return found[0]
    if found:
        raise ModelError("The archive holds model.pkl and model.joblib: remove one, or name it in model.json.")
    names = sorted(entry.name for entry in directory.iterdir())[:10]
    raise ModelError(f"The archive has no model.pkl and no model.joblib at its top; it holds {names}.")
