"""Whether the caller wants explanations: `/invocations?explain=true`, or the custom attribute `explain=true`.

SageMaker's InvokeEndpoint forwards no query, but custom attributes.
"""

from __future__ import annotations

import re

from inference_server.http import custom_attributes
from inference_server.http.messages import Request
from inference_server.invalid_input import InvalidInput


def is_explanation_requested(request: Request) -> bool:
    """Tell, or raise ``InvalidInput`` where the query says neither true nor false."""
    for part in request.query.split(b"&"):
        key, _, value = part.partition(b"=")
        if key == b"explain":
            if value not in (b"true", b"false"):
                raise InvalidInput("explain must be true or false")
            return value == b"true"
    # Attributes are the caller's own: what means nothing here may mean something to him.
    attributes = re.split(rb"[,; ]+", request.headers.get(custom_attributes.NAME, b""))
    return b"explain=true" in attributes
