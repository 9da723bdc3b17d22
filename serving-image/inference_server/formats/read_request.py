"""From the type and bytes of a request to rows of finite numbers: one reader for each type that is served."""

from __future__ import annotations

from collections.abc import Callable

from inference_server.formats.read_csv import read_csv
from inference_server.formats.read_instances import read_instances
from inference_server.formats.read_json_lines import read_json_lines
from inference_server.formats.read_npy import read_npy
from inference_server.invalid_input import InvalidInput

# Each takes the body and the number of features.
_READERS: dict[str, Callable[[bytes, int], list[list[float]]]] = {
    "application/json": read_instances,
    "text/csv": read_csv,
    "application/jsonlines": read_json_lines,
    "application/x-npy": read_npy,
}
_KNOWN = ", ".join(_READERS)


def read_request(content_type: str, body: bytes, feature_count: int) -> list[list[float]]:
    """Read rows of any type, with any parameters of the type (`; charset=utf-8`).

    Returns at least one row, ``feature_count`` finite numbers in each, or raises ``InvalidInput``.
    """
    reader = _READERS.get(content_type) or _READERS.get(content_type.split(";", 1)[0].strip().lower())
    if reader is None:
        raise InvalidInput(f"Unsupported content type: {content_type[:100] or 'none'}; send one of {_KNOWN}")
    return reader(body, feature_count)
