"""The routes of the Open Inference Protocol v2: health, metadata, inference.

https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_rest.md
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote_to_bytes

import orjson

from inference_server.formats.describe_tensors import describe_inputs
from inference_server.formats.write_tensors import describe_outputs, output_tensors
from inference_server.http.error_body import error_body
from inference_server.http.messages import Request, Response
from inference_server.routes.describe_model import platform_of
from inference_server.routes.handler import Answered, Handlers
from inference_server.routes.infer import Inference, infer
from inference_server.routes.model_executor import ModelExecutor
from inference_server.routes.served_models import ServedModels
from inference_server.served.served_model import ServedModel

MODELS = b"/v2/models/"


class OpenInference:
    """Answers for ``models``; ``executor`` has them predict."""

    def __init__(self, models: ServedModels, executor: ModelExecutor) -> None:
        self._models = models
        self._executor = executor
        reading = (b"GET", b"HEAD")
        self.routes: dict[bytes, Handlers] = {
            b"/v2": dict.fromkeys(reading, self._describe_server),
            b"/v2/health/live": dict.fromkeys(reading, self._live),
            b"/v2/health/ready": dict.fromkeys(reading, self._ready),
        }

    def find(self, path: bytes) -> Handlers | Response:
        """Return what answers a path below ``MODELS``, by method; or the answer where there is nothing.

        ``{name}``, ``{name}/ready``, ``{name}/infer``, each also with ``/versions/{version}`` behind the name.
        """
        name, *rest = (unquote_to_bytes(part).decode("utf-8", "replace") for part in path[len(MODELS) :].split(b"/"))
        served = self._models.by_name.get(name)
        version = None
        if rest[:1] == ["versions"] and len(rest) > 1:
            version, rest = rest[1], rest[2:]
        if served is None:
            if self._models.health == 503:
                return self._models.no_model
            return Response(404, error_body(f"There is no model {name[:60]!r}"))
        if version is not None and version != served.digest:
            return Response(404, error_body(f"Model {name[:60]!r} has no version {version[:64]!r}"))
        answer = {"": self._describe_model, "ready": self._model_ready}.get("/".join(rest))
        if answer is not None:
            return dict.fromkeys((b"GET", b"HEAD"), lambda request: answer(served))
        if rest == ["infer"]:
            return {b"POST": lambda request: self._infer(served, request)}
        return Response(404, error_body("Not found; a model has /ready and /infer"))

    def _live(self, request: Request) -> Response:
        return _json(200, {"live": True})

    def _ready(self, request: Request) -> Response:
        status = self._models.health
        return _json(status, {"ready": status == 200})

    def _describe_server(self, request: Request) -> Response:
        return _json(200, {"name": "inference_server", "version": "1", "extensions": ["binary_tensor_data"]})

    def _model_ready(self, served: ServedModel) -> Response:
        status = self._models.health_of(served)
        return _json(status, {"name": served.name, "ready": status == 200})

    def _describe_model(self, served: ServedModel) -> Response:
        model = served.model
        answer: dict[str, Any] = {"name": served.name}
        if served.digest:
            answer["versions"] = [served.digest]
        answer["platform"] = platform_of(model)
        answer["inputs"] = describe_inputs(model.schema)
        answer["outputs"] = describe_outputs(output_tensors([served.example_prediction]))
        return _json(200, answer)

    def _infer(self, served: ServedModel, request: Request) -> Answered:
        length = request.headers.get(b"inference-header-content-length", b"").decode("latin-1")
        encoding = request.headers.get(b"content-encoding", b"").decode("latin-1")
        inference = Inference(
            served.name, served.digest, request.body, length, encoding, self._executor.settings.max_body_bytes
        )
        return self._executor.run(served, request, infer, inference, quick=not encoding)


def _json(status: int, content: Any) -> Response:
    return Response(status, orjson.dumps(content))
