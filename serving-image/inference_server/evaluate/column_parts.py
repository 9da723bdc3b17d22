"""What stands side by side in a ColumnTransformer or FeatureUnion: each transformer, its columns, and its weight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from inference_server.evaluate.choose_columns import choose_columns
from inference_server.evaluate.fields import Fields
from inference_server.not_covered import NotCovered


@dataclass(frozen=True)
class Part:
    """``places``: of the columns that it gets. ``weight``: what its columns are multiplied by, or None."""

    transformer: Any
    places: np.ndarray
    weight: float | None


def column_parts(fields: Fields, width: int) -> list[Part]:
    """Return the parts of a ColumnTransformer that are not dropped and have columns, the remainder last."""
    names = fields.labels("feature_names_in_").tolist() if fields.has("feature_names_in_") else None
    if names is not None and len(names) != width:
        raise NotCovered("a ColumnTransformer of another number of columns than it gets")
    weights = _weights(fields)
    parts = []
    for name, transformer, chosen in _entries(fields, "transformers_", 3):
        if not _is_dropped(transformer):
            places = choose_columns(chosen, width, names)
            if len(places):
                parts.append(Part(transformer, places, weights.get(name)))
    return parts


def union_parts(fields: Fields, width: int) -> list[Part]:
    """Return the parts of a FeatureUnion that are not dropped; each gets all columns."""
    weights = _weights(fields)
    return [
        Part(transformer, np.arange(width), weights.get(name))
        for name, transformer in _entries(fields, "transformer_list", 2)
        if not _is_dropped(transformer)
    ]


def _entries(fields: Fields, attribute: str, length: int) -> list[tuple[Any, ...]]:
    entries = fields.items(attribute)
    if not all(isinstance(entry, tuple) and len(entry) == length and isinstance(entry[0], str) for entry in entries):
        raise NotCovered(f"a {fields.name} in a form of its own")
    return entries


def _is_dropped(transformer: Any) -> bool:
    return isinstance(transformer, str) and transformer == "drop"


def _weights(fields: Fields) -> dict[str, float]:
    weights = fields.any("transformer_weights", None) or {}
    if not isinstance(weights, dict) or not all(isinstance(one, (int, float)) for one in weights.values()):
        raise NotCovered(f"a {fields.name} whose weights are no numbers")
    return {name: float(weight) for name, weight in weights.items()}
