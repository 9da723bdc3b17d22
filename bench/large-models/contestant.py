"""One way to answer the large models, in a process of its own: `python contestant.py NAME MODELS`.

Reads a JSON object a line and answers with one: `load` a model, have it `answer` rows into a file, or `time` it.
NAME is `evaluator` (this project's, of whatever commit PYTHONPATH says) or one of ``libraries.LIBRARIES``.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

# One row is asked this often in a turn, another one each time; more rows at least once.
SINGLE_ROWS = 200
LEAST_SECONDS = 0.1

# rows x features of float64 -> a number a row: of classes the probability of the second one
Predict = Callable[[Any], np.ndarray]


def load_evaluator(folder: Path, name: str) -> tuple[Predict, Callable[[np.ndarray], Any], dict[str, int]]:
    from inference_server.load_model import load_model

    evaluator = load_model(folder / name).estimator

    def predict(rows: np.ndarray) -> np.ndarray:
        answered, probabilities = evaluator.answer(rows)
        return answered if probabilities is None else probabilities[:, 1]

    return predict, lambda rows: rows, {"bytes": bytes_of(evaluator.sums)}


def bytes_of(sums: Any) -> int:
    """Of all arrays that it holds."""
    parts = [*vars(sums).values(), *vars(getattr(sums, "packed", None) or object.__new__(Empty)).values()]
    return sum(part.nbytes for part in parts if isinstance(part, np.ndarray))


class Empty:
    """Has no arrays."""


class Contestant:
    """``rows`` are prepared before the clock runs: each library gets them in the type that it likes best."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.folder = folder
        self.predict: Predict | None = None
        self.rows: Any = None

    def load(self, model: str) -> dict[str, Any]:
        self.predict = self.rows = None
        started = time.perf_counter()
        if self.name == "evaluator":
            loaded = load_evaluator(self.folder, model)
        else:
            from libraries import LIBRARIES

            loaded = LIBRARIES[self.name](self.folder, model)
        if loaded is None:
            return {"absent": "it does not take this model"}
        self.predict, prepare, facts = loaded
        seconds = time.perf_counter() - started
        file = "whole-rows.npy" if model == "logistic-regression" else "rows.npy"
        self.rows = prepare(np.load(self.folder / file))
        return {"seconds": seconds, **facts}

    def answer(self, count: int, file: str) -> dict[str, Any]:
        np.save(file, np.asarray(self.predict(self.rows[:count]), dtype=np.float64).ravel())
        return {}

    def time(self, count: int, turn: int) -> dict[str, float]:
        """Return microseconds a row: of single rows the mean, of more the least of as many tries as fit."""
        predict, rows, clock = self.predict, self.rows, time.perf_counter
        if count == 1:
            first = turn * SINGLE_ROWS % (len(rows) - SINGLE_ROWS)
            single = [rows[index : index + 1] for index in range(first, first + SINGLE_ROWS)]
            predict(single[-1])
            took, started = [], clock()
            for row in single:
                begin = clock()
                predict(row)
                took.append(clock() - begin)
                if clock() - started > 2:
                    break
            return {"microseconds": float(np.median(took)) * 1e6}
        least, started = float("inf"), clock()
        while clock() - started < LEAST_SECONDS:
            begin = clock()
            predict(rows[:count])
            least = min(least, clock() - begin)
        return {"microseconds": least / count * 1e6}


def main(name: str, folder: Path) -> None:
    contestant = Contestant(name, folder)
    for line in sys.stdin:
        command = json.loads(line)
        try:
            answer = getattr(contestant, command.pop("do"))(**command)
        except Exception as error:  # a library says in its own way what it does not take
            answer = {"absent": f"{type(error).__name__}: {error}"[:300]}
        os.write(reply, json.dumps(answer).encode() + b"\n")


if __name__ == "__main__":
    # Libraries print; answers have a descriptor of their own.
    reply = os.dup(1)
    os.dup2(2, 1)
    main(sys.argv[1], Path(sys.argv[2]))
