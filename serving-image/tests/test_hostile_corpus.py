"""The corpus of hostile files: each is refused with a sentence, and nothing of what it tries has happened.

Every file is read in a process that notes its own system calls (audit events), and, a sample of them
(all by ``npm run test:nightly`` or with HOSTILE_EVERY=1, which takes minutes), by a real server as its model and by
a multi-model server that is told to load it. From outside, the folder that the files would touch stays empty, nobody
calls the port, and the server's own folders are left as they were.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from hostile.arrays import bodies
from hostile.calls import call_files
from hostile.corpus import hostile_files
from hostile.hostile_file import Canary, Hostile
from hostile.streams import good_pickle, stream_files
from thoroughness import IS_NIGHTLY

from inference_server.load_model import MODEL_FILES
from server_process import ServerProcess

EVERY = int(os.environ.get("HOSTILE_EVERY", "1" if IS_NIGHTLY else "32"))
HOSTILE = Path(__file__).parent / "hostile"
# A second on an idle machine; a file that takes longer holds up the start of an endpoint.
MOST_SECONDS = 30


@pytest.fixture(scope="module")
def port() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield listener


@pytest.fixture(scope="module")
def canary(tmp_path_factory, port) -> Canary:
    return Canary(tmp_path_factory.mktemp("canary"), port.getsockname()[1])


@pytest.fixture(scope="module")
def corpus(canary, tmp_path_factory) -> dict[Path, Hostile]:
    """Every file in a folder of its own."""
    folder = tmp_path_factory.mktemp("corpus")
    placed = {}
    for number, file in enumerate(hostile_files(canary)):
        own = folder / f"{number:03}"
        own.mkdir()
        (own / file.file).write_bytes(file.content)
        placed[own] = file
    return placed


@pytest.fixture(autouse=True)
def nothing_happened(canary, port) -> Iterator[None]:
    """After each test: no file, no connection."""
    yield
    assert list(canary.folder.iterdir()) == []
    with pytest.raises(BlockingIOError):
        port.accept()


def test_the_canaries_would_be_seen(canary, port, tmp_path):
    """The same means, on pickles that are allowed to do it."""
    first = Canary(tmp_path, canary.port)
    files = {file.name: file for file in (*call_files(first), *stream_files(first, good_pickle()))}
    log = tmp_path / "log"
    environment = os.environ | {"PYTHONPATH": str(HOSTILE / "watch"), "HOSTILE_LOG": str(log)}
    for name in ("calls os.system", "calls socket.create_connection", "INST (picklescan 13)"):
        program = "import pickle, sys; pickle.load(sys.stdin.buffer)"
        subprocess.run([sys.executable, "-c", program], input=files[name].content, env=environment, check=True)
    connection, _ = port.accept()
    connection.close()
    assert (tmp_path / "a").exists()
    assert (tmp_path / "s1").exists()
    noted = log.read_text()
    assert "os.system" in noted
    assert "socket.connect" in noted


def test_there_are_more_than_a_hundred_of_every_kind(corpus):
    names = [file.name for file in corpus.values()]
    assert len(names) > 350
    assert len({file.content for file in corpus.values()}) > 350
    assert {file.file for file in corpus.values()} == set(MODEL_FILES)


def test_each_is_refused_and_does_nothing(corpus, tmp_path):
    folder = next(iter(corpus)).parent
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "TMPDIR": str(tmp_path)}
    printed = subprocess.run(
        [sys.executable, str(HOSTILE / "read_all.py"), str(folder)], env=environment, capture_output=True, text=True,
        check=False, cwd=tmp_path,
    )  # fmt: skip
    results = [json.loads(line) for line in printed.stdout.splitlines()]
    assert printed.returncode == 0, (results[-1:], printed.stderr[-2000:])
    assert len(results) == len(corpus)
    wrong = [
        (corpus[folder / number].name, outcome, message, noted, seconds)
        for number, outcome, message, seconds, noted in results
        if outcome != "refused" or len(message) < 20 or noted or seconds > MOST_SECONDS
    ]
    assert wrong == []
    assert list(tmp_path.iterdir()) == []


def test_a_server_does_not_start_with_them(corpus, tmp_path, canary):
    chosen = list(corpus.items())[::EVERY]
    with ThreadPoolExecutor(2) as threads:
        problems = list(threads.map(lambda item: start_with(*item, tmp_path / f"{item[0].name}.log"), chosen))
    assert [problem for problem in problems if problem] == []


def start_with(directory: Path, file: Hostile, log: Path) -> str:
    """Start a server; return what is wrong with its end, or ""."""
    watched = {"PYTHONPATH": f"{HOSTILE / 'watch'}{os.pathsep}{HOSTILE.parent.parent}", "HOSTILE_LOG": str(log)}
    server = ServerProcess([sys.executable, "-m", "inference_server", "serve"], directory, watched)
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
            return f"{file.name}: status {status}, {left}, {noted}, {commands}\n{server.log[-1500:]}"
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


def test_a_multi_model_server_refuses_them_and_lives_on(corpus, pack_iris, forest, start_server, canary):
    models = next(iter(corpus)).parent
    server = start_server(models, SAGEMAKER_MULTI_MODEL="true")
    server.wait_until_ready()
    for directory, file in list(corpus.items())[EVERY // 2 :: EVERY]:
        order = {"model_name": directory.name, "url": str(directory)}
        answer = httpx.post(f"{server.url}/models", json=order, timeout=90)
        assert answer.status_code == 400, (file.name, answer.status_code, answer.text)
        assert len(answer.json()["error"]) > 40, file.name
        assert httpx.get(f"{server.url}/models", timeout=10).json()["models"] == []
    assert server.ping() == 200
    assert server.process.poll() is None
    assert "Traceback" not in server.log
    assert server.terminate() == 0


def test_bodies_of_requests_are_refused(iris_server, canary):
    for title, body in bodies(canary).items():
        answer = iris_server.invoke(body, "application/x-npy")
        assert answer.status_code == 400, title
    assert iris_server.ping() == 200
