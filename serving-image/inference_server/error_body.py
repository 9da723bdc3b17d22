"""The body of every answer that is not a prediction."""

from __future__ import annotations

import json


def error_body(message: str) -> bytes:
    """Return ``{"error": message}``; messages stay under 2,048 bytes, where SageMaker cuts."""
    return json.dumps({"error": message}).encode()
