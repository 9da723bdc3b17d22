"""Refused files in whole processes: each ends with a sentence, and nothing that it names has happened.

Every file is read in a process that notes what it does outwards (audit events), and, a sample of them
(all by ``npm run test:nightly`` or with REFUSED_EVERY=1, which takes minutes), by a real server as its model and by
a multi-model server that is told to load it. The folder in which the witness would leave its file stays empty.
"""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from refused.assemble import pickled
from refused.files import RefusedFile, refused_files
from refused.names import WITNESS
from refused.positions import positions
from thoroughness import IS_NIGHTLY

from inference_server.load_model import MODEL_FILES
from server_process import ServerProcess

EVERY = int(os.environ.get("REFUSED_EVERY", "1" if IS_NIGHTLY else "32"))
TESTS = Path(__file__).parent
WATCH = TESTS / "refused" / "watch"


@pytest.fixture(scope="module")
def witness(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("witness")


@pytest.fixture(scope="module")
def folders(tmp_path_factory) -> dict[Path, RefusedFile]:
    """Every file in a folder of its own."""
    folder = tmp_path_factory.mktemp("files")
    placed = {}
    for number, file in enumerate(refused_files()):
        own = folder / f"{number:03}"
        own.mkdir()
        (own / file.file).write_bytes(file.content)
        placed[own] = file
    return placed


@pytest.fixture(autouse=True)
def nothing_was_called(witness) -> Iterator[None]:
    yield
    assert list(witness.iterdir()) == []


def watched(witness: Path, log: Path) -> dict[str, str]:
    """The environment of a process in which the witness can be imported, and whose doings are noted."""
    path = os.pathsep.join(map(str, (WATCH, TESTS.parent, TESTS)))
    return {"PYTHONPATH": path, "WATCH_LOG": str(log), "WITNESS": str(witness)}


def test_a_call_of_the_witness_would_be_seen(tmp_path):
    """By both means, where Python's own reader reads it."""
    (tmp_path / "seen").mkdir()
    called = pickled(positions(*WITNESS)["REDUCE"])
    assert pickle.loads(called) is None
    program = "import pickle, sys; pickle.load(sys.stdin.buffer)"
    environment = os.environ | watched(tmp_path / "seen", tmp_path / "log")
    subprocess.run([sys.executable, "-c", program], input=called, env=environment, check=True)
    assert (tmp_path / "seen" / "called").exists()
    assert "seen/called" in (tmp_path / "log").read_text()


def test_there_are_files_of_every_name():
    files = refused_files()
    assert len({file.title for file in files}) == len(files) > 200
    assert {file.file for file in files} == set(MODEL_FILES)


def test_each_is_refused_and_does_nothing(folders, tmp_path, witness):
    folder = next(iter(folders)).parent
    environment = os.environ | {"TMPDIR": str(tmp_path), "WITNESS": str(witness)}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [*sys.path, str(TESTS)]))
    printed = subprocess.run(
        [sys.executable, str(TESTS / "refused" / "read_all.py"), str(folder)], env=environment, capture_output=True,
        text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    results = [json.loads(line) for line in printed.stdout.splitlines()]
    assert printed.returncode == 0, (results[-1:], printed.stderr[-2000:])
    assert len(results) == len(folders)
    wrong = [
        (folders[folder / number].title, outcome, message, noted)
        for number, outcome, message, _, noted in results
        if outcome != "refused" or len(message) < 20 or noted
    ]
    assert wrong == []
    assert list(tmp_path.iterdir()) == []


def test_a_server_does_not_start_with_them(folders, tmp_path, witness):
    chosen = list(folders.items())[::EVERY]
    with ThreadPoolExecutor(2) as threads:
        problems = list(threads.map(lambda item: start_with(*item, tmp_path / f"{item[0].name}.log", witness), chosen))
    assert [problem for problem in problems if problem] == []


def start_with(directory: Path, file: RefusedFile, log: Path, witness: Path) -> str:
    """Start a server; return what is wrong with its end, or ""."""
    server = ServerProcess([sys.executable, "-m", "inference_server", "serve"], directory, watched(witness, log))
    try:
        deadline, commands = time.monotonic() + 90, set()
        while server.process.poll() is None and time.monotonic() < deadline:
            # The command line of what has ended and is not asked for yet is empty.
            commands |= {line for line in descendants(server.process.pid) if line and b"inference_server" not in line}
            time.sleep(0.01)
        status = server.process.poll()
        left = [path.name for name in ("work", "tmp") for path in (server.folder / name).rglob("*")]
        sentence = server.log.partition("the model cannot be served: ")[2]
        noted = [line for line in log.read_text().splitlines() if not is_the_servers_own(line, server.folder)]
        if status != 1 or len(sentence) < 20 or "Traceback" in server.log or left or noted or commands:
            return f"{file.title}: status {status}, {left}, {noted}, {commands}\n{server.log[-1500:]}"
        return ""
    finally:
        server.kill()


def descendants(process: int) -> Iterator[bytes]:
    """The command lines of all that a process has started and that still runs."""
    try:
        for task in Path(f"/proc/{process}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield Path(f"/proc/{child}/cmdline").read_bytes()
                yield from descendants(int(child))
    except OSError:
        return  # it has ended meanwhile


def is_the_servers_own(noted: str, folder: Path) -> bool:
    """What the server does by itself: it starts its child that predicts, which makes itself easy to kill."""
    event, _, arguments = noted.partition(" ")
    if event in ("subprocess.Popen", "os.posix_spawn", "os.exec"):
        return "inference_server.trusted" in arguments
    # Temporary files of its own; that nothing is left of them is asked for elsewhere.
    own = (str(folder / "tmp"), "'/proc/self/", "'/dev/null'")
    return event in ("ctypes.dlopen", "os.kill") or any(path in arguments for path in own)


def test_a_multi_model_server_refuses_them_and_lives_on(folders, start_server, witness):
    models = next(iter(folders)).parent
    server = start_server(models, SAGEMAKER_MULTI_MODEL="true", WITNESS=str(witness))
    server.wait_until_ready()
    for directory, file in list(folders.items())[EVERY // 2 :: EVERY]:
        order = {"model_name": directory.name, "url": str(directory)}
        answer = httpx.post(f"{server.url}/models", json=order, timeout=90)
        assert answer.status_code == 400, (file.title, answer.status_code, answer.text)
        assert len(answer.json()["error"]) > 40, file.title
        assert httpx.get(f"{server.url}/models", timeout=10).json()["models"] == []
    assert server.ping() == 200
    assert server.process.poll() is None
    assert "Traceback" not in server.log
    assert server.terminate() == 0
