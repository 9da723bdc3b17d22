"""The life of a server process: not ready, ready, drained, started again; and the ways in which it refuses to start."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import httpx
import pytest
from pid_namespace import as_pid_1
from sklearn.naive_bayes import GaussianNB

from raw_connection import RawConnection
from server_process import SOURCE, ServerProcess

BODY = json.dumps({"instances": [[5.1, 3.5, 1.4, 0.2]]})


def test_ping_is_503_until_the_model_is_loaded_then_200(start_server, slow_model):
    server = start_server(slow_model)
    assert [server.ping() for _ in range(5)] == [503] * 5
    assert server.invoke(BODY).status_code == 503
    (slow_model / "model.json").write_text("{}")
    server.wait_until_ready()
    assert [server.ping() for _ in range(50)] == [200] * 50
    assert server.invoke(BODY).status_code == 200


def test_sigterm_while_loading_ends_at_once(start_server, slow_model):
    server = start_server(slow_model)
    assert server.ping() == 503
    started = time.monotonic()
    assert server.terminate() == 0
    assert time.monotonic() - started < 5


def test_sigterm_drains_and_exits_0_and_the_port_can_be_used_again(start_server, iris_model):
    first = start_server(iris_model)
    first.wait_until_ready()
    address = httpx.URL(first.url)
    lines = ["POST /invocations HTTP/1.1", "Host: x", "Content-Type: application/json", f"Content-Length: {len(BODY)}"]
    with socket.create_connection((address.host, address.port), timeout=10) as connection:
        connection.sendall("\r\n".join([*lines, "", BODY[:10]]).encode())
        assert first.ping() == 200  # the request above has been accepted by now
        first.process.send_signal(signal.SIGTERM)
        while "Shutting down" not in first.log:
            time.sleep(0.02)
        assert first.process.poll() is None
        connection.sendall(BODY[10:].encode())
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")
    assert first.process.wait(10) == 0

    second = start_server(iris_model, SAGEMAKER_BIND_TO_PORT=str(address.port))
    second.wait_until_ready()
    assert httpx.URL(second.url).port == address.port
    assert second.terminate() == 0


def test_a_stuck_request_does_not_hold_up_the_exit(start_server, iris_model):
    """Of one worker, and of several: both at once, because it takes 20 s."""
    servers = [start_server(iris_model, SAGEMAKER_MODEL_SERVER_WORKERS=workers) for workers in ("1", "2")]
    with contextlib.ExitStack() as callers:
        for server in servers:
            server.wait_until_ready()
            connection = callers.enter_context(RawConnection(server.url, timeout=30))
            connection.send(b"POST /invocations HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n")
        time.sleep(0.1)
        started = time.monotonic()
        for server in servers:
            server.process.send_signal(signal.SIGTERM)
        for server in servers:
            assert server.process.wait(30) == 0
            assert 15 < time.monotonic() - started < 25


def test_ping_answers_while_predictions_run(start_server, iris_model):
    server = start_server(iris_model)
    server.wait_until_ready()
    large = json.dumps({"instances": [[5.1, 3.5, 1.4, 0.2]] * 50_000})
    answers = []
    callers = [threading.Thread(target=lambda: answers.append(server.invoke(large).status_code)) for _ in range(4)]
    for caller in callers:
        caller.start()
    slowest = 0.0
    while any(caller.is_alive() for caller in callers):
        started = time.monotonic()
        assert server.ping() == 200
        slowest = max(slowest, time.monotonic() - started)
    assert answers == [200] * 4
    assert slowest < 2


def test_answers_do_not_wait_for_acknowledgements(start_server, tmp_path, iris_data):
    """Without TCP_NODELAY each answer on a kept connection takes 40 ms; this model takes less than one."""
    (tmp_path / "model.pkl").write_bytes(pickle.dumps(GaussianNB().fit(*iris_data)))
    server = start_server(tmp_path)
    server.wait_until_ready()
    seconds = []
    with httpx.Client(base_url=server.url, headers={"content-type": "application/json"}) as client:
        for _ in range(60):
            started = time.monotonic()
            assert client.post("/invocations", content=BODY).status_code == 200
            seconds.append(time.monotonic() - started)
    # A new connection acknowledges at once; the delay begins later.
    assert min(seconds[40:]) < 0.03


def test_writes_nothing_outside_the_temporary_directory_and_logs_no_payload(start_server, iris_model):
    before = sorted(str(path) for path in iris_model.rglob("*"))
    server = start_server(iris_model)
    server.wait_until_ready()
    server.invoke(json.dumps({"instances": [[51.4711, 3.5, 1.4, 0.2]]}))
    server.invoke('{"instances": [["geheim", 3.5, 1.4, 0.2]]}')
    assert server.terminate() == 0
    assert list((server.folder / "work").iterdir()) == []
    assert sorted(str(path) for path in iris_model.rglob("*")) == before
    assert "51.4711" not in server.log
    assert "geheim" not in server.log


@pytest.mark.parametrize(
    ("environment", "status", "message"),
    [
        ({"SAGEMAKER_BIND_TO_PORT": "http"}, 2, "SAGEMAKER_BIND_TO_PORT is 'http'"),
        ({"SAGEMAKER_BIND_TO_PORT": "65536"}, 2, "a port is a number from 0 to 65535"),
        ({"INFERENCE_SERVER_HOST": "203.0.113.1"}, 1, "cannot listen on 203.0.113.1"),
        ({"SM_MODEL_DIR": "/nowhere"}, 1, "The model directory /nowhere does not exist."),
    ],
)
def test_refuses_to_start_with_a_reason(start_server, iris_model, environment, status, message):
    server = start_server(iris_model, **environment)
    assert server.process.wait(30) == status
    assert message in server.log


@pytest.mark.parametrize("workers", ["1", "2"])
def test_any_user_may_run_it_with_a_model_that_it_may_only_read(iris_model, workers):
    """SageMaker runs containers as root; others do as an id that has no name and owns nothing."""
    if os.getuid() != 0 or shutil.which("setpriv") is None:
        pytest.skip("only root can become another user")
    setpriv = ["setpriv", "--reuid=54321", "--regid=54321", "--clear-groups", "--bounding-set=-all"]
    reading = [*setpriv, sys.executable, "-c", f"open({str(SOURCE / 'ruff.toml')!r})"]
    if subprocess.run(reading, capture_output=True).returncode != 0:
        pytest.skip("other users may not read this interpreter or this project")
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        os.chmod(folder, 0o755)
        model = Path(folder) / "model"
        shutil.copytree(iris_model, model)
        for path in (model, *model.iterdir()):
            path.chmod(0o555 if path.is_dir() else 0o444)
        # Nothing may be written at all, not even to the temporary directory.
        settings = {"TMPDIR": "/nonexistent", "SAGEMAKER_MODEL_SERVER_WORKERS": workers}
        server = ServerProcess([*setpriv, sys.executable, "-m", "inference_server", "serve"], model, settings)
        try:
            server.wait_until_ready()
            for pid in server.processes():
                assert "Uid:\t54321\t54321" in Path(f"/proc/{pid}/status").read_text()
            assert server.invoke(BODY).status_code == 200
            assert server.terminate() == 0
        finally:
            server.kill()


def test_unknown_arguments_are_refused(run_to_end, iris_model):
    assert run_to_end([sys.executable, "-m", "inference_server", "train"], iris_model) == 2


def test_health_check_tells_ready_from_not_ready(start_server, run_to_end, slow_model):
    server = start_server(slow_model)
    port = str(httpx.URL(server.url).port)

    def check() -> int:
        command = [sys.executable, "-m", "inference_server.health_check"]
        return run_to_end(command, slow_model, SAGEMAKER_BIND_TO_PORT=port)

    assert check() == 1
    (slow_model / "model.json").write_text("{}")
    server.wait_until_ready()
    assert check() == 0
    server.terminate()
    assert check() == 1


def test_as_pid_1_it_reaps_orphans_and_leaves_with_0(iris_model):
    """Orphans that end before the server has started, and after: neither stays a zombie."""
    script = 'sleep 0.1 & sleep 4 & exec "$0" -m inference_server serve'
    server = ServerProcess(as_pid_1(script), iris_model, {})
    try:
        server.wait_until_ready()
        pid = int(children(server.process.pid)[0])
        deadline = time.monotonic() + 20
        while children(pid) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert children(pid) == []
        os.kill(pid, signal.SIGTERM)
        assert server.process.wait(20) == 0
        assert "stopped" in server.log
    finally:
        server.kill()


def children(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


@pytest.fixture
def iris_model(pack_iris, forest) -> Path:
    return pack_iris(forest) / "model"
