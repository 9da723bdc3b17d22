"""A cell of text, as CSV has it, into what its column holds: a number, a text, a boolean, or a missing value."""

from __future__ import annotations

from typing import Any

from inference_server.table.column import Column

_BOOLEANS = {"true": True, "false": False}


def parse_cell(text: str | None, column: Column) -> Any:
    """Return the value, None for an empty cell and for `nan`; raise ``ValueError`` with a word about the column."""
    if text is None:
        return None
    stripped = text.strip()
    if column.codes is not None:
        return _parse_category(text, stripped, column)
    if stripped == "" or stripped.lower() == "nan":
        return None
    if column.type == "text":
        return text
    try:
        return _parse_number(stripped)
    except ValueError:
        if column.type == "any":
            return text
        raise ValueError(f"{column.name[:60]!r} must be {column.allowed}") from None


def _parse_category(text: str, stripped: str, column: Column) -> Any:
    for known in (text, stripped):
        if known in column.codes:
            return known
    if stripped == "" or stripped.lower() == "nan":
        return None
    if column.is_text and not column.by_code:
        return text
    try:
        return _parse_number(stripped)
    except ValueError:
        return text


def _parse_number(text: str) -> float | bool:
    # Python's float takes 1_000 and digits of every script; no other reader of CSV does.
    if "_" in text or not text.isascii():
        raise ValueError
    known = _BOOLEANS.get(text.lower())
    return float(text) if known is None else known
