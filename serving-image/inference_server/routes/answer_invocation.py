"""One invocation from body to answer, without HTTP: what the server serves and what the packing tool records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from inference_server.formats.read_request import read_request
from inference_server.formats.unpack_body import unpack_body
from inference_server.formats.write_answer import CSV, choose_format, write_answer
from inference_server.http.error_body import error_body
from inference_server.invalid_input import InvalidInput
from inference_server.number_bodies.read_number_body import read_number_body
from inference_server.number_bodies.write_number_answer import write_number_answer
from inference_server.settings import MAX_BODY_BYTES

if TYPE_CHECKING:
    from inference_server.model import Model


@dataclass(slots=True)
class Invocation:
    """What the caller sent: ``accept`` is "" where he has no wish."""

    content_type: str
    accept: str
    body: bytes
    explain: bool = False
    # As the header says it, and how much the body may unpack to.
    encoding: str = ""
    most_bytes: int = MAX_BODY_BYTES


@dataclass(slots=True)
class InvocationAnswer:
    """``classes`` are the names predicted, one per row; empty for errors and for regression."""

    status: int
    body: bytes
    content_type: bytes = b"application/json"
    classes: Sequence[str] = ()


def answer_invocation(model: Model, invocation: Invocation) -> InvocationAnswer:
    """Answer a request.

    The caller's mistakes are answers (400, message under 2,048 bytes, where SageMaker cuts); everything
    else is raised. A prediction that is not finite is raised too (ValueError): JSON has no NaN.
    """
    try:
        body = invocation.body
        if invocation.encoding:
            body = unpack_body(body, invocation.encoding, invocation.most_bytes)
        numbers = read_number_body(invocation.content_type, body, model.schema)
        if numbers is not None and not invocation.explain:
            content_type = choose_format(invocation.accept)
            written = write_number_answer(model, numbers, content_type)
            if written is not None:
                return InvocationAnswer(200, written[0], content_type.encode(), written[1])
        table = read_request(invocation.content_type, body, model.schema) if numbers is None else numbers
        predictions = model.predict(table)
        if invocation.explain:
            if choose_format(invocation.accept) == CSV:
                raise InvalidInput("Invalid input: explanations come as application/json or application/jsonlines")
            for prediction, explanation in zip(predictions, model.explainer.explain(table.values), strict=True):
                prediction["explanation"] = explanation
    except InvalidInput as error:
        return InvocationAnswer(error.status, error_body(str(error)))
    content_type = choose_format(invocation.accept)
    classes = () if model.class_names is None else [prediction["predicted_class"] for prediction in predictions]
    return InvocationAnswer(200, write_answer(content_type, predictions), content_type.encode(), classes)
