"""The serving image's own application behind uvicorn: `python server.py PORT WORKERS`.

The folder of the image is on the PYTHONPATH, SM_MODEL_DIR names the model. Everything but HTTP is the
same code: it reads, checks, predicts, writes and counts as the image's general path does in its event loop.
https://www.uvicorn.org/#raw-asgi is what remains of a framework here.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import uvicorn

from inference_server.http.messages import Request
from inference_server.load_model import load_model
from inference_server.routes.application import Application
from inference_server.settings import MAX_BODY_BYTES, read_settings

application: Application | None = None


def load() -> Application:
    loaded = Application(read_settings(os.environ))
    model = load_model(Path(os.environ["SM_MODEL_DIR"]))
    loaded.set_model(model, model.sha256)
    return loaded


async def app(scope, receive, send):
    global application
    if application is None:
        application = load()
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        body += message.get("body", b"")
        if len(body) > MAX_BODY_BYTES:
            return
        if not message.get("more_body", False):
            break
    headers = dict(scope["headers"])
    path, method = scope["path"].encode(), scope["method"].encode()
    answer = application.answer(Request(method, path, headers, bytes(body), True, True))
    if not hasattr(answer, "status"):
        answer = await answer
    sent = [(b"content-type", answer.content_type), (b"content-length", str(len(answer.body)).encode())]
    sent += [tuple(line.split(b": ", 1)) for line in answer.headers.split(b"\r\n") if line]
    await send({"type": "http.response.start", "status": answer.status, "headers": sent})
    await send({"type": "http.response.body", "body": answer.body})


if __name__ == "__main__":
    os.chdir(Path(__file__).parent)
    uvicorn.run(
        "server:app",
        port=int(sys.argv[1]),
        workers=int(sys.argv[2]),
        loop="uvloop",
        http="httptools",
        lifespan="off",
        access_log=False,
        log_level="warning",
        server_header=False,
    )
