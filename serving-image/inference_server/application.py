"""The HTTP face: SageMaker's two routes as an ASGI application.

https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
"""

from __future__ import annotations

import asyncio
import logging
import os
import traceback
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from inference_server.answer_invocation import answer_invocation, error_body
from inference_server.invalid_input import InvalidInput

if TYPE_CHECKING:
    from inference_server.model import Model

# The most that SageMaker lets through: 6 MiB.
MAX_BODY_BYTES = 6_291_456
# A larger body is read and dropped up to here: a caller who is still sending would not see the answer.
MAX_DISCARDED_BYTES = 8 * MAX_BODY_BYTES
_TOO_LARGE = f"Request body is larger than {MAX_BODY_BYTES} bytes"

_log = logging.getLogger("inference_server")

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class ClientGone(Exception):
    """The caller hung up before the body was complete."""


class Application:
    """Answers /ping and /invocations; ``model`` is None until loading is done."""

    def __init__(self) -> None:
        self.model: Model | None = None
        # Predictions run beside the event loop, so that /ping answers within its 2 s while they do.
        self.workers = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="predict")

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        method = scope["method"]
        match scope["path"]:
            case "/ping" if method in ("GET", "HEAD", "POST"):
                await _send(send, 503 if self.model is None else 200, b"")
            case "/invocations" if method == "POST":
                await self._invoke(scope, receive, send)
            case "/ping" | "/invocations" as path:
                allowed = "GET, HEAD, POST" if path == "/ping" else "POST"
                await _send(send, 405, error_body(f"Use {allowed} for {path}"), [(b"allow", allowed.encode())])
            case _:
                await _send(send, 404, error_body("Not found; this server has /ping and /invocations"))

    async def _invoke(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        model = self.model
        if model is None:
            await _send(send, 503, error_body("The model is still loading"))
            return
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        try:
            body = await _read_body(headers, receive)
            status, answer = await asyncio.get_running_loop().run_in_executor(
                self.workers, answer_invocation, model, headers.get(b"content-type", ""), body
            )
        except ClientGone:
            return
        except InvalidInput as error:
            # The rest of the body may still be on its way: close rather than read it.
            await _send(send, error.status, error_body(str(error)), [(b"connection", b"close")])
            return
        except Exception as error:
            # Messages of scikit-learn quote values of the payload, so only type and place are logged.
            _log.error(
                "prediction failed: %s\n%s", type(error).__name__, "".join(traceback.format_tb(error.__traceback__))
            )
            status, answer = 500, error_body("Internal server error")
        await _send(send, status, answer)


async def _read_body(headers: dict[bytes, str], receive: Receive) -> bytes:
    length = headers.get(b"content-length", "")
    if length.isdigit() and int(length) > MAX_DISCARDED_BYTES:
        raise InvalidInput(_TOO_LARGE, status=413)
    body, size = bytearray(), 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        chunk = message.get("body", b"")
        size += len(chunk)
        if size <= MAX_BODY_BYTES:
            body += chunk
        more = message.get("more_body", False)
        if size > MAX_DISCARDED_BYTES or (size > MAX_BODY_BYTES and not more):
            raise InvalidInput(_TOO_LARGE, status=413)
        if not more:
            return bytes(body)


async def _send(send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]] | None = None) -> None:
    content_type = [(b"content-type", b"application/json")] if body else []
    length = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": content_type + length + (headers or [])})
    await send({"type": "http.response.body", "body": body})
