"""Runs one HTTP server over the quick model: `python http_server_under_test.py ours|uvicorn|uvicorn-threads PORT`.

All of them read, check, predict and write with the serving image's own `answer_invocation`, and count the
same metrics; they differ in HTTP alone. `uvicorn` answers in the event loop, as ours does for a quick
model; `uvicorn-threads` hands every prediction to a thread, as the ASGI application before ADR 13 did.
"""

from __future__ import annotations

import asyncio
import socket
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "serving-image"))

import uvloop
from quick_model import QuickModel

from inference_server.answer_invocation import Invocation, answer_invocation
from inference_server.application import Application
from inference_server.http_limits import HttpLimits
from inference_server.http_server import HttpServer
from inference_server.metrics import Metrics
from inference_server.settings import MAX_BODY_BYTES, Settings


def asgi_application(threads: bool):
    """Return the application that uvicorn serves."""
    model, metrics = QuickModel(), Metrics()
    workers = ThreadPoolExecutor(2)

    def answer(invocation: Invocation):
        started = time.perf_counter()
        answered = answer_invocation(model, invocation)
        metrics.count(answered.status, time.perf_counter() - started, answered.classes)
        return answered

    async def application(scope, receive, send):
        if scope["path"] != "/invocations" or scope["method"] != "POST":
            status = 200 if scope["path"] == "/ping" else 404
            await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
            await send({"type": "http.response.body", "body": b""})
            return
        body = bytearray()
        while True:
            message = await receive()
            body += message.get("body", b"")
            if len(body) > MAX_BODY_BYTES or message["type"] == "http.disconnect":
                return
            if not message.get("more_body", False):
                break
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        invocation = Invocation(headers.get(b"content-type", ""), headers.get(b"accept", ""), bytes(body))
        if threads:
            answered = await asyncio.get_running_loop().run_in_executor(workers, answer, invocation)
        else:
            answered = answer(invocation)
        length = str(len(answered.body)).encode()
        headers = [(b"content-type", answered.content_type), (b"content-length", length)]
        await send({"type": "http.response.start", "status": answered.status, "headers": headers})
        await send({"type": "http.response.body", "body": answered.body})

    return application


async def serve_ours(port: int) -> None:
    application = Application(Settings())
    application.set_model(QuickModel(), None)
    listener = socket.create_server(("127.0.0.1", port))
    await HttpServer(application.answer, HttpLimits()).serve(listener, asyncio.Event(), 0)


def main(kind: str, port: int) -> None:
    if kind == "ours":
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve_ours(port))
        return
    import uvicorn

    uvicorn.run(
        asgi_application(threads=kind == "uvicorn-threads"),
        port=port,
        loop="uvloop",
        http="httptools",
        lifespan="off",
        access_log=False,
        log_level="warning",
        server_header=False,
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
