"""application/jsonlines: a row on each line, `[5.1, 3.5]` or, as SageMaker Clarify has it, `{"features": [5.1, 3.5]}`.

https://docs.aws.amazon.com/sagemaker/latest/dg/cdf-inference.html
"""

from __future__ import annotations

from inference_server.formats.check_rows import check_rows
from inference_server.formats.parse_json import parse_json
from inference_server.invalid_input import InvalidInput


def read_json_lines(body: bytes, feature_count: int) -> list[list[float]]:
    """Read the rows, or raise ``InvalidInput``; empty lines are skipped."""
    rows = []
    for number, line in enumerate(body.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            row = parse_json(line)
        except InvalidInput as error:
            raise InvalidInput(f"Line {number}: {error}") from None
        rows.append(row.get("features") if isinstance(row, dict) else row)
    return check_rows(rows, feature_count)
