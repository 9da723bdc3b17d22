"""Which models this server has, and how well they are."""

from __future__ import annotations

from mmap import mmap

from inference_server.http.error_body import error_body
from inference_server.http.messages import Response
from inference_server.served.served_model import ServedModel


class ServedModels:
    """``only`` is the model of a server of one, None until it is loaded; ``by_name`` holds all, also of many.

    The first byte of ``failed`` is not 0 once a worker process has died for good.
    """

    def __init__(self, multi_model: bool, failed: bytearray | mmap | None) -> None:
        self._multi_model = multi_model
        self._failed = bytearray(1) if failed is None else failed
        self.only: ServedModel | None = None
        self.by_name: dict[str, ServedModel] = {}

    def set_only(self, served: ServedModel) -> None:
        """Begin to serve this model."""
        self.by_name[served.name] = served
        self.only = served

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
        if self._multi_model:
            # It is there to load models; one that is broken is no reason to take all of them away.
            return 200
        if self.only is None:
            return 503
        if self.only.is_dead:
            # So that all workers say so, whichever is asked next.
            self._failed[0] = 1
        return self.health_of(self.only)

    def health_of(self, served: ServedModel) -> int:
        """The same of one model."""
        return 500 if self._failed[0] or served.is_dead else 200
