"""Has models answer: here where that is quick, else in a thread, of which a bounded number of requests waits."""

from __future__ import annotations

import asyncio
import logging
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from inference_server.http import custom_attributes
from inference_server.http.error_body import error_body
from inference_server.http.messages import Request, Response
from inference_server.invalid_input import InvalidInput
from inference_server.routes.answer_invocation import Invocation, InvocationAnswer, answer_invocation
from inference_server.routes.describe_rows import describe_rows
from inference_server.routes.handler import Answered
from inference_server.routes.wanted import wanted
from inference_server.served.is_quick import QUICK_BYTES
from inference_server.served.served_model import ServedModel
from inference_server.settings import Settings

if TYPE_CHECKING:
    from inference_server.model import Model

_log = logging.getLogger("inference_server")


class ModelExecutor:
    """Counts what waits over all models."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        # Predictions run beside the event loop, so that /ping answers within its 2 s while they do.
        self.threads = ThreadPoolExecutor(settings.threads, thread_name_prefix="predict")
        self._waiting = 0

    def invoke(self, served: ServedModel, request: Request) -> Answered:
        """Answer an invocation of this model."""
        headers = request.headers
        accept = headers.get(b"accept", b"*/*").decode("latin-1")
        invocation = Invocation(
            headers.get(b"content-type", b"").decode("latin-1"),
            self.settings.default_accept if accept == "*/*" else accept,
            request.body,
        )
        if b"content-encoding" in headers:
            invocation.encoding = headers[b"content-encoding"].decode("latin-1")
            invocation.most_bytes = self.settings.max_body_bytes
        if request.query or custom_attributes.NAME in headers:
            try:
                asked_for = wanted(request)
            except InvalidInput as error:
                return Response(error.status, error_body(str(error)))
            if b"describe" in asked_for:
                return self.run(served, request, describe_rows, served, quick=False, counts=False)
            invocation.explain = b"explain" in asked_for
        return self.run(
            served, request, answer_invocation, invocation, quick=not (invocation.explain or invocation.encoding)
        )

    def run(
        self,
        served: ServedModel,
        request: Request,
        answer: Callable[[Model, Any], InvocationAnswer],
        question: Any,
        quick: bool = True,
        counts: bool = True,
    ) -> Answered:
        """Have the model answer a question: here where that is quick, else in a thread.

        ``counts``: whether the metrics shall know of it, as of predictions.
        """
        header = served.header_for(request.headers.get(custom_attributes.NAME))
        started = time.perf_counter()
        if quick and served.quick and len(request.body) <= QUICK_BYTES:
            return _run(served, answer, question, header, started, counts)
        if self._waiting >= self.settings.max_waiting:
            served.metrics.count_refusal(503)
            return Response(503, error_body("Too many requests are waiting"), headers=b"retry-after: 1\r\n" + header)
        self._waiting += 1
        done = asyncio.get_running_loop().run_in_executor(
            served.threads or self.threads, _run, served, answer, question, header, started, counts
        )
        done.add_done_callback(self._leave_queue)
        return done

    def _leave_queue(self, _: object) -> None:
        self._waiting -= 1


def _run(
    served: ServedModel,
    answer: Callable[[Model, Any], InvocationAnswer],
    question: Any,
    header: bytes,
    started: float,
    counts: bool,
) -> Response:
    try:
        answered = answer(served.model, question)
    except MemoryError:
        # On a multi-model endpoint SageMaker then unloads models that nobody uses.
        served.metrics.count(507, time.perf_counter() - started, ())
        return Response(507, error_body("There is not enough memory to answer this"), headers=header)
    except Exception as error:
        log_failure("prediction", error)
        served.metrics.count(500, time.perf_counter() - started, ())
        return Response(500, error_body("Internal server error"), headers=header)
    if counts:
        served.metrics.count(answered.status, time.perf_counter() - started, answered.classes)
    return Response(answered.status, answered.body, answered.content_type, header)


def log_failure(what: str, error: Exception) -> None:
    """Log type and place."""
    # Messages of scikit-learn quote values of the payload, so only type and place are logged.
    _log.error("%s failed: %s\n%s", what, type(error).__name__, "".join(traceback.format_tb(error.__traceback__)))
