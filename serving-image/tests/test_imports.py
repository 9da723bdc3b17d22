"""The rules of imports.ini hold, and each of them notices what it is there for."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from server_process import SOURCE

RULES = {
    "rooms": "A room imports only rooms below it",
    "circles": "No file imports itself by way of others, and no room either",
    "models": "What reads, computes and explains models knows nothing of HTTP",
    "packing": "The server imports no tool around it",
    "onnxruntime": "One file imports onnxruntime",
}
FOR_TYPES = "\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    "
LATE = "\ndef late():\n    "


def check(folder: Path, *rules: str) -> subprocess.CompletedProcess:
    """Run import-linter on the packages in a folder, which it looks for where it is started."""
    command = [Path(sys.executable).with_name("lint-imports"), str(SOURCE / "imports.ini"), "--no-logo", "--no-cache"]
    chosen = [argument for rule in rules for argument in ("--contract", rule)]
    return subprocess.run([*command, *chosen], cwd=folder, capture_output=True, text=True, check=False)


def test_the_rules_hold():
    found = check(SOURCE)
    assert found.returncode == 0, found.stdout
    assert f"{len(RULES)} kept, 0 broken" in found.stdout


@pytest.mark.parametrize(
    ("rule", "file", "line"),
    [
        ("rooms", "inference_server/pickles/decompress.py", "\nimport inference_server.evaluate.trees"),
        ("rooms", "inference_server/http/limits.py", LATE + "import inference_server.served.served_model"),
        ("rooms", "inference_server/metrics/counts.py", FOR_TYPES + "import inference_server.served.served_model"),
        ("rooms", "inference_server/served/served_model.py", "\nfrom inference_server.routes import application"),
        ("rooms", "inference_server/new/__init__.py", "# A room that nobody gave a place."),
        ("circles", "inference_server/evaluate/columns.py", FOR_TYPES + "import inference_server.evaluate.evaluator"),
        ("circles", "inference_server/http/shared.py", LATE + "from inference_server.http.server import HttpServer"),
        ("models", "inference_server/trusted/frames.py", "\nimport inference_server.http.messages"),
        ("packing", "inference_server/memory.py", LATE + "import model_trial.child"),
        ("packing", "inference_server/feature.py", LATE + "import sagemaker_deployer.pack.problems"),
        ("onnxruntime", "sagemaker_deployer/pack/problems.py", LATE + "import onnxruntime"),
    ],
)
def test_each_rule_notices(tmp_path, rule, file, line):
    for package in ("inference_server", "model_packing", "model_trial", "sagemaker_deployer"):
        shutil.copytree(SOURCE / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / file).parent.mkdir(exist_ok=True)
    with (tmp_path / file).open("a") as source:
        source.write(line + "\n")
    found = check(tmp_path, rule)
    assert found.returncode == 1, found.stdout + found.stderr
    assert f"{RULES[rule]} BROKEN" in found.stdout
