"""The routes: SageMaker's container contract, and what batch transform and monitoring ask beside it.

https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from mmap import mmap
from typing import TYPE_CHECKING

import orjson

from inference_server.http.error_body import error_body
from inference_server.http.messages import Request, Response
from inference_server.metrics.counts import Metrics
from inference_server.routes.handler import Answered, Handlers
from inference_server.routes.model_executor import ModelExecutor, log_failure
from inference_server.routes.multi_model import ROOT, MultiModel
from inference_server.routes.open_inference import MODELS, OpenInference
from inference_server.routes.served_models import ServedModels
from inference_server.served.served_model import ServedModel
from inference_server.settings import Settings

if TYPE_CHECKING:
    from inference_server.model import Model


class Application:
    """Answers requests; ``served`` is None until loading is done.

    The first byte of ``failed`` is not 0 once a worker process has died for good.
    """

    def __init__(self, settings: Settings, failed: bytearray | mmap | None = None) -> None:
        self.settings = settings
        self._models = models = ServedModels(settings.multi_model, failed)
        self._executor = executor = ModelExecutor(settings)
        self._open_inference = OpenInference(models, executor)
        self._multi_model = MultiModel(settings, models.by_name, executor) if settings.multi_model else None
        self._routes: dict[bytes, Handlers] = {
            b"/ping": dict.fromkeys((b"GET", b"HEAD", b"POST"), self._ping),
            b"/execution-parameters": dict.fromkeys((b"GET", b"HEAD"), self._execution_parameters),
            b"/metrics": dict.fromkeys((b"GET", b"HEAD"), self._metrics),
            b"/openapi.json": dict.fromkeys((b"GET", b"HEAD"), self._openapi),
            **self._open_inference.routes,
        }
        self._routes |= (
            {b"/invocations": {b"POST": self._invoke}} if self._multi_model is None else self._multi_model.routes
        )

    def set_model(self, model: Model, sha256: str | None, metrics: Metrics | None = None) -> None:
        """Begin to serve; ``sha256`` of the model file is what every answer names, if it is known."""
        self._models.set_only(ServedModel(self.settings.model_name, model, sha256, metrics))

    @property
    def served(self) -> ServedModel | None:
        """The model, on a server that is no multi-model endpoint's."""
        return self._models.only

    @property
    def models(self) -> list[ServedModel]:
        """All models that are served now."""
        return list(self._models.by_name.values())

    @property
    def threads(self) -> ThreadPoolExecutor:
        """What predicts; until then, what loads the model."""
        return self._executor.threads

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
            log_failure("request", error)
            return Response(500, error_body("Internal server error"))

    def _ping(self, request: Request) -> Response:
        return Response(self._models.health)

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

        if self._models.health == 503:
            return self._models.no_model
        return Response(200, orjson.dumps(describe_api(self.settings, self.models)))

    def _invoke(self, request: Request) -> Answered:
        served = self._models.only
        return self._models.no_model if served is None else self._executor.invoke(served, request)

    def _find(self, path: bytes) -> Handlers | Response:
        if path.startswith(MODELS):
            return self._open_inference.find(path)
        if self._multi_model is not None and path.startswith(ROOT + b"/"):
            return self._multi_model.find(path)
        return Response(404, error_body(f"Not found; this server has {_listing(self._routes)}"))


def _listing(names: Mapping[bytes, object]) -> str:
    return ", ".join(name.decode() for name in names)
