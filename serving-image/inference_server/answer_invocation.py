"""One invocation from body to answer, without HTTP: what the server serves and what the packing tool records."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from inference_server.invalid_input import InvalidInput
from inference_server.read_instances import check_content_type, read_instances

if TYPE_CHECKING:
    from inference_server.model import Model


def answer_invocation(model: Model, content_type: str, body: bytes) -> tuple[int, bytes]:
    """Answer a request with status and JSON body.

    The caller's mistakes are answers (400, message under 2,048 bytes, where SageMaker cuts); everything
    else is raised. A prediction that is not finite is raised too (ValueError): JSON has no NaN.
    """
    try:
        check_content_type(content_type)
        rows = read_instances(body, len(model.feature_names))
        predictions = model.predict(rows)
    except InvalidInput as error:
        return error.status, error_body(str(error))
    return 200, json.dumps({"predictions": predictions}, allow_nan=False).encode()


def error_body(message: str) -> bytes:
    """Return the body of every answer that is not a prediction."""
    return json.dumps({"error": message}).encode()
