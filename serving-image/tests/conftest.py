"""What most tests need: trained iris models, packed archives, and real server processes."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sklearn.datasets import load_iris

import train
from sagemaker_deployer.pack.pack_model import PackingOrder, pack_model
from server_process import ServerProcess

# Before scikit-learn starts threads: as the server does.
os.environ.setdefault("JOBLIB_MULTIPROCESSING", "0")

EXAMPLE = Path(train.__file__).parent


@pytest.fixture(scope="session", params=sorted(train.MODELS))
def iris_estimator(request: pytest.FixtureRequest):
    """Both models of the example, one after the other."""
    return train.train(request.param)[0]


@pytest.fixture(scope="session")
def iris_data():
    """150 rows of four numbers, and their classes 0 to 2."""
    return load_iris(return_X_y=True)


@pytest.fixture(scope="session")
def forest():
    """The recipe's random forest."""
    return train.train("random-forest")[0]


@pytest.fixture(scope="session")
def pack_iris(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Pack an estimator as the example does; returns the folder of the archive, unpacked beside it."""

    def pack(estimator) -> Path:
        folder = tmp_path_factory.mktemp("iris")
        (folder / "model.pkl").write_bytes(pickle.dumps(estimator))
        archive = folder / "model.tar.gz"
        order = PackingOrder(
            model=folder / "model.pkl",
            output=archive,
            class_names=train.CLASS_NAMES,
            feature_names=train.FEATURE_NAMES,
            golden=EXAMPLE / "golden-rows.json",
        )
        pack_model(order)
        with tarfile.open(archive) as tar:
            tar.extractall(folder / "model", filter="data")
        return folder

    return pack


@pytest.fixture
def start_server() -> Iterator[Callable[..., ServerProcess]]:
    """Start servers that are killed with the test, whatever happens."""
    started: list[ServerProcess] = []

    def start(model_directory: Path, **environment: str) -> ServerProcess:
        started.append(ServerProcess([sys.executable, "-m", "inference_server", "serve"], model_directory, environment))
        return started[-1]

    yield start
    for server in started:
        server.kill()


@pytest.fixture
def run_python() -> Callable[[str], str]:
    """Run a program in a process of its own and return what it printed."""

    def run(program: str) -> str:
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        return subprocess.run(
            [sys.executable, "-c", program], env=environment, check=True, capture_output=True, text=True
        ).stdout

    return run


@pytest.fixture(scope="session")
def iris_server(pack_iris, forest) -> Iterator[ServerProcess]:
    """One server with the packed forest, for tests that only ask."""
    server = ServerProcess([sys.executable, "-m", "inference_server", "serve"], pack_iris(forest) / "model", {})
    server.wait_until_ready()
    yield server
    server.kill()


@pytest.fixture
def slow_model(tmp_path, forest):
    """A model whose model.json is a pipe: loading waits until somebody writes to it."""
    (tmp_path / "model.pkl").write_bytes(pickle.dumps(forest))
    os.mkfifo(tmp_path / "model.json")
    return tmp_path


@pytest.fixture
def read_listed(tmp_path) -> Callable[[bytes], Any]:
    """Read the bytes of a pickle or joblib file with the reader of the allow list."""
    from inference_server.model_files.read_estimator import read_estimator

    def read_file(content: bytes) -> Any:
        (tmp_path / "model.joblib").write_bytes(content)
        return read_estimator(tmp_path / "model.joblib")

    return read_file


@pytest.fixture
def run_to_end():
    def run(command: list[str], model_directory: Path, **environment: str) -> int:
        process = ServerProcess(command, model_directory, environment)
        try:
            return process.process.wait(30)
        finally:
            process.kill()

    return run
