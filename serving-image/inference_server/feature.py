"""What model.json says about one column of the input: its name, its type, and what was seen in training."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

TYPES = ("number", "integer", "boolean", "category", "text")
_KEYS = ("name", "type", "minimum", "maximum", "categories")


@dataclass(frozen=True)
class Feature:
    """One column. The range and the categories describe the training data: nothing is refused for lying outside."""

    name: str
    type: str = "number"
    minimum: float | None = None
    maximum: float | None = None
    categories: tuple[Any, ...] | None = None


def read_features(entries: list[dict[str, Any]]) -> tuple[Feature, ...]:
    """Make features of the list ``features`` of a model.json in which ``find_feature_problems`` found none."""
    return tuple(
        Feature(**(entry | ({"categories": tuple(entry["categories"])} if "categories" in entry else {})))
        for entry in entries
    )


def write_features(features: tuple[Feature, ...]) -> list[dict[str, Any]]:
    """Return the list ``features`` of model.json."""
    found = []
    for feature in features:
        entry = {key: getattr(feature, key) for key in _KEYS if getattr(feature, key) is not None}
        found.append(entry | ({"categories": list(entry["categories"])} if "categories" in entry else {}))
    return found


def find_feature_problems(entries: list[Any]) -> list[str]:
    """Return one sentence for each thing that is wrong with the list ``features``."""
    problems: list[str] = []
    for index, entry in enumerate(entries):
        where = f"'features[{index}]'"
        if not isinstance(entry, dict) or not isinstance(entry.get("name"), str) or not entry["name"]:
            problems.append(f"{where} must be an object with a name.")
            continue
        problems += [f"{where} has the unknown key {key[:60]!r}." for key in entry if key not in _KEYS]
        if entry.get("type", "number") not in TYPES:
            problems.append(f"{where} has the type {str(entry['type'])[:60]!r}; there are {', '.join(TYPES)}.")
        bounds = [entry[key] for key in ("minimum", "maximum") if key in entry]
        if not all(_is_number(bound) for bound in bounds):
            problems.append(f"{where} has a minimum or maximum that is no finite number.")
        elif len(bounds) == 2 and bounds[0] > bounds[1]:
            problems.append(f"{where} has a minimum above its maximum.")
        categories = entry.get("categories", [0])
        if not isinstance(categories, list) or not categories or not all(_is_category(one) for one in categories):
            problems.append(f"{where} has categories that are no list of numbers and texts.")
    names = [entry["name"] for entry in entries if isinstance(entry, dict) and isinstance(entry.get("name"), str)]
    if len(set(names)) != len(names):
        problems.append("'features' holds a name twice.")
    return problems


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _is_category(value: Any) -> bool:
    return isinstance(value, str) or _is_number(value)
