"""A row that a model can be asked with, for the documents that describe it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inference_server.feature import Feature
    from inference_server.model import Model


def example_row(model: Model) -> list[float]:
    """Return the middle of every feature's range, its first category, or 0 where model.json says nothing of it."""
    features = getattr(model, "features", None)
    return [0.0] * len(model.feature_names) if features is None else [_example(feature) for feature in features]


def _example(feature: Feature) -> float:
    numbers = [value for value in feature.categories or () if not isinstance(value, str)]
    if numbers:
        return numbers[0]
    if feature.type == "boolean":
        return 0
    ends = [end for end in (feature.minimum, feature.maximum) if end is not None]
    middle = sum(ends) / len(ends) if ends else 0.0
    return round(middle) if feature.type == "integer" else round(middle, 3)
