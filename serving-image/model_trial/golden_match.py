"""Whether an answer is what a golden case expects: the same verdict, in the same words, as on the endpoint.

Its twin is ``lambdas/core/canary/golden-match.ts``; ``tests/golden-matches.json`` is what both sides' tests keep to.
"""

from __future__ import annotations

from typing import Any

from model_trial.json_text import json_text, number_text, read_json

_SHOWN_CHARACTERS = 80


def golden_mismatches(case: dict[str, Any], status: int, body: str) -> list[str]:
    """Return what is different, in one sentence each with its path; none when the answer is right."""
    expect = case["expect"]
    if not _is_expected(expect["status"], status):
        return [f"the status is {status} instead of {_plain(expect['status'])}: {_shown(body)}"]
    if "json" not in expect:
        return []
    try:
        found = read_json(body)
    except (ValueError, RecursionError):
        return [f"the answer is not JSON: {_shown(body)}"]
    return _mismatches(expect["json"], found, expect.get("tolerance", 0), "$")


def _is_expected(expected: Any, status: int) -> bool:
    return 400 <= status < 500 if expected == "4xx" else status == expected


def _mismatches(expected: Any, found: Any, tolerance: float, path: str) -> list[str]:
    if isinstance(expected, float) and isinstance(found, float):
        # Of two infinities the distance is no number, and no tolerance allows it.
        near = abs(expected - found) <= tolerance
        return [] if near else [f"{path} is {number_text(found)} instead of {number_text(expected)}"]
    if isinstance(expected, list):
        if not isinstance(found, list):
            return [f"{path} is {_shown(found)} instead of a list"]
        if len(found) != len(expected):
            return [f"{path} has {len(found)} elements instead of {len(expected)}"]
        pairs = enumerate(zip(expected, found, strict=True))
        return [
            each for place, (one, other) in pairs for each in _mismatches(one, other, tolerance, f"{path}[{place}]")
        ]
    if isinstance(expected, dict):
        if not isinstance(found, dict):
            return [f"{path} is {_shown(found)} instead of an object"]
        return [
            each
            for key, value in expected.items()
            for each in (
                _mismatches(value, found[key], tolerance, f"{path}.{key}")
                if key in found
                else [f"{path}.{key} is missing"]
            )
        ]
    # True and 1 are equal in Python, and different JSON.
    same = type(expected) is type(found) and expected == found
    return [] if same else [f"{path} is {_shown(found)} instead of {_shown(expected)}"]


def _plain(expected: Any) -> str:
    return number_text(expected) if isinstance(expected, float) else str(expected)


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else json_text(value)
    return f"{text[:_SHOWN_CHARACTERS]}..." if len(text) > _SHOWN_CHARACTERS else text
