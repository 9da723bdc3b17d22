"""The golden requests that lie beside the model: what its author knows that it answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from inference_server.formats.read_request import read_request
from inference_server.invalid_input import InvalidInput
from inference_server.table.schema import Schema
from inference_server.table.table import Table

FILE_NAME = "golden.json"
# The deployer reads no more.
_MOST_BYTES = 1_048_576
_MOST_CASES = 8


def golden_tables(directory: Path, schema: Schema) -> Iterator[Table]:
    """Yield the rows of the cases that are to be answered, the first of them; what cannot be read is left out.

    The deployer checks the file, and sends each case once the endpoint is up.
    """
    path = directory / FILE_NAME
    if not path.is_file() or path.stat().st_size > _MOST_BYTES:
        return
    try:
        cases = json.loads(path.read_bytes())["cases"]
        asked = [case["request"] for case in cases if case["expect"]["status"] == 200][:_MOST_CASES]
    except (ValueError, RecursionError, TypeError, KeyError):
        return
    for request in asked:
        try:
            body = request["body"]
            text = body if isinstance(body, str) else json.dumps(body)
            yield read_request(str(request.get("contentType", "application/json")), text.encode(), schema)
        except (InvalidInput, ValueError, TypeError, KeyError, AttributeError):
            continue
