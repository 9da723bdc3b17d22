"""Changes bytes of real model files and reads them: refused or answered, never a crash, with walk.c under ASan.

``python tests/fuzz_model_files.py SECONDS [SEED]``. It builds walk.c with AddressSanitizer and UBSan and runs itself
again with that library preloaded. Exit status 1 when a file leads to anything but a model or a refusal.
"""

from __future__ import annotations

import os
import pickle
import random
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import mixed_models
import numpy as np
from covered_models import covered_models, fit

from inference_server.evaluate import build, trees
from inference_server.evaluate.compile_model import compile_model
from inference_server.evaluate.evaluator import Evaluator
from inference_server.pickles.read_inert import read_inert
from inference_server.pickles.unresolved_values import Instance, StoredValues
from inference_server.table.column import UNKNOWN, Column

SEEDS = [
    "forest iris", "tree of holes", "boosting iris", "histogram boosting of holes", "forest regression",
    "logistic iris", "columns forest", "ridge of products",
]  # fmt: skip
_SANITIZERS = ["-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]


def main(seconds: float, seed: int) -> int:
    """Return the exit status."""
    models = covered_models()
    files = [pickle.dumps(fit(*models[name])) for name in SEEDS if name in models]
    files += [pickle.dumps(mixed_models.fit(pipeline)) for pipeline in mixed_models.mixed_models(trees=2).values()]
    generator, counts = random.Random(seed), Counter()
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        content = generator.choice(files)
        whole = generator.random() < 0.5
        try:
            unresolved = read_inert(content if whole else _change_bytes(content, generator))
            if whole:
                _change_values(unresolved, generator)
            evaluator = compile_model(unresolved)
            rows = np.array([_draw_row(evaluator, generator) for _ in range(4)])
        except (MemoryError, AssertionError, SystemError):
            traceback.print_exc()
            return 1
        except Exception as error:  # load_model turns these into a refusal
            counts[type(error).__name__] += 1
            continue
        try:
            with np.errstate(all="ignore"):
                evaluator.answer(rows)
            counts["answered"] += 1
        except ValueError:
            counts["rows refused"] += 1
    print(f"{sum(counts.values())} files in {seconds:.0f} s: {dict(counts)}")
    return 0


_USUAL = [0.0, 1.0, -1.0, 0.8, 2.5, 5.1, 3e5, -3e5] * 5
_VALUES = [*_USUAL, 1e38, -1e38, 1e300, float("nan"), float("inf")]
_INTEGERS = [0, 1, -1, -2, 2, 3, 7, 255, 2**15, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**62, -(2**31), -(2**62)]


def _draw_row(evaluator: Evaluator, generator: random.Random) -> list[float]:
    """Numbers, and in columns of texts the codes that requests are read to."""
    columns = evaluator.inputs or [Column()] * evaluator.n_features_in_
    return [
        generator.choice(_VALUES if column.codes is None else [UNKNOWN, float("nan"), *column.codes.values()])
        for column in columns
    ]


def _change_bytes(content: bytes, generator: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(generator.choice([1, 1, 2, 8, 64])):
        at = generator.randrange(len(changed))
        kind = generator.randrange(4)
        if kind == 0:
            changed[at] = generator.randrange(256)
        elif kind == 1:
            changed[at : at + 8] = generator.choice(_INTEGERS).to_bytes(8, "little", signed=True)
        elif kind == 2:
            del changed[at : at + generator.randrange(1, 40)]
        else:
            start = generator.randrange(len(changed))
            changed[at:at] = changed[start : start + generator.randrange(1, 200)]
    return bytes(changed)


def _change_values(value: object, generator: random.Random) -> None:
    """Change numbers of the arrays themselves, which changed bytes of a file rarely reach."""
    arrays: list[StoredValues] = []
    queue, seen = [value], 0
    while queue and seen < 5000:
        seen += 1
        item = queue.pop(generator.randrange(len(queue)))
        if isinstance(item, StoredValues):
            arrays.append(item)
            queue.extend(item.values if isinstance(item.values, list) else [])
        elif isinstance(item, Instance):
            queue.extend([item.arguments, item.state])
        elif isinstance(item, dict):
            queue.extend(item.values())
        elif isinstance(item, (list, tuple)):
            queue.extend(item)
    for chosen in generator.sample(arrays, min(len(arrays), generator.choice([1, 2, 10]))):
        if not isinstance(chosen.values, np.ndarray) or not chosen.values.size:
            continue
        array = chosen.values.copy()
        names = array.dtype.names
        target = array[generator.choice(names)] if names else array
        with np.errstate(all="ignore"):
            position = np.unravel_index(generator.randrange(target.size), target.shape)
            if target.dtype.kind in "iu":
                target[position] = np.array(generator.choice(_INTEGERS)).astype(target.dtype)
            elif target.dtype.kind == "f":
                target[position] = generator.choice(_VALUES)
        chosen.values = array


def _run_sanitized(arguments: list[str]) -> int:
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "walk.so"
        flags = [flag for flag in build.FLAGS if flag != "-O2"]
        subprocess.run(["cc", "-O1", *flags, *_SANITIZERS, "-o", library, str(build.SOURCE), "-lm"], check=True)
        runtime = subprocess.run(["cc", "-print-file-name=libasan.so"], check=True, capture_output=True, text=True)
        environment = os.environ | {
            "LD_PRELOAD": runtime.stdout.strip(),
            "ASAN_OPTIONS": "detect_leaks=0",  # Python does not free everything when it ends
            "FUZZ_LIBRARY": str(library),
            "JOBLIB_MULTIPROCESSING": "0",
        }
        return subprocess.run([sys.executable, __file__, *arguments], env=environment, check=False).returncode


if __name__ == "__main__":
    if "FUZZ_LIBRARY" not in os.environ:
        sys.exit(_run_sanitized(sys.argv[1:]))
    trees.load_library = lambda: trees.ctypes.CDLL(os.environ["FUZZ_LIBRARY"])
    sys.exit(main(float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0))
