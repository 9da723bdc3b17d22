"""Times one row through the evaluator of a model: `python time_evaluator.py MODEL_DIRECTORY`.

Prints microseconds as JSON: the median of 15 runs of 20,000 rows, one after the other.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from pathlib import Path

import numpy as np

from inference_server.load_model import load_model

RUNS, ROWS = 15, 20_000


def main(directory: Path) -> None:
    model = load_model(directory)
    rows = json.loads((directory / "rows.json").read_text())["rows"]
    tables = [np.array([row]) for row in rows]
    answer, took = model.estimator.answer, []
    for _ in range(RUNS):
        started = time.perf_counter()
        for index in range(ROWS):
            answer(tables[index % len(tables)])
        took.append((time.perf_counter() - started) / ROWS * 1e6)
    print(json.dumps({"microseconds": round(statistics.median(took), 2)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
