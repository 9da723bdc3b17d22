"""Coverage-guided fuzzing of requests, from the bytes on the wire to the answer: never a 500, never half an answer.

In an environment with requirements.txt and atheris (``pip install atheris==3.0.0``):
``python tests/fuzz_requests.py CORPUS -max_total_time=600``, with libFuzzer's options. The first byte of an input
says what the rest is: the bytes of a connection, or the body of a request to one of ``KINDS``.
"""

from __future__ import annotations

import asyncio
import logging
import pickle
import re
import sys
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).parent.parent))

with atheris.instrument_imports(include=["inference_server"]):
    from inference_server.evaluate.compile_model import compile_model
    from inference_server.explain.explainer import Explainer  # noqa: F401
    from inference_server.http.connection import HttpConnection
    from inference_server.http.limits import HttpLimits
    from inference_server.http.server import HttpServer
    from inference_server.model import Model
    from inference_server.pickles.read_inert import read_inert
    from inference_server.routes.application import Application
    from inference_server.settings import Settings

from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier

from fuzz_http import SEEDS, statuses

KINDS = [
    (path, content_type, extra)
    for path in ("/invocations", "/invocations?explain=true")
    for content_type in ("application/json", "text/csv", "application/jsonlines", "application/x-npy")
    for extra in ("", "accept: text/csv\r\n", "accept: application/jsonlines\r\n")
] + [("/v2/models/model/infer", "application/json", ""), ("/models", "application/json", "")]
_BODIES = [
    b'{"instances": [[5.1, 3.5, 1.4, 0.2], [1, true, -1e3, 0]]}',
    b"5.1,3.5,1.4,0.2\n1,2,3,4\n",
    b'[5.1,3.5,1.4,0.2]\n{"features": [5.1,3.5,1.4,0.2]}\n',
    b"\x93NUMPY\x01\x00v\x00{'descr': '<f8', 'fortran_order': False, 'shape': (1, 4), }".ljust(127) + b"\n" + bytes(32),
    b'{"inputs": [{"name": "x", "shape": [1, 4], "datatype": "FP64", "data": [5.1, 3.5, 1.4, 0.2]}], "id": "a"}',
]


class Transport:
    """What a connection asks of asyncio's."""

    def __init__(self) -> None:
        self.sent = bytearray()
        self.closing = False

    def write(self, data: bytes) -> None:
        assert not self.closing, "wrote after it had closed"
        self.sent += data

    def is_closing(self) -> bool:
        return self.closing

    def get_write_buffer_size(self) -> int:
        return 0

    def close(self) -> None:
        self.closing = True

    def nothing(self, *_: object) -> None:
        pass

    abort = close
    write_eof = pause_reading = resume_reading = nothing


def read(data: bytes) -> None:
    """Send one connection's bytes, in two pieces where the first byte is odd."""
    if not data:
        return
    kind, rest = data[0], data[1:]
    if kind // 2 < len(KINDS):
        path, content_type, extra = KINDS[kind // 2]
        head = f"POST {path} HTTP/1.1\r\nhost: x\r\ncontent-type: {content_type}\r\n{extra}"
        rest = head.encode() + b"content-length: %d\r\n\r\n" % len(rest) + rest
    LOOP.run_until_complete(_feed(rest, len(rest) // 2 if kind % 2 else len(rest)))


async def _feed(data: bytes, cut: int) -> None:
    transport, connection = Transport(), HttpConnection(SERVER)
    connection.connection_made(transport)
    for piece in (data[:cut], data[cut:]):
        if piece and not transport.closing:
            connection.data_received(piece)
    for _ in range(100):
        if connection.answering is None:
            break
        await asyncio.wait([connection.answering], timeout=20)
        await asyncio.sleep(0)
    connection.eof_received()
    connection.connection_lost(None)
    found = statuses(data, re.sub(rb"^(HTTP/1.1 100 Continue\r\n\r\n)+", b"", bytes(transport.sent)))
    assert 500 not in found, transport.sent


if __name__ == "__main__":
    logging.getLogger("inference_server").setLevel(logging.CRITICAL)
    forest = RandomForestClassifier(3, random_state=0).fit(*load_iris(return_X_y=True))
    application = Application(Settings())
    application.set_model(Model(compile_model(read_inert(pickle.dumps(forest)))), None)
    SERVER = HttpServer(application.answer, HttpLimits())
    LOOP = asyncio.new_event_loop()
    asyncio.set_event_loop(LOOP)
    seeds = [b"\xff" + seed for seed in SEEDS]
    seeds += [bytes([2 * kind]) + body for kind in range(len(KINDS)) for body in _BODIES]
    corpus = next((Path(one) for one in sys.argv[1:] if Path(one).is_dir()), None)
    for number, seed in enumerate(seeds):
        read(seed)
        if corpus:
            (corpus / f"seed-{number}").write_bytes(seed)
    atheris.Setup(sys.argv, read)
    atheris.Fuzz()
