"""What ``test_minors`` runs within each minor: reads recorded files, asks them, and prints what differs."""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path

import numpy as np
import sklearn

from inference_server.model_error import ModelError
from inference_server.model_files.read_estimator import read_estimator
from inference_server.trusted.loaded_estimator import LoadedEstimator

# Of numbers above 1, relative. The files were answered on another processor, by other numpys and scipys.
TOLERANCE = 1e-9


def find_problem(folder: Path) -> str | None:
    """Return what is wrong with the recorded model, None where it answers as it did."""
    (path,) = folder.glob("model.*")
    said = json.loads((folder / "answers.json").read_text())
    try:
        estimator = LoadedEstimator(read_estimator(path))
    except ModelError as refused:
        return f"refused: {refused}"
    texts = {
        place: [row[place] for row in said["rows"]]
        for place, cell in enumerate(said["rows"][0])
        if isinstance(cell, str)
    }
    values = np.array(
        [[np.nan if isinstance(cell, str) else cell for cell in row] for row in said["rows"]], dtype=float
    )
    _, arrays = estimator.answer(values, texts)
    labels, outputs = (estimator.description()[key] for key in ("labels", "outputs"))
    found = arrays[0] if labels is None else np.array(labels)[arrays[0]]
    if outputs is not None:
        found = np.stack([np.array(own)[column] for own, column in zip(outputs, arrays[0].T, strict=True)], axis=1)
    if labels is not None or outputs is not None:
        if found.ravel().tolist() != said["predicted"]:
            return "other labels"
    elif not _near(found.ravel(), said["predicted"]):
        return "other numbers"
    if labels is not None and (said["probabilities"] is None) != (len(arrays) == 1):
        return "probabilities, or none"
    return None if said["probabilities"] is None or _near(arrays[1], said["probabilities"]) else "other probabilities"


def _near(found: np.ndarray, expected: list) -> bool:
    return bool((np.abs(found - expected) <= TOLERANCE * np.maximum(1, np.abs(expected))).all())


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    folders = sorted(Path(sys.argv[1]).iterdir())
    problems = {folder.name: find_problem(folder) for folder in folders}
    told = [f"{name}: {problem}" for name, problem in problems.items() if problem is not None]
    print(json.dumps({"version": sklearn.__version__, "answered": len(folders) - len(told), "problems": told}))
