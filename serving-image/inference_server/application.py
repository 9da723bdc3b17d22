"""The routes: SageMaker's container contract, and what batch transform and monitoring ask beside it.

https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import orjson

from inference_server.answer_invocation import Invocation, answer_invocation
from inference_server.error_body import error_body
from inference_server.http_messages import Request, Response
from inference_server.is_quick import QUICK_BYTES, is_quick
from inference_server.metrics import Metrics
from inference_server.settings import Settings

if TYPE_CHECKING:
    from inference_server.model import Model

_log = logging.getLogger("inference_server")


class Application:
    """Answers requests; ``model`` is None until loading is done."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.metrics = Metrics()
        self.model: Model | None = None
        # Predictions run beside the event loop, so that /ping answers within its 2 s while they do.
        self.workers = ThreadPoolExecutor(settings.workers, thread_name_prefix="predict")
        self._waiting = 0
        self._quick = False
        self._model_header = b""
        self._routes: dict[bytes, dict[bytes, Callable[[Request], Response | asyncio.Future[Response]]]] = {
            b"/ping": dict.fromkeys((b"GET", b"HEAD", b"POST"), self._ping),
            b"/invocations": {b"POST": self._invoke},
            b"/execution-parameters": dict.fromkeys((b"GET", b"HEAD"), self._execution_parameters),
            b"/metrics": dict.fromkeys((b"GET", b"HEAD"), self._metrics),
        }

    def set_model(self, model: Model, sha256: str | None) -> None:
        """Begin to serve; ``sha256`` of the model file is what every answer names, if it is known."""
        if sha256 is not None and re.fullmatch("[0-9a-fA-F]{64}", sha256):
            self._model_header = b"x-amzn-sagemaker-custom-attributes: model-sha256=%b\r\n" % sha256.lower().encode()
        self._quick = is_quick(model)
        self.model = model

    def answer(self, request: Request) -> Response | asyncio.Future[Response]:
        """Answer one request, at once or later; whatever goes wrong is an answer too."""
        methods = self._routes.get(request.path)
        if methods is None:
            return Response(404, error_body(f"Not found; this server has {_listing(self._routes)}"))
        handler = methods.get(request.method)
        if handler is None:
            allowed = _listing(methods)
            message = error_body(f"Use {allowed} for {request.path.decode()}")
            return Response(405, message, headers=b"allow: %b\r\n" % allowed.encode())
        return handler(request)

    def _ping(self, request: Request) -> Response:
        return Response(503 if self.model is None else 200)

    def _execution_parameters(self, request: Request) -> Response:
        # https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-batch-code.html
        parameters = {
            "MaxConcurrentTransforms": self.settings.workers,
            "BatchStrategy": "MULTI_RECORD",
            "MaxPayloadInMB": self.settings.max_payload_mb,
        }
        return Response(200, orjson.dumps(parameters))

    def _metrics(self, request: Request) -> Response:
        return Response(200, self.metrics.text(), b"text/plain; version=0.0.4; charset=utf-8")

    def _invoke(self, request: Request) -> Response | asyncio.Future[Response]:
        model = self.model
        if model is None:
            return Response(503, error_body("The model is still loading"))
        headers = request.headers
        accept = headers.get(b"accept", b"*/*").decode("latin-1")
        invocation = Invocation(
            headers.get(b"content-type", b"").decode("latin-1"),
            self.settings.default_accept if accept == "*/*" else accept,
            request.body,
        )
        started = time.perf_counter()
        if self._quick and len(request.body) <= QUICK_BYTES:
            return self._run(model, invocation, started)
        if self._waiting >= self.settings.max_waiting:
            self.metrics.count_refusal(503)
            return Response(503, error_body("Too many requests are waiting"), headers=b"retry-after: 1\r\n")
        self._waiting += 1
        done = asyncio.get_running_loop().run_in_executor(self.workers, self._run, model, invocation, started)
        done.add_done_callback(self._leave_queue)
        return done

    def _leave_queue(self, _: object) -> None:
        self._waiting -= 1

    def _run(self, model: Model, invocation: Invocation, started: float) -> Response:
        try:
            answer = answer_invocation(model, invocation)
        except Exception as error:
            # Messages of scikit-learn quote values of the payload, so only type and place are logged.
            _log.error(
                "prediction failed: %s\n%s", type(error).__name__, "".join(traceback.format_tb(error.__traceback__))
            )
            self.metrics.count(500, time.perf_counter() - started, ())
            return Response(500, error_body("Internal server error"), headers=self._model_header)
        self.metrics.count(answer.status, time.perf_counter() - started, answer.classes)
        return Response(answer.status, answer.body, answer.content_type, self._model_header)


def _listing(names: dict[bytes, object]) -> str:
    return ", ".join(name.decode() for name in names)
