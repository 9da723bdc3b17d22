"""A model under the name that callers ask it by, with its counts and with what answers say of it."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from inference_server.http.custom_attributes import custom_attributes
from inference_server.metrics.counts import Metrics
from inference_server.number_bodies.library import library
from inference_server.served.example_row import example_row
from inference_server.served.find_gaps import find_gaps
from inference_server.served.is_quick import is_quick

if TYPE_CHECKING:
    from inference_server.model import Model


class ServedModel:
    """``digest`` is the sha256 of the model file in lower case, "" where nobody knows it.

    Made in the process that serves it: the model is timed here, and what it computes with may start threads,
    which no fork would survive.
    """

    def __init__(self, name: str, model: Model, sha256: str | None, metrics: Metrics | None = None) -> None:
        self.name = name
        self.model = model
        library()  # Now: the first large request must not wait for a compiler.
        self.metrics = Metrics(model.class_names or ()) if metrics is None else metrics
        self.digest = sha256.lower() if sha256 is not None and re.fullmatch("[0-9a-fA-F]{64}", sha256) else ""
        self.header = custom_attributes(self.digest.encode(), b"")
        # This also starts what a model begins with its first question.
        self.example, answer = example_row(model)
        self.is_example_answered = answer is not None
        self.example_prediction = answer or self._least_prediction()
        self.gaps = find_gaps(model, self.example) if self.is_example_answered else None
        self.quick = is_quick(model, self.example)
        # Of its own where the model computes elsewhere: then threads only wait.
        wanted = getattr(model.estimator, "threads", None)
        self.threads = None if wanted is None else ThreadPoolExecutor(wanted, thread_name_prefix="wait")

    def _least_prediction(self) -> dict[str, Any]:
        """What every answer has."""
        names, several = self.model.class_names, self.model.output_classes
        if several is not None:
            return {"predicted_class": [known[0] for known in several], "predicted_class_index": [0] * len(several)}
        return {"prediction": 0.0} if names is None else {"predicted_class": names[0], "predicted_class_index": 0}

    @property
    def is_dead(self) -> bool:
        """Whether the process that predicts has died for good."""
        return getattr(self.model.estimator, "is_dead", False)

    def header_for(self, attributes: bytes | None) -> bytes:
        """Return the line of custom attributes; ``attributes`` are the caller's."""
        return self.header if attributes is None else custom_attributes(self.digest.encode(), attributes)
