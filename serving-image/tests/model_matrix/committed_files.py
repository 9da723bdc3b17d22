"""The committed files: which they are, loaded as the server does, and which of them it refuses, with the reasons."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

from inference_server.load_model import load_model
from inference_server.model import Model
from inference_server.model_error import ModelError
from model_matrix.chosen_files import COMMITTED
from model_matrix.library_versions import LIBRARY_VERSIONS
from model_matrix.recorded_file import RecordedFile, read_index

REFUSED = COMMITTED / "refused.json"


def committed_files() -> list[RecordedFile]:
    """Return every file of every version that has files."""
    folders = (COMMITTED / version.name for version in LIBRARY_VERSIONS)
    return [model for folder in folders if folder.exists() for model in read_index(folder)]


def load(model: RecordedFile) -> Model:
    """Load the file as a server does. Raises ``ModelError`` where it is refused."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copyfile(model.path, Path(folder) / f"model{model.path.suffix}")
        return load_model(Path(folder), apart=True)


def close(model: Model) -> None:
    """End the child process of a model that has one."""
    if hasattr(model.estimator, "close"):
        model.estimator.close()


def write_refused() -> int:
    """Write down what is refused, and why; return how many files that is."""
    refused = {}
    for model in committed_files():
        try:
            close(load(model))
        except ModelError as reason:
            refused[model.name] = str(reason)
    REFUSED.write_text(json.dumps(refused, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return len(refused)
