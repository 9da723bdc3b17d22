"""Trains models with older XGBoost and LightGBM too, and compares; needs a package index.

``python tests/all_versions.py CACHE [xgboost==1.7.6 ...]``: environments are kept in CACHE. Prints a line per version.
Exit status 1 if any sum or label differs.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np

from inference_server.model_files.read_evaluator import read_evaluator
from sagemaker_deployer.pack.parity.adversarial_rows import adversarial_rows

# XGBoost 3.1 brought a base score for each class; before, it was one number. 3.3 and later need Python 3.12.
VERSIONS = ["xgboost==1.7.6", "xgboost-cpu==2.1.4", "xgboost-cpu==3.0.5", "xgboost-cpu==3.2.0", "xgboost-cpu==3.4.1"]
VERSIONS += ["lightgbm==3.3.5", "lightgbm==4.0.0", "lightgbm==4.7.0"]
# The numpy and scikit-learn that suit those that do not take the newest.
_OLD_LIBRARIES = {
    "xgboost==1.7.6": ("numpy<2", "1.4"),
    "xgboost-cpu==2.1.4": ("numpy>=2", "1.5"),
    "xgboost-cpu==3.0.5": ("numpy>=2", "1.5"),
    "lightgbm==3.3.5": ("numpy<2", "1.4"),
    "lightgbm==4.0.0": ("numpy<2", "1.4"),
}
_MOST_ROWS = 20_000


def main(cache: Path, versions: list[str]) -> int:
    """Return the exit status."""
    failed = 0
    for version in versions:
        packages, models = cache / version, cache / f"models-{version}"
        if not packages.exists() and not _install(version, packages):
            print(f"{version}: SKIPPED, not to be had for Python {sys.version_info.major}.{sys.version_info.minor}")
            continue
        _run(packages, "train", version, models)
        evaluators = {path: read_evaluator(path) for path in sorted(models.glob("*/model.*")) if path.suffix != ".npy"}
        for path, evaluator in evaluators.items():
            rows = adversarial_rows(evaluator, np.load(path.parent / "typical.npy"))
            np.save(path.parent / "rows.npy", rows[np.random.default_rng(1).permutation(len(rows))[:_MOST_ROWS]])
        _run(packages, "answer", version, models)
        problems, count = [], 0
        for path, evaluator in evaluators.items():
            rows, expected = np.load(path.parent / "rows.npy"), np.load(path.parent / "sums.npy")
            sums = evaluator.sums(rows)
            count += len(rows)
            if not np.array_equal(sums, expected.reshape(sums.shape)):
                worst = float(np.abs(sums - expected.reshape(sums.shape)).max())
                problems.append(f"{path.parent.name} ({path.name}): sums differ by {worst}")
            if not np.allclose(evaluator.answer(rows)[0], np.load(path.parent / "predicted.npy"), rtol=1e-6, atol=1e-6):
                problems.append(f"{path.parent.name} ({path.name}): answers differ")
        print(f"{version}: {len(evaluators)} files, {count} rows, {len(problems)} wrong", flush=True)
        print("".join(f"  {problem}\n" for problem in problems), end="", flush=True)
        failed += len(problems)
    return 1 if failed else 0


def _install(version: str, packages: Path) -> bool:
    numpy, learn = _OLD_LIBRARIES.get(version, ("numpy>=2", "1.8"))
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--only-binary=:all:", "--target", str(packages)]
    return subprocess.run([*command, version, numpy, f"scikit-learn=={learn}.*"], check=False).returncode == 0


def _run(packages: Path, what: str, version: str, models: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(packages), "JOBLIB_MULTIPROCESSING": "0"}
    command = [sys.executable, "-S", __file__.replace("all_versions", "older_models"), what, version, str(models)]
    subprocess.run(command, check=True, env=environment)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:] or VERSIONS))
