"""Trains the covered models with every scikit-learn minor from 1.2 on and compares; needs a package index.

``python tests/all_minors.py CACHE [1.2 1.9 ...]``: environments and models are kept in CACHE. Prints a line per
minor, and which were skipped because they have no wheel for this Python. Exit status 1 if any answer differs.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np

from inference_server.evaluate.trees import Trees
from inference_server.load_model import read_evaluator
from inference_server.model_error import ModelError
from inference_server.not_covered import NotCovered
from sagemaker_deployer.pack.parity.adversarial_rows import adversarial_rows
from sagemaker_deployer.pack.parity.measure_parity import find_difference

MINORS = [f"1.{minor}" for minor in range(2, 10)]
SCRIPT = Path(__file__).with_name("covered_models.py")


def main(cache: Path, minors: list[str]) -> int:
    """Return the exit status."""
    failed = 0
    for minor in minors:
        packages = cache / minor
        if not packages.exists() and not _install(minor, packages):
            print(f"{minor}: SKIPPED, no wheel for Python {sys.version_info.major}.{sys.version_info.minor}")
            continue
        models = cache / f"models-{minor}"
        _run(packages, "train", models)
        evaluators, problems = {}, []
        for folder in sorted(models.iterdir()):
            try:
                evaluators[folder] = read_evaluator(folder / "model.pkl")
            except (ModelError, NotCovered) as reason:
                problems.append(f"{(folder / 'name').read_text()}: not covered: {reason}")
                continue
            rows = adversarial_rows(evaluators[folder], np.load(folder / "typical.npy"))
            sums = evaluators[folder].sums
            if minor in ("1.2", "1.3") and isinstance(sums, Trees) and sums.sets is not None:
                # There a category of 256 and more is cast to uint8, which C does not define: unknown, here.
                rows = rows[~(rows >= 256).any(axis=1)]
            np.save(folder / "rows.npy", rows)
        _run(packages, "answer", models)
        rows, largest = 0, 0.0
        for folder, evaluator in evaluators.items():
            name = (folder / "name").read_text()
            asked = np.load(folder / "rows.npy")
            predicted = np.load(folder / "predicted.npy", allow_pickle=False)
            probabilities = folder / "probabilities.npy"
            expected = np.load(probabilities) if probabilities.exists() else None
            if expected is not None and isinstance(evaluator.classes_, list):
                expected = np.split(expected, np.cumsum(list(map(len, evaluator.classes_)))[:-1], axis=1)
            rows += len(asked)
            for file in ("model.pkl", "model.joblib"):
                difference = find_difference(read_evaluator(folder / file), asked, predicted, expected)
                largest = max(largest, difference.largest)
                if not difference.passes:
                    problems.append(f"{name} ({file}): {difference}")
            if isinstance(evaluator.sums, Trees):
                table = asked
                for step in evaluator.steps:
                    table = step(table)
                if not np.array_equal(evaluator.sums(table), evaluator.sums.evaluate_with_numpy(table), equal_nan=True):
                    problems.append(f"{name}: C and numpy differ")
        print(
            f"{minor}: {len(evaluators)} models, {rows} rows, largest difference {largest:.1e}, {len(problems)} wrong"
        )
        print("".join(f"  {problem}\n" for problem in problems), end="", flush=True)
        failed += len(problems)
    return 1 if failed else 0


def _install(minor: str, packages: Path) -> bool:
    # numpy 2 has no wheels that scikit-learn before 1.5 was built for.
    numpy = "numpy<2" if minor in ("1.2", "1.3", "1.4") else "numpy>=2"
    wanted = [f"scikit-learn=={minor}.*", numpy]
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--only-binary=:all:", "--target", str(packages)]
    return subprocess.run([*command, *wanted], check=False).returncode == 0


def _run(packages: Path, what: str, models: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(packages), "JOBLIB_MULTIPROCESSING": "0"}
    # -S: the packages of this environment must not be found in place of the minor's.
    subprocess.run([sys.executable, "-S", str(SCRIPT), what, str(models)], check=True, env=environment)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:] or MINORS))
