"""application/jsonlines: a row on each line, `[5.1, 3.5]`, `{"age": 51, "city": "oslo"}` or `{"features": [5.1, 3.5]}`.

The last is SageMaker Clarify's: https://docs.aws.amazon.com/sagemaker/latest/dg/cdf-inference.html
"""

from __future__ import annotations

from inference_server.formats.parse_json import parse_json
from inference_server.invalid_input import InvalidInput
from inference_server.table.read_rows import read_rows
from inference_server.table.schema import Schema
from inference_server.table.table import Table


def read_json_lines(body: bytes, schema: Schema) -> Table:
    """Read the rows, or raise ``InvalidInput``; empty lines are skipped."""
    rows = []
    for number, line in enumerate(body.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            rows.append(parse_json(line))
        except InvalidInput as error:
            raise InvalidInput(f"Line {number}: {error}") from None
    return read_rows(rows, schema)
