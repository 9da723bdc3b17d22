"""The body of every answer that is not a prediction."""

from __future__ import annotations

import json

# Where SageMaker cuts what it passes on: https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
LIMIT_BYTES = 2048


def error_body(message: str) -> bytes:
    """Return ``{"error": message}``, less than 2,048 bytes: a longer message is cut, so that it stays JSON."""
    body = json.dumps({"error": message}).encode()
    if len(body) < LIMIT_BYTES:
        return body
    # A character takes up to twelve bytes in JSON.
    return json.dumps({"error": message[:150] + "..."}).encode()
