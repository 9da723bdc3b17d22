"""Malformed requests from a seeded generator, against a real process: it answers or closes, and lives on.

FUZZ_REQUESTS=100000 and FUZZ_SEED=n make it longer and different.
"""

from __future__ import annotations

import errno
import os
import random
import re
import socket
from pathlib import Path
from urllib.parse import urlsplit

from raw_connection import BODY, post

COUNT = int(os.environ.get("FUZZ_REQUESTS", "10000"))
SEED = int(os.environ.get("FUZZ_SEED", "1"))

CHUNKED = (
    b"POST /invocations HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"5\r\n" + BODY[:5] + b"\r\n%x\r\n" % len(BODY[5:]) + BODY[5:] + b"\r\n0\r\n\r\n"
)
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
]
STATUSES = {200, 400, 404, 405, 408, 413, 417, 431, 501, 505}
ANSWER = re.compile(rb"HTTP/1\.1 (\d{3}) [^\r\n]+\r\n(?:[a-z-]+: [^\r\n]*\r\n)*\r\n")


def malform(random_: random.Random) -> bytes:
    """Return one or two requests with one to six changes."""
    data = bytearray(b"".join(random_.choices(SEEDS, k=random_.choice((1, 1, 2)))))
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


def test_malformed_requests_never_kill_the_server(start_server, pack_iris, forest):
    server = start_server(pack_iris(forest) / "model")
    server.wait_until_ready()
    address = urlsplit(server.url).hostname, urlsplit(server.url).port
    descriptors = Path(f"/proc/{server.process.pid}/fd")
    before = len(list(descriptors.iterdir())) if descriptors.exists() else None
    random_ = random.Random(SEED)
    seen: set[int] = set()
    for _ in range(COUNT):
        data = malform(random_)
        seen.update(statuses(data, exchange(address, data, random_.choice((1, 1, 1, 2, 5)))))
    assert seen - {100} <= STATUSES
    # The generator is good for something: it gets answers, refusals of both layers, and unknown methods.
    assert {200, 400, 404, 501} <= seen
    assert server.ping() == 200
    assert server.invoke(BODY).status_code == 200
    assert "prediction failed" not in server.log
    assert "Traceback" not in server.log
    if before is not None:
        assert len(list(descriptors.iterdir())) <= before + 2
    assert server.terminate() == 0
