"""The routes: SageMaker's container contract, and what batch transform and monitoring ask beside it.

https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
"""

from __future__ import annotations

import asyncio
import logging
import time
import traceback
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from mmap import mmap
from typing import TYPE_CHECKING, Any

import orjson

from inference_server.explain.is_requested import is_requested
from inference_server.http import custom_attributes
from inference_server.http.error_body import error_body
from inference_server.http.messages import Request, Response
from inference_server.invalid_input import InvalidInput
from inference_server.metrics.counts import Metrics
from inference_server.quick_answer.is_quick import QUICK_BYTES
from inference_server.routes.answer_invocation import Invocation, InvocationAnswer, answer_invocation
from inference_server.routes.multi_model import ROOT, MultiModel
from inference_server.routes.open_inference import MODELS, OpenInference
from inference_server.served_model import ServedModel
from inference_server.settings import Settings

if TYPE_CHECKING:
    from inference_server.model import Model

_log = logging.getLogger("inference_server")

Answered = Response | asyncio.Future[Response]
Handler = Callable[[Request], Answered]


class Application:
    """Answers requests; ``served`` is None until loading is done.

    The first byte of ``failed`` is not 0 once a worker process has died for good.
    """

    def __init__(self, settings: Settings, failed: bytearray | mmap | None = None) -> None:
        self.settings = settings
        self._failed = bytearray(1) if failed is None else failed
        self.served: ServedModel | None = None
        # Predictions run beside the event loop, so that /ping answers within its 2 s while they do.
        self.threads = ThreadPoolExecutor(settings.threads, thread_name_prefix="predict")
        self._waiting = 0
        self._routes: dict[bytes, Mapping[bytes, Handler]] = {
            b"/ping": dict.fromkeys((b"GET", b"HEAD", b"POST"), self._ping),
            b"/execution-parameters": dict.fromkeys((b"GET", b"HEAD"), self._execution_parameters),
            b"/metrics": dict.fromkeys((b"GET", b"HEAD"), self._metrics),
            b"/openapi.json": dict.fromkeys((b"GET", b"HEAD"), self._openapi),
        }
        self._open_inference = OpenInference(self)
        self._routes |= self._open_inference.routes
        self._multi_model = MultiModel(self) if settings.multi_model else None
        self._routes |= (
            {b"/invocations": {b"POST": self._invoke}} if self._multi_model is None else self._multi_model.routes
        )

    def set_model(self, model: Model, sha256: str | None, metrics: Metrics | None = None) -> None:
        """Begin to serve; ``sha256`` of the model file is what every answer names, if it is known."""
        self.served = ServedModel(self.settings.model_name, model, sha256, metrics)

    def answer(self, request: Request) -> Answered:
        """Answer one request, at once or later; whatever goes wrong is an answer too."""
        try:
            methods = self._routes.get(request.path) or self._find(request.path)
            if isinstance(methods, Response):
                return methods
            handler = methods.get(request.method)
            if handler is None:
                allowed = _listing(methods)
                message = error_body(f"Use {allowed} for {request.path[:100].decode('latin-1')}")
                return Response(405, message, headers=b"allow: %b\r\n" % allowed.encode())
            return handler(request)
        except Exception as error:
            _log_failure("request", error)
            return Response(500, error_body("Internal server error"))

    @property
    def models(self) -> list[ServedModel]:
        """All models that are served now."""
        if self._multi_model is not None:
            return list(self._multi_model.models.values())
        return [] if self.served is None else [self.served]

    def find_model(self, name: str) -> ServedModel | None:
        """Return the model that is served under this name."""
        if self._multi_model is not None:
            return self._multi_model.models.get(name)
        return self.served if self.served is not None and name == self.served.name else None

    @property
    def no_model(self) -> Response:
        """What a caller gets who asks before there is a model, or after all workers have died."""
        message = "The workers have died for good" if self._failed[0] else "The model is still loading"
        return Response(500 if self._failed[0] else 503, error_body(message))

    @property
    def health(self) -> int:
        """What /ping answers: 503 until the model is loaded, 500 when what predicts has died for good, else 200."""
        if self._failed[0]:
            return 500
        if self._multi_model is not None:
            # It is there to load models; one that is broken is no reason to take all of them away.
            return 200
        if self.served is None:
            return 503
        if self.served.is_dead:
            # So that all workers say so, whichever is asked next.
            self._failed[0] = 1
        return self.health_of(self.served)

    def health_of(self, served: ServedModel) -> int:
        """The same of one model."""
        return 500 if self._failed[0] or served.is_dead else 200

    def invoke(self, served: ServedModel, request: Request) -> Answered:
        """Answer an invocation of this model."""
        headers = request.headers
        accept = headers.get(b"accept", b"*/*").decode("latin-1")
        invocation = Invocation(
            headers.get(b"content-type", b"").decode("latin-1"),
            self.settings.default_accept if accept == "*/*" else accept,
            request.body,
        )
        if request.query or custom_attributes.NAME in headers:
            try:
                invocation.explain = is_requested(request)
            except InvalidInput as error:
                return Response(error.status, error_body(str(error)))
        return self.run(served, request, answer_invocation, invocation, quick=not invocation.explain)

    def run(
        self,
        served: ServedModel,
        request: Request,
        answer: Callable[[Model, Any], InvocationAnswer],
        question: Any,
        quick: bool = True,
    ) -> Answered:
        """Have the model answer a question: here where that is quick, else in a thread."""
        header = served.header_for(request.headers.get(custom_attributes.NAME))
        started = time.perf_counter()
        if quick and served.quick and len(request.body) <= QUICK_BYTES:
            return _run(served, answer, question, header, started)
        if self._waiting >= self.settings.max_waiting:
            served.metrics.count_refusal(503)
            return Response(503, error_body("Too many requests are waiting"), headers=b"retry-after: 1\r\n" + header)
        self._waiting += 1
        done = asyncio.get_running_loop().run_in_executor(
            served.threads or self.threads, _run, served, answer, question, header, started
        )
        done.add_done_callback(self._leave_queue)
        return done

    def _ping(self, request: Request) -> Response:
        return Response(self.health)

    def _execution_parameters(self, request: Request) -> Response:
        # https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-batch-code.html
        parameters = {
            "MaxConcurrentTransforms": self.settings.workers,
            "BatchStrategy": "MULTI_RECORD",
            "MaxPayloadInMB": self.settings.max_payload_mb,
        }
        return Response(200, orjson.dumps(parameters))

    def _metrics(self, request: Request) -> Response:
        from inference_server.metrics.prometheus_text import CONTENT_TYPE, prometheus_text

        text = prometheus_text((served.name, served.digest, served.metrics.total()) for served in self.models)
        return Response(200, text, CONTENT_TYPE)

    def _openapi(self, request: Request) -> Response:
        from inference_server.routes.describe_api import describe_api

        if self.health == 503:
            return self.no_model
        return Response(200, orjson.dumps(describe_api(self.settings, self.models)))

    def _invoke(self, request: Request) -> Answered:
        if self.served is None:
            return self.no_model
        return self.invoke(self.served, request)

    def _find(self, path: bytes) -> Mapping[bytes, Handler] | Response:
        if path.startswith(MODELS):
            return self._open_inference.find(path)
        if self._multi_model is not None and path.startswith(ROOT + b"/"):
            return self._multi_model.find(path)
        return Response(404, error_body(f"Not found; this server has {_listing(self._routes)}"))

    def _leave_queue(self, _: object) -> None:
        self._waiting -= 1


def _run(
    served: ServedModel,
    answer: Callable[[Model, Any], InvocationAnswer],
    question: Any,
    header: bytes,
    started: float,
) -> Response:
    try:
        answered = answer(served.model, question)
    except MemoryError:
        # On a multi-model endpoint SageMaker then unloads models that nobody uses.
        served.metrics.count(507, time.perf_counter() - started, ())
        return Response(507, error_body("There is not enough memory to answer this"), headers=header)
    except Exception as error:
        _log_failure("prediction", error)
        served.metrics.count(500, time.perf_counter() - started, ())
        return Response(500, error_body("Internal server error"), headers=header)
    served.metrics.count(answered.status, time.perf_counter() - started, answered.classes)
    return Response(answered.status, answered.body, answered.content_type, header)


def _log_failure(what: str, error: Exception) -> None:
    # Messages of scikit-learn quote values of the payload, so only type and place are logged.
    _log.error("%s failed: %s\n%s", what, type(error).__name__, "".join(traceback.format_tb(error.__traceback__)))


def _listing(names: Mapping[bytes, object]) -> str:
    return ", ".join(name.decode() for name in names)
