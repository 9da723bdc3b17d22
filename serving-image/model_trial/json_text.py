"""JSON as JavaScript reads and writes it: so the deployer sends golden requests, and compares their answers."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

# From here on JavaScript writes an exponent: https://tc39.es/ecma262/#sec-numeric-types-number-tostring
_LARGE = 1e21
_SMALLEST_EXPONENT = -7


def read_json(text: str | bytes) -> Any:
    """Read a document; every number becomes a float. Raises ``ValueError``, also for NaN and Infinity."""
    return json.loads(text, parse_int=float, parse_constant=_refuse)


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def json_text(value: Any) -> str:
    """Write what ``read_json`` returned."""
    if isinstance(value, float):
        return number_text(value) if abs(value) < float("inf") else "null"
    if isinstance(value, list):
        return f"[{','.join(map(json_text, value))}]"
    if isinstance(value, dict):
        return f"{{{','.join(f'{json_text(key)}:{json_text(each)}' for key, each in value.items())}}}"
    return json.dumps(value, ensure_ascii=False)


def number_text(number: float) -> str:
    """Write a number: ``1``, ``0.000001``, ``1e-7``, ``1e+21``."""
    if abs(number) == float("inf"):
        return "Infinity" if number > 0 else "-Infinity"
    if number == int(number) and abs(number) < _LARGE:
        # The shortest digits that say which number it is, then zeros: 2**70 has more of its own.
        return f"{Decimal(repr(number)):.0f}" if number else "0"
    digits, _, exponent = repr(number).partition("e")
    if not exponent:
        return digits
    if _SMALLEST_EXPONENT < int(exponent) < 0:
        return f"{Decimal(repr(number)):f}"
    return f"{digits.removesuffix('.0')}e{int(exponent):+d}"
