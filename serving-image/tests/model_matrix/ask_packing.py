"""Whether the packing tool refuses what the server refuses, for the same reason."""

from __future__ import annotations

import re
import shutil
import tempfile
import warnings
from pathlib import Path

from model_matrix.recorded_file import RecordedFile
from sagemaker_deployer.pack.pack_model import pack_model
from sagemaker_deployer.pack.packing_order import PackingOrder
from sagemaker_deployer.pack.problems import Problems

# The server names the file as it lies there, the tool as it will lie in the archive.
_FILE = re.compile(r"\bmodel(\.xgb|\.lgb|\.cat)?\.(pkl|joblib|skops|onnx|ubj|json|txt|cbm)\b")
# Only the server knows whether its platform lets a model run code of its own.
_TRUST = re.compile(r" Where the platform allows it, .*")
# An error in the child process comes with its whole line.
_PLACE = re.compile(r'File "(?:[^"]*/)?([^"/]+)", line (\d+), in \w+')


def find_disagreement(model: RecordedFile, refusal: str) -> str:
    """Pack what the server refused; return what the tool says otherwise, or nothing."""
    with tempfile.TemporaryDirectory(prefix="pack-") as folder:
        path = Path(folder) / f"model{model.path.suffix}"
        shutil.copyfile(model.path, path)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                pack_model(PackingOrder(model=path, output=Path(folder) / "model.tar.gz"), write=False)
        except Problems as problems:
            said = " ".join(problems.found)
            return "" if plain_reason(said) == plain_reason(refusal) else f"packing refuses it otherwise: {said}"
        except Exception as error:
            return f"packing ends in {type(error).__name__}: {error}"
    return "packing takes it"


def plain_reason(reason: str) -> str:
    """Return the reason without what differs between the two."""
    reason = _PLACE.sub(r"\1, line \2", _TRUST.sub("", reason))
    return _FILE.sub("the model file", reason).strip()
