"""application/json: the recipe's `{"instances": [[number, ...], ...]}`; other keys beside it are ignored."""

from __future__ import annotations

from inference_server.formats.check_rows import check_rows
from inference_server.formats.parse_json import parse_json
from inference_server.invalid_input import InvalidInput


def read_instances(body: bytes, feature_count: int) -> list[list[float]]:
    """Read the rows, or raise ``InvalidInput``."""
    content = parse_json(body)
    if not isinstance(content, dict) or "instances" not in content:
        raise InvalidInput('Input must contain "instances" key')
    rows = content["instances"]
    if not isinstance(rows, list):
        raise InvalidInput("Invalid input: Input must be a list of feature arrays")
    return check_rows(rows, feature_count)
