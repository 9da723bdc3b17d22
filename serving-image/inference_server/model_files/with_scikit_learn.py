"""Reads a model for scikit-learn to predict with, where scikit-learn is here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from inference_server.model_error import NeedsFull
from inference_server.pickles.decompress import decompress
from inference_server.pickles.look_through import look_through


def read_with_scikit_learn(path: Path) -> Any:
    """Return what ``read_estimator`` reads.

    Without scikit-learn, raises ``ModelError`` for what it would refuse, as far as that is known, and ``NeedsFull``.
    """
    read_estimator = _import_reader()
    if read_estimator is None:
        look_through(decompress(path.read_bytes()), path.name)
        raise NeedsFull(
            f"{path.name} has to be served by scikit-learn, and this image has none (target lite): use the target full."
        )
    return read_estimator(path)


def _import_reader() -> Callable[[Path], Any] | None:
    try:
        # About a second: only where it is needed.
        from inference_server.model_files.read_estimator import read_estimator
    except ModuleNotFoundError as error:
        if error.name is None or error.name.split(".")[0] != "sklearn":
            raise
        return None
    return read_estimator
