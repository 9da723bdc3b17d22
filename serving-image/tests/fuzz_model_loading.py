"""Coverage-guided fuzzing of the way in for model files: refused or served, no crash, no side effect.

In an environment with requirements.txt and ``pip install atheris==3.0.0 skops==0.16.0 skl2onnx==1.20.0``:
``python tests/fuzz_model_loading.py CORPUS -max_total_time=1200``, with libFuzzer's options. It fills CORPUS
with small models of every format first. A finding is a file that repeats it when it is named in the place of CORPUS;
none is kept in this repository.
"""

from __future__ import annotations

import contextlib
import importlib
import logging
import os
import random
import sys
import tempfile
import warnings
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).parent.parent))

# Reading goes through Python's own pickle._Unpickler: its branches count as well.
with atheris.instrument_imports(include=["inference_server", "pickle"]):
    from inference_server import load_model as loading
    from inference_server.evaluate.evaluator import Evaluator
    from inference_server.evaluate.trees import Trees
    from inference_server.example.made_rows import made_rows
    from inference_server.explain.not_explained import NotExplained
    from inference_server.explain.tree_shap import TreeShap
    from inference_server.invalid_input import InvalidInput
    from inference_server.model import NotFinite
    from inference_server.model_error import ModelError
    from inference_server.model_files.read_estimator import read_estimator  # noqa: F401
    from inference_server.model_files.read_lightgbm import read_lightgbm  # noqa: F401
    from inference_server.model_files.read_onnx import read_onnx  # noqa: F401
    from inference_server.model_files.read_skops import read_skops  # noqa: F401
    from inference_server.model_files.read_xgboost import read_xgboost  # noqa: F401
    from inference_server.pickles.allow_list import ESTIMATORS

import numpy as np
from fuzz_seeds import model_files
from pickle_mutation import mutate_pickle

# What no reading of a file may do; modules are imported before, see below.
FORBIDDEN = (
    "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.chmod",
    "os.putenv", "os.kill", "subprocess.", "socket.", "shutil.", "ctypes.dlopen", "ctypes.dlsym", "ctypes.call",
    "exec", "compile", "import", "marshal.", "pty.", "urllib.", "webbrowser.", "pickle.find_class", "code.__new__",
    "function.__new__", "sys._getframe",
)  # fmt: skip
NAMES = loading.MODEL_FILES

watching, seen = False, []


def watch(event: str, arguments: tuple) -> None:
    """Note what no model file has a use for."""
    # numpy reads headers of npy by ast.literal_eval, which compiles to a tree and runs nothing.
    harmless = event == "compile" and arguments[1] == "<unknown>"
    # scikit-learn looks for it when it is asked for an imputer's tags.
    harmless |= event == "import" and arguments[0] == "pandas"
    if watching and not harmless and (event.startswith(FORBIDDEN) or (event == "open" and _writes(arguments))):
        seen.append((event, str(arguments)[:200]))


def _writes(arguments: tuple) -> bool:
    return isinstance(arguments[1], str) and not set(arguments[1]) <= set("rbt")


class SideEffect(Exception):
    """A file made the reader do what no model needs."""


def read(data: bytes) -> None:
    """Load one file by the server's own way, ask and explain what it holds; the last byte chooses the name."""
    global watching
    if not data:
        return
    path = FOLDER / NAMES[data[-1] % len(NAMES)]
    path.write_bytes(data[:-1])
    watching = True
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            with contextlib.suppress(ModelError):
                _use(loading.load_model(FOLDER))
    finally:
        watching = False
        path.unlink()
    if seen:
        raise SideEffect(seen.pop())


def _use(model) -> None:
    # scikit-learn's own code is not what is fuzzed: README.md says what of it is protected.
    if not isinstance(model.estimator, Evaluator) or model.estimator.n_features_in_ > 100:
        return
    # With the texts that the file knows.
    for row in made_rows(model):
        with contextlib.suppress(InvalidInput, NotFinite):
            model.predict([row])
    rows = np.random.default_rng(0).normal(size=(3, model.estimator.n_features_in_)) * 4
    with contextlib.suppress(ValueError, NotExplained):
        model.estimator.answer(rows)
        if isinstance(model.estimator.sums, Trees) and model.estimator.sums.nodes.size < 5000:
            for step in model.estimator.steps:
                rows = step(rows)
            TreeShap(model.estimator.sums)(rows)


def mutate(data: bytes, most: int, seed: int) -> bytes:
    """Half of the changes are made to opcodes instead of bytes; what is compressed is left to libFuzzer."""
    if seed % 2:
        return atheris.Mutate(data, most)
    return mutate_pickle(data[:-1], random.Random(seed))[: most - 1] + data[-1:]


if __name__ == "__main__":
    os.environ["JOBLIB_MULTIPROCESSING"] = "0"
    logging.getLogger("inference_server").setLevel(logging.CRITICAL)
    FOLDER = Path(tempfile.mkdtemp(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None))
    for module in ESTIMATORS:
        importlib.import_module(module)
    corpus = next((Path(one) for one in sys.argv[1:] if Path(one).is_dir()), None)
    seeds = list(model_files(NAMES))
    for number, seed in enumerate(seeds):
        # Once before anything is watched: what Python imports late is imported then.
        read(seed)
        if corpus:
            (corpus / f"seed-{number}").write_bytes(seed)
    seen.clear()
    for seed in seeds:
        read(seed)
    sys.addaudithook(watch)
    atheris.Setup(sys.argv, read, custom_mutator=mutate)
    try:
        atheris.Fuzz()
    finally:
        FOLDER.rmdir()
