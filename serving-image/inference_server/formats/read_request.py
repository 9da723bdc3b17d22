"""From the type and bytes of a request to a table: one reader for each type that is served."""

from __future__ import annotations

from collections.abc import Callable

from inference_server.formats.read_csv import read_csv
from inference_server.formats.read_json import read_json
from inference_server.formats.read_json_lines import read_json_lines
from inference_server.formats.read_npy import read_npy
from inference_server.invalid_input import InvalidInput
from inference_server.table.schema import Schema
from inference_server.table.table import Table

_READERS: dict[str, Callable[[bytes, Schema], Table]] = {
    "application/json": read_json,
    "text/csv": read_csv,
    "application/jsonlines": read_json_lines,
    "application/x-npy": read_npy,
}
_KNOWN = ", ".join(_READERS)


def read_request(content_type: str, body: bytes, schema: Schema) -> Table:
    """Read rows of any type, with any parameters of the type (`; charset=utf-8`). Raises ``InvalidInput``."""
    reader = _READERS.get(content_type)
    if reader is not None:
        return reader(body, schema)
    name, *parameters = (part.strip().lower() for part in content_type.split(";"))
    if name == "text/csv":
        return read_csv(body, schema, header_parameter(parameters))
    reader = _READERS.get(name)
    if reader is None:
        raise InvalidInput(f"Unsupported content type: {content_type[:100] or 'none'}; send one of {_KNOWN}")
    return reader(body, schema)


def header_parameter(parameters: list[str]) -> str:
    """Return whether there is a header, as RFC 4180 has it: `text/csv; header=present`."""
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "header":
            said = value.strip().strip('"')
            if said not in ("present", "absent"):
                raise InvalidInput("The parameter header of text/csv is present or absent")
            return said
    return ""
