"""Several worker processes under one supervisor: they share the load, are replaced, counted together and drained."""

from __future__ import annotations

import json
import os
import pickle
import re
import signal
import socket
import sys
import time
from pathlib import Path

import httpx
import pytest
from pid_namespace import as_pid_1
from sklearn.neighbors import KNeighborsClassifier

from inference_server.process.supervisor import MAX_RESTARTS
from raw_connection import BODY, RawConnection, post
from server_process import ServerProcess

REQUEST = BODY.decode()


@pytest.fixture
def iris_model(pack_iris, forest) -> Path:
    return pack_iris(forest) / "model"


@pytest.fixture
def start(start_server, iris_model):
    def start(workers: int = 2, **environment: str) -> ServerProcess:
        server = start_server(iris_model, SAGEMAKER_MODEL_SERVER_WORKERS=str(workers), **environment)
        server.wait_until_ready()
        return server

    return start


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def wait_for(condition, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def count(server: ServerProcess, name: str) -> int:
    with httpx.Client() as client:
        text = client.get(f"{server.url}/metrics").text
    return int(re.search(rf"^{re.escape(name)} (\d+)$", text, re.MULTILINE)[1])


def test_all_workers_answer_and_metrics_count_them_together(start):
    server = start(3)
    workers = children(server.process.pid)
    assert len(workers) == 3
    spent = {worker: cpu(worker) for worker in workers}
    for _ in range(3000):
        with RawConnection(server.url) as connection:
            connection.send(post())
            assert connection.read().status == 200
    assert count(server, 'invocations_total{model="model",status="200"}') == 3000
    assert count(server, 'invocation_seconds_count{model="model"}') == 3000
    assert count(server, 'predicted_classes_total{model="model",class="setosa"}') == 3000
    # Each connection is a new one: the kernel gives each worker about a third.
    assert all(cpu(worker) > spent[worker] for worker in workers)


def cpu(pid: int) -> int:
    """Return the clock ticks that a process has spent."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def test_a_worker_costs_less_than_60_mb(start):
    server = start(2)
    for _ in range(50):
        assert server.invoke(REQUEST).status_code == 200
    for pid in [server.process.pid, *children(server.process.pid)]:
        peak = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
        assert int(peak[1]) < 60_000


def test_a_worker_that_dies_is_replaced_and_no_counts_are_lost(start):
    server = start(2)
    for _ in range(40):
        assert server.invoke(REQUEST).status_code == 200
    before = children(server.process.pid)
    os.kill(before[0], signal.SIGKILL)
    # Whoever connects to the dead one's socket meanwhile waits for the next one.
    for _ in range(40):
        assert server.invoke(REQUEST).status_code == 200
        assert server.ping() == 200
    after = children(server.process.pid)
    assert len(after) == 2
    assert set(after) & set(before) == {before[1]}
    assert count(server, 'invocations_total{model="model",status="200"}') == 80
    assert "died: signal 9; it is started again" in server.log
    assert server.terminate() == 0


def test_a_worker_that_dies_for_good_makes_ping_500_and_the_others_serve_on(start):
    server = start(2)
    other = children(server.process.pid)[1]
    for death in range(MAX_RESTARTS + 1):
        wait_for(lambda: len(children(server.process.pid)) == 2)
        os.kill(next(pid for pid in children(server.process.pid) if pid != other), signal.SIGKILL)
        wait_for(lambda number=death + 1: server.log.count(" died") == number)
    wait_for(lambda: children(server.process.pid) == [other])
    assert "died for good" in server.log
    assert [server.ping() for _ in range(20)] == [500] * 20
    assert [server.invoke(REQUEST).status_code for _ in range(20)] == [200] * 20
    assert httpx.get(f"{server.url}/v2/health/ready").json() == {"ready": False}
    assert server.terminate() == 0


def test_when_all_have_died_for_good_ping_is_still_answered_with_500(start):
    server = start(2)
    deaths = 0
    while "died for good" not in server.log or len(children(server.process.pid)) > 1:
        for pid in children(server.process.pid)[:1]:
            os.kill(pid, signal.SIGKILL)
            deaths += 1
        wait_for(lambda seen=deaths: server.log.count(" died") >= seen)
    remaining = children(server.process.pid)[0]
    while server.log.count("died for good") < 2:
        os.kill(remaining, signal.SIGKILL)
        wait_for(lambda gone=remaining: [pid for pid in children(server.process.pid) if pid != gone] != [])
        remaining = children(server.process.pid)[0]
    assert [server.ping() for _ in range(5)] == [500] * 5
    assert server.invoke(REQUEST).status_code == 500
    assert server.terminate() == 0


def test_ping_is_503_until_the_model_is_loaded_then_always_200(start_server, slow_model):
    server = start_server(slow_model, SAGEMAKER_MODEL_SERVER_WORKERS="2")
    assert [server.ping() for _ in range(5)] == [503] * 5
    assert server.invoke(REQUEST).status_code == 503
    (slow_model / "model.json").write_text("{}")
    server.wait_until_ready()
    assert [server.ping() for _ in range(100)] == [200] * 100


def test_each_worker_of_a_model_that_scikit_learn_serves_has_a_process_that_predicts(start_server, tmp_path, iris_data):
    (tmp_path / "model.pkl").write_bytes(pickle.dumps(KNeighborsClassifier(algorithm="brute").fit(*iris_data)))
    server = start_server(tmp_path, SAGEMAKER_MODEL_SERVER_WORKERS="2")
    server.wait_until_ready()
    assert [server.ping() for _ in range(50)] == [200] * 50
    workers = children(server.process.pid)
    assert [len(grandchildren(worker)) for worker in workers] == [1, 1]
    assert [server.invoke(REQUEST).status_code for _ in range(20)] == [200] * 20
    predicting = [grandchildren(worker)[0] for worker in workers]
    assert server.terminate() == 0
    wait_for(lambda: not any(is_running(pid) for pid in predicting))


def grandchildren(pid: int) -> list[int]:
    """Return the children of all threads of a process."""
    tables = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for table in tables for child in table.read_text().split()]


def test_sigterm_while_loading_ends_at_once(start_server, slow_model):
    server = start_server(slow_model, SAGEMAKER_MODEL_SERVER_WORKERS="2")
    assert server.ping() == 503
    porter = children(server.process.pid)
    started = time.monotonic()
    assert server.terminate() == 0
    assert time.monotonic() - started < 5
    wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in porter))


def test_a_model_that_cannot_be_served_ends_all(start_server, tmp_path):
    (tmp_path / "model.pkl").write_bytes(b"no pickle")
    server = start_server(tmp_path, SAGEMAKER_MODEL_SERVER_WORKERS="2")
    assert server.process.wait(20) == 1
    assert "the model cannot be served" in server.log


def test_sigterm_drains_all_workers(start):
    server = start(2)
    workers = children(server.process.pid)
    connections = [RawConnection(server.url) for _ in range(12)]
    for connection in connections:
        connection.send(post()[:-10])
    time.sleep(0.3)
    server.process.send_signal(signal.SIGTERM)
    wait_for(lambda: "Shutting down" in server.log)
    time.sleep(0.2)
    assert server.process.poll() is None
    for connection in connections:
        connection.send(post()[-10:])
        answer = connection.read()
        assert (answer.status, answer.headers["connection"]) == (200, "close")
        connection.socket.close()
    started = time.monotonic()
    assert server.process.wait(20) == 0
    assert time.monotonic() - started < 5
    assert not any(Path(f"/proc/{pid}").exists() for pid in workers)


def test_workers_end_when_the_supervisor_is_killed(start):
    server = start(2)
    workers = children(server.process.pid)
    server.process.kill()
    server.process.wait()
    wait_for(lambda: not any(is_running(pid) for pid in workers))


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_second_server_does_not_share_the_port(start, run_to_end, iris_model):
    server = start(2)
    port = str(httpx.URL(server.url).port)
    command = [sys.executable, "-m", "inference_server", "serve"]
    settings = {"SAGEMAKER_BIND_TO_PORT": port, "SAGEMAKER_MODEL_SERVER_WORKERS": "2"}
    assert run_to_end(command, iris_model, **settings) == 1
    assert server.ping() == 200


@pytest.mark.parametrize("workers", [1, 2])
def test_it_listens_on_its_one_port_only(start, workers):
    """What SAGEMAKER_SAFE_PORT_RANGE is for, a second port, does not exist."""
    server = start(workers, SAGEMAKER_SAFE_PORT_RANGE="20000-29999")
    found = set()
    for pid in [server.process.pid, *children(server.process.pid)]:
        links = (os.readlink(path) for path in list(Path(f"/proc/{pid}/fd").iterdir()) if path.is_symlink())
        inodes = {link[8:-1] for link in links if link.startswith("socket:[")}
        for table in ("tcp", "tcp6", "udp", "udp6"):
            for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
                fields = line.split()
                if fields[9] in inodes and (fields[3] == "0A" or table.startswith("udp")):
                    found.add((table, int(fields[1].rpartition(":")[2], 16)))
    assert found == {("tcp", httpx.URL(server.url).port)}


def test_as_pid_1_the_supervisor_reaps_orphans(iris_model):
    script = 'sleep 0.1 & sleep 3 & exec "$0" -m inference_server serve'
    settings = {"SAGEMAKER_MODEL_SERVER_WORKERS": "2"}
    server = ServerProcess(as_pid_1(script), iris_model, settings)
    try:
        server.wait_until_ready()
        pid = children(server.process.pid)[0]
        wait_for(lambda: len(children(pid)) == 2, 20)
        assert json.loads(server.invoke(REQUEST).content)
        os.kill(pid, signal.SIGTERM)
        assert server.process.wait(20) == 0
        assert "stopped" in server.log
    finally:
        server.kill()


def test_connections_are_accepted_within_250_ms_even_while_a_worker_is_replaced(start):
    server = start(2)
    address = httpx.URL(server.url)
    os.kill(children(server.process.pid)[0], signal.SIGKILL)
    for _ in range(50):
        started = time.monotonic()
        socket.create_connection((address.host, address.port), timeout=1).close()
        assert time.monotonic() - started < 0.25
