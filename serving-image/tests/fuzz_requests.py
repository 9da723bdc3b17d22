"""Coverage-guided fuzzing of requests, from the bytes on the wire to the answer: never a 500, never half an answer.

In an environment with requirements.txt and atheris (``pip install atheris==3.0.0``):
``python tests/fuzz_requests.py CORPUS -max_total_time=600``, with libFuzzer's options. The first byte of an input
says what the rest is: the bytes of a connection, or the body of a request to one of ``KINDS``. The forest takes numbers
alone; the pipeline takes texts, numbers and gaps, by name, and everything that is read into a table of these.
"""

from __future__ import annotations

import asyncio
import gzip
import json
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

import mixed_models
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier

from fuzz_http import SEEDS, statuses

JSON, CSV, LINES, NPY = "application/json", "text/csv", "application/jsonlines", "application/x-npy"
INFER = "/v2/models/model/infer"
GZIP = "content-encoding: gzip\r\n"
# Of the model, the path, the type, and further headers. What GZIP is among the headers of is packed here; BINARY: the
# first two bytes say how long the JSON is.
FOREST, PIPELINE = 0, 1
BINARY = "inference-header-content-length: "
KINDS = [
    *(
        (FOREST, path, content_type, extra)
        for path in ("/invocations", "/invocations?explain=true")
        for content_type in (JSON, CSV, LINES, NPY)
        for extra in ("", "accept: text/csv\r\n", "accept: application/jsonlines\r\n")
    ),
    *((FOREST, path, JSON, "") for path in (INFER, "/models")),
    *((FOREST, INFER, JSON, BINARY), (PIPELINE, INFER, JSON, BINARY), (PIPELINE, INFER, JSON, GZIP)),
    *((PIPELINE, "/invocations", content_type, extra) for content_type in (JSON, CSV, LINES) for extra in ("", GZIP)),
    *((PIPELINE, "/invocations", f"{CSV}; header={said}", "") for said in ("present", "absent")),
    *((PIPELINE, "/invocations", JSON, f"accept: {accept}\r\n") for accept in (CSV, LINES)),
    *((PIPELINE, path, JSON, "") for path in (INFER, "/invocations?explain=true", "/invocations?describe=true")),
    (PIPELINE, "/invocations", NPY, ""),
    # What is packed badly.
    (PIPELINE, "/invocations", JSON, "content-encoding: x-gzip\r\n"),
]
_ROWS = [[1.5, "oslo", 30, "web", True, "x", "low"], [None, None, 40, "fax", False, None, "high"]]
_NAMED = [dict(zip(mixed_models.NAMES, row, strict=True)) for row in _ROWS]
_COLUMNS = [
    {"name": name, "shape": [2, 1], "datatype": kind, "data": [row[place] for row in _ROWS]}
    for place, (name, kind) in enumerate(
        zip(mixed_models.NAMES, ["FP64", "BYTES", "INT64", "BYTES", "BOOL", "BYTES", "BYTES"], strict=True)
    )
]
_HERE = Path(__file__).parent


def _as_input(recorded: dict) -> bytes:
    """With the length of the JSON before it, where binary tensors follow."""
    length = recorded["headers"].get("Inference-Header-Content-Length")
    return (b"" if length is None else int(length).to_bytes(2, "big")) + recorded["body"].encode("latin-1")


_MIXED_BODIES = [
    *(
        json.dumps(shape).encode()
        for shape in (
            *({"instances": _ROWS}, {"instances": _NAMED}, {"instances": [{"features": row} for row in _ROWS]}, _ROWS),
            *({"dataframe_split": {"columns": mixed_models.NAMES, "data": _ROWS}}, {"dataframe_records": _NAMED}),
            *({"inputs": _ROWS}, {"inputs": {name: [row[name] for row in _NAMED] for name in mixed_models.NAMES}}),
            {"inputs": _COLUMNS, "parameters": {"content_type": "pd"}},
        )
    ),
    b'1.5,oslo,30,"web",true,x,low\n,,40,"fax ""a""",false,,high\n',
    b"city,amount,age,channel\r\noslo,1.5,30,web\r\n,nan,,\r\n",
    b"\n".join(json.dumps(row).encode() for row in (*_ROWS, *_NAMED, {"features": _ROWS[0]})),
    *(_as_input(one) for one in json.loads((_HERE / "client-requests.json").read_text())["requests"]),
]
_BODIES = [
    b'{"instances": [[5.1, 3.5, 1.4, 0.2], [1, true, -1e3, 0]]}',
    b"5.1,3.5,1.4,0.2\n1,2,3,4\n",
    b'[5.1,3.5,1.4,0.2]\n{"features": [5.1,3.5,1.4,0.2]}\n',
    b"\x93NUMPY\x01\x00v\x00{'descr': '<f8', 'fortran_order': False, 'shape': (1, 4), }".ljust(127) + b"\n" + bytes(32),
    b'{"inputs": [{"name": "x", "shape": [1, 4], "datatype": "FP64", "data": [5.1, 3.5, 1.4, 0.2]}], "id": "a"}',
    # What the recipe's server refuses as well.
    *(one["request"]["body"].encode() for one in json.loads((_HERE / "recipe-answers.json").read_text())["answers"]),
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
    kind, rest, which = data[0], data[1:], FOREST
    if kind // 2 < len(KINDS):
        which, path, content_type, extra = KINDS[kind // 2]
        if extra == GZIP:
            rest = gzip.compress(rest, 1, mtime=0)
        if extra == BINARY:
            extra, rest = f"{BINARY}{int.from_bytes(rest[:2], 'big')}\r\n", rest[2:]
        head = f"POST {path} HTTP/1.1\r\nhost: x\r\ncontent-type: {content_type}\r\n{extra}"
        rest = head.encode() + b"content-length: %d\r\n\r\n" % len(rest) + rest
    LOOP.run_until_complete(_feed(SERVERS[which], rest, len(rest) // 2 if kind % 2 else len(rest)))


async def _feed(server: HttpServer, data: bytes, cut: int) -> None:
    transport, connection = Transport(), HttpConnection(server)
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


def _serve(estimator: object) -> HttpServer:
    application = Application(Settings())
    application.set_model(Model(compile_model(read_inert(pickle.dumps(estimator)))), None)
    return HttpServer(application.answer, HttpLimits())


if __name__ == "__main__":
    logging.getLogger("inference_server").setLevel(logging.CRITICAL)
    forest = RandomForestClassifier(3, random_state=0).fit(*load_iris(return_X_y=True))
    SERVERS = [_serve(forest), _serve(mixed_models.fit(mixed_models.mixed_models()["logistic"]))]
    LOOP = asyncio.new_event_loop()
    asyncio.set_event_loop(LOOP)
    seeds = [b"\xff" + seed for seed in SEEDS]
    bodies = {FOREST: _BODIES, PIPELINE: _MIXED_BODIES}
    seeds += [bytes([2 * kind]) + body for kind, (which, *_) in enumerate(KINDS) for body in bodies[which]]
    corpus = next((Path(one) for one in sys.argv[1:] if Path(one).is_dir()), None)
    for number, seed in enumerate(seeds):
        read(seed)
        if corpus:
            (corpus / f"seed-{number}").write_bytes(seed)
    atheris.Setup(sys.argv, read)
    atheris.Fuzz()
