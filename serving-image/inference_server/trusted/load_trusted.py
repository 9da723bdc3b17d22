"""Loads a model file with the real unpickler: whatever it and the modules beside it say is run."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path
from typing import Any

from inference_server.model_error import ModelError


def load_trusted(path: Path) -> Any:
    """Return what the file holds. Modules of the author lie beside it, or in `code/`, and hide no others.

    Raises ``ModelError`` for modules that are not there; whatever the author's code raises goes through.
    """
    sys.path += [str(path.parent), str(path.parent / "code")]
    try:
        try:
            import joblib
        except ImportError:  # an image without scikit-learn
            with path.open("rb") as file:
                return pickle.load(file)
        return joblib.load(path)
    except ModuleNotFoundError as error:
        raise ModelError(
            f"{path.name} needs the Python module {error.name}, which neither this image nor the archive has. "
            "Put modules of your own beside the model or into code/; packages belong into an image of your own."
        ) from error
