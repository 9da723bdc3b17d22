"""One inference of the Open Inference Protocol v2, from body to answer, without HTTP.

https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_rest.md
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from inference_server.formats.parse_json import parse_json
from inference_server.formats.read_binary_tensors import take_binary_data
from inference_server.formats.read_tensors import check_parameters, read_tensors
from inference_server.formats.unpack_body import unpack_body
from inference_server.formats.write_tensors import output_tensors
from inference_server.http.error_body import error_body
from inference_server.invalid_input import InvalidInput
from inference_server.routes.answer_invocation import InvocationAnswer
from inference_server.settings import MAX_BODY_BYTES

if TYPE_CHECKING:
    from inference_server.model import Model


@dataclass(frozen=True)
class Inference:
    """``version`` is "" for a model whose digest nobody knows."""

    name: str
    version: str
    body: bytes
    # Where binary tensors follow it: how long the JSON is, and as the header has it.
    json_length: str = ""
    encoding: str = ""
    most_bytes: int = MAX_BODY_BYTES


def infer(model: Model, inference: Inference) -> InvocationAnswer:
    """Answer a request; the caller's mistakes are answers, everything else is raised."""
    try:
        body, binary = _split(inference)
        request = _read(body)
        inputs = request.get("inputs")
        if isinstance(inputs, list):
            take_binary_data(inputs, binary)
        rows = read_tensors(inputs, model.schema)
        wanted = _read_wanted(request)
        predictions = model.predict(rows)
        outputs = _choose(output_tensors(predictions), wanted)
    except InvalidInput as error:
        return InvocationAnswer(error.status, error_body(str(error)))
    answer: dict[str, Any] = {"model_name": inference.name}
    if inference.version:
        answer["model_version"] = inference.version
    if "id" in request:
        answer["id"] = request["id"]
    answer["outputs"] = outputs
    classes = () if model.class_names is None else [prediction["predicted_class"] for prediction in predictions]
    return InvocationAnswer(200, orjson.dumps(answer), classes=classes)


def _split(inference: Inference) -> tuple[bytes, bytes]:
    """Return the JSON, and the data of binary tensors behind it."""
    body = unpack_body(inference.body, inference.encoding, inference.most_bytes)
    text = inference.json_length
    if not text:
        return body, b""
    if not (text.isascii() and text.isdigit() and len(text) < 12 and int(text) <= len(body)):
        raise InvalidInput("Inference-Header-Content-Length must be the length of the JSON that the body begins with")
    return body[: int(text)], body[int(text) :]


def _read(body: bytes) -> dict[str, Any]:
    request = parse_json(body)
    if not isinstance(request, dict):
        raise InvalidInput("An inference request must be a JSON object")
    # What some clients write for what they leave out.
    request = {key: value for key, value in request.items() if value is not None}
    # An id of lone surrogates cannot be written back.
    if "id" in request and not (isinstance(request["id"], str) and request["id"].isprintable()):
        raise InvalidInput('"id" must be a string of printable characters')
    check_parameters(request, "The request")
    return request


def _read_wanted(request: dict[str, Any]) -> list[str] | None:
    if "outputs" not in request:
        return None
    outputs = request["outputs"]
    if not isinstance(outputs, list) or not all(
        isinstance(output, dict) and isinstance(output.get("name"), str) for output in outputs
    ):
        raise InvalidInput('"outputs" must be a list of objects with a "name"')
    for output in outputs:
        check_parameters(output, "An output")
    names = [output["name"] for output in outputs]
    if len(set(names)) != len(names):
        raise InvalidInput("An output is asked for twice")
    return names


def _choose(tensors: Sequence[dict[str, Any]], wanted: list[str] | None) -> list[dict[str, Any]]:
    if not wanted:
        return list(tensors)
    by_name = {tensor["name"]: tensor for tensor in tensors}
    for name in wanted:
        if name not in by_name:
            raise InvalidInput(f"There is no output {name[:60]!r}; this model has {', '.join(by_name)}")
    return [by_name[name] for name in wanted]
