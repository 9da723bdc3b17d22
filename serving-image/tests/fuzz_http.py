"""Malformed requests against real servers: they answer or close, and no worker dies.

`python tests/fuzz_http.py [REQUESTS [SEED]]`, from the folder above: 100,000 requests in 2 to 5 minutes, half of
them to a server of one model with two workers, half to a multi-model one. tests/test_http_fuzz.py runs a sample.
"""

from __future__ import annotations

import contextlib
import errno
import json
import pickle
import random
import re
import socket
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier

from raw_connection import BODY, post
from server_process import ServerProcess

CHUNKED = (
    b"POST /invocations HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"5\r\n" + BODY[:5] + b"\r\n%x\r\n" % len(BODY[5:]) + BODY[5:] + b"\r\n0\r\n\r\n"
)
ROW = [5.1, 3.5, 1.4, 0.2]
TENSOR = json.dumps(
    {"id": "1", "inputs": [{"name": "input", "shape": [1, 4], "datatype": "FP64", "data": [ROW]}]}
).encode()
COLUMNS = json.dumps(
    {
        "inputs": [
            {"name": f"feature_{index}", "shape": [1], "datatype": "FP32", "data": [value]}
            for index, value in enumerate(ROW)
        ],
        "outputs": [{"name": "probabilities"}],
    }
).encode()
SEEDS = [
    b"GET /ping HTTP/1.1\r\nHost: x\r\n\r\n",
    post(),
    post(b"5.1,3.5,1.4,0.2\n").replace(b"application/json", b"text/csv"),
    post(b"[5.1,3.5,1.4,0.2]\n").replace(b"application/json", b"application/jsonlines"),
    post(b"\x93NUMPY\x01\x00v\x00{'descr': '<f8', 'fortran_order': False, 'shape': (1, 4), }\n" + bytes(32)).replace(
        b"application/json", b"application/x-npy"
    ),
    CHUNKED,
    post(BODY, "Expect: 100-continue", "Connection: close"),
    post(BODY, "X-Amzn-SageMaker-Custom-Attributes: trace=7,explain=true", path="/invocations?explain=true"),
    b"GET /v2/models/model HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /metrics?x=y HTTP/1.1\r\nHost: x\r\n\r\n",
    post(TENSOR, path="/v2/models/model/infer"),
    post(COLUMNS, path="/v2/models/model/infer"),
]
# Of a multi-model endpoint that has loaded `one`, from a folder that a malformed order cannot name.
MULTI_MODEL_SEEDS = [
    b"GET /models?next_page_token=a HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /models/one HTTP/1.1\r\nHost: x\r\n\r\n",
    b"DELETE /models/two HTTP/1.1\r\nHost: x\r\n\r\n",
    post(b'{"model_name": "two", "url": "/opt/ml/models/two/model"}', path="/models"),
    post(path="/models/one/invoke"),
    post(b"5.1,3.5,1.4,0.2\n", path="/models/one/invoke").replace(b"application/json", b"text/csv"),
    post(TENSOR, path="/v2/models/one/infer"),
    b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n",
]
TOKENS = [
    b"\r\n",
    b"\n",
    b"\r",
    b"\0",
    b" ",
    b"\t",
    b":",
    b"\r\n\r\n",
    b"0\r\n\r\n",
    b"-1",
    b"+1",
    b"0x",
    b"99999999999999999999",
    b"Content-Length: 5\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Transfer-Encoding: gzip, chunked\r\n",
    b"Expect: x\r\n",
    b"Connection: Upgrade\r\nUpgrade: h2c\r\n",
    b"Host: y\r\n",
    b"HTTP/1.0",
    b"HTTP/2.0",
    b"HEAD",
    b"CONNECT",
    b"OPTIONS *",
    b"[",
    b"]",
    b"{",
    b"}",
    b'"',
    b",",
    b"NaN",
    b"1e999",
    b"null",
    b"true",
    b"\xff\xfe",
    b"\xf0\x9f\x92\xa9",
    b"\\ud800",
    b"[" * 3000,
    b"1" * 5000,
    b"{'descr': '|O', ",
    b"GET http://x/ping HTTP/1.1\r\n",
    b"/versions/1",
    b"%ff",
    b"%2e%2e%2f",
    b"BYTES",
    b"INT64",
    b"-1, 4",
    b"18446744073709551616",
    b"?explain=x",
]
STATUSES = {100, 200, 400, 404, 405, 408, 409, 413, 417, 431, 501, 505}
ANSWER = re.compile(rb"HTTP/1\.1 (\d{3}) [^\r\n]+\r\n(?:[a-z-]+: [^\r\n]*\r\n)*\r\n")


def malform(random_: random.Random, seeds: Sequence[bytes] = SEEDS) -> bytes:
    """Return one or two requests with one to six changes."""
    data = bytearray(b"".join(random_.choices(seeds, k=random_.choice((1, 1, 2)))))
    for _ in range(random_.randint(1, 6)):
        place = random_.randrange(len(data) + 1)
        match random_.randrange(6):
            case 0 if place < len(data):
                data[place] ^= 1 << random_.randrange(8)
            case 1:
                del data[place : place + random_.randint(1, 20)]
            case 2:
                data[place:place] = random_.choice(TOKENS)
            case 3:
                data[place:place] = data[place : place + random_.randint(1, 60)]
            case 4:
                data[place : place + random_.randint(0, 5)] = random_.randbytes(random_.randint(1, 8))
            case 5 if random_.random() < 0.3:
                del data[place:]
    return bytes(data)


def exchange(address: tuple[str, int], data: bytes, pieces: int) -> bytes:
    """Send in so many pieces, close this side, return all that comes until the server has closed his."""
    with socket.create_connection(address, timeout=10) as connection:
        try:
            size = len(data) // pieces + 1
            for start in range(0, len(data), size):
                connection.sendall(data[start : start + size])
            connection.shutdown(socket.SHUT_WR)
        except (BrokenPipeError, ConnectionResetError):
            pass  # refused before all of it was sent
        except OSError as error:
            if error.errno != errno.ENOTCONN:
                raise
        received = b""
        try:
            while piece := connection.recv(65536):
                received += piece
        except ConnectionResetError:
            pass
        return received


def statuses(data: bytes, answers: bytes) -> list[int]:
    """Return the statuses of the answers, which must be whole and well-formed."""
    found = []
    while answers:
        match = ANSWER.match(answers)
        assert match, (data, answers)
        found.append(int(match[1]))
        length = re.search(rb"\r\ncontent-length: (\d+)\r\n", match[0])
        answers = answers[match.end() :]
        body = answers[: int(length[1])] if length else b""
        # In answer to HEAD there is no body; what begins like an answer is the next one.
        if body and not body.startswith(b"HTTP/1.1 "):
            assert len(body) == int(length[1]), (data, answers)
            answers = answers[len(body) :]
    return found


def fuzz(server: ServerProcess, seeds: list[bytes], count: int, seed: int) -> Counter[int]:
    """Send so many malformed requests; return how often each status was answered.

    Raises ``AssertionError`` where an answer is malformed or unknown, or anything of the server has died or leaks.
    """
    address = urlsplit(server.url).hostname, urlsplit(server.url).port
    processes = server.processes()
    descriptors = {pid: _descriptors(pid) for pid in processes}
    random_ = random.Random(seed)
    seen: Counter[int] = Counter()
    for _ in range(count):
        data = malform(random_, seeds)
        seen.update(statuses(data, exchange(address, data, random_.choice((1, 1, 1, 2, 5)))))
    assert set(seen) <= STATUSES, seen
    assert server.ping() == 200
    assert server.processes() == processes
    assert not re.search("failed|Traceback|died|Error", server.log), server.log[-5000:]
    deadline = time.monotonic() + 5
    while any(_descriptors(pid) > before + 2 for pid, before in descriptors.items()):
        assert time.monotonic() < deadline, "connections are left open"
        time.sleep(0.1)
    return seen


def _descriptors(pid: int) -> int:
    folder = Path(f"/proc/{pid}/fd")
    return len(list(folder.iterdir())) if folder.exists() else 0


@contextlib.contextmanager
def servers():
    """Start a server of one model with two workers, and a multi-model one that has loaded it as `one`."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        model = Path(folder) / "one" / "model"
        model.mkdir(parents=True)
        forest = RandomForestClassifier(20, random_state=0).fit(*load_iris(return_X_y=True))
        (model / "model.pkl").write_bytes(pickle.dumps(forest))
        command = [sys.executable, "-m", "inference_server", "serve"]
        single = ServerProcess(command, model, {"SAGEMAKER_MODEL_SERVER_WORKERS": "2"})
        stack.callback(single.kill)
        multiple = ServerProcess(command, Path(folder), {"SAGEMAKER_MULTI_MODEL": "true"})
        stack.callback(multiple.kill)
        for server in (single, multiple):
            server.wait_until_ready()
        order = json.dumps({"model_name": "one", "url": str(model)}).encode()
        address = urlsplit(multiple.url).hostname, urlsplit(multiple.url).port
        assert statuses(order, exchange(address, post(order, path="/models"), 1)) == [200]
        yield single, multiple


def main(count: int, seed: int) -> None:
    with servers() as (single, multiple):
        for name, server, seeds in (("one model", single, SEEDS), ("multi-model", multiple, MULTI_MODEL_SEEDS)):
            started = time.monotonic()
            seen = fuzz(server, seeds, count // 2, seed)
            found = ", ".join(f"{status}: {n}" for status, n in sorted(seen.items()))
            print(f"{name}: {count // 2} requests in {time.monotonic() - started:.0f} s, nobody died; answers: {found}")
            assert server.terminate() == 0


if __name__ == "__main__":
    main(*(int(argument) for argument in [*sys.argv[1:], "100000", "1"][:2]))
