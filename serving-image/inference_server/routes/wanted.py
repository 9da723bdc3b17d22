"""What a caller wants beside predictions: `explain=true` or `describe=true`, as query or custom attribute.

SageMaker's InvokeEndpoint forwards no query, but custom attributes.
"""

from __future__ import annotations

import re

from inference_server.http import custom_attributes
from inference_server.http.messages import Request
from inference_server.invalid_input import InvalidInput

_WORDS = (b"describe", b"explain")


def wanted(request: Request) -> frozenset[bytes]:
    """Return the words that are asked for; raise ``InvalidInput`` where the query says neither true nor false."""
    # Attributes are the caller's own: what means nothing here may mean something to him.
    attributes = re.split(rb"[,; ]+", request.headers.get(custom_attributes.NAME, b""))
    found = {word: word + b"=true" in attributes for word in _WORDS}
    for part in reversed(request.query.split(b"&")):
        key, _, value = part.partition(b"=")
        if key in found:
            if value not in (b"true", b"false"):
                raise InvalidInput(f"{key.decode()} must be true or false")
            found[key] = value == b"true"
    return frozenset(word for word, is_wanted in found.items() if is_wanted)
