"""Times the explanation of one row of a model: `python time_explanation.py MODEL_DIRECTORY`.

Prints microseconds as JSON: the median of 15 runs of 2,000 rows, from the row as an array to SHAP values of each
class and feature as an array; `answerMicroseconds` is the same up to the names and numbers of the JSON answer.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from inference_server.load_model import load_model

RUNS, ROWS = 15, 2_000


def measure(explain: Callable[[object], object], asked: list[object]) -> float:
    took = []
    for _ in range(RUNS):
        started = time.perf_counter()
        for index in range(ROWS):
            explain(asked[index % len(asked)])
        took.append((time.perf_counter() - started) / ROWS * 1e6)
    return round(statistics.median(took), 2)


def main(directory: Path) -> None:
    explainer = load_model(directory).explainer
    rows = json.loads((directory / "rows.json").read_text())["rows"]
    microseconds = measure(explainer.values, [np.array([row]) for row in rows])
    answer = measure(explainer.explain, [[row] for row in rows])
    print(json.dumps({"microseconds": microseconds, "answerMicroseconds": answer}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
