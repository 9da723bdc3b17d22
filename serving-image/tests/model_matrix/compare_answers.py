"""The server's predictions against the library's own."""

from __future__ import annotations

from typing import Any

from model_matrix.recorded_file import RecordedFile

_SHOWN = 2


def find_differences(model: RecordedFile, places: list[int], predictions: list[dict[str, Any]]) -> list[str]:
    """Return what differs, at most two rows of it; ``places``: which of the recorded rows were asked."""
    if len(predictions) != len(places):
        return [f"{len(predictions)} answers to {len(places)} rows"]
    found = []
    for place, prediction in zip(places, predictions, strict=True):
        if difference := _find_difference(model, place, prediction):
            found.append(f"row {place} {model.rows[place]}: {difference}")
    return found[:_SHOWN] + ([f"and {len(found) - _SHOWN} rows more"] if len(found) > _SHOWN else [])


def _find_difference(model: RecordedFile, place: int, prediction: dict[str, Any]) -> str:
    expected = model.predicted[place]
    if not model.is_classifier:
        found = prediction.get("prediction")
        same = found is not None and _near(found, expected, model.exact)
        return "" if same else f"{_shown(prediction)} instead of {expected}"
    if prediction.get("predicted_class") != _label(expected):
        return f"{_shown(prediction)} instead of class {expected}"
    if model.probabilities[place] is None:
        return ""
    shares, expected = prediction.get("probabilities"), model.probabilities[place]
    if isinstance(model.classes[0], list):
        same = isinstance(shares, list) and all(
            map(_same_shares, [model] * len(expected), shares, model.classes, expected)
        )
    else:
        same = _same_shares(model, shares, model.classes, expected)
    return "" if same else f"probabilities {shares} instead of {expected} of {model.classes}"


def _same_shares(model: RecordedFile, shares: Any, classes: list[Any], expected: list[float]) -> bool:
    named = isinstance(shares, dict) and list(shares) == list(map(str, classes))
    return named and _near(list(shares.values()), expected, model.exact)


def _label(label: Any) -> Any:
    return list(map(str, label)) if isinstance(label, list) else str(label)


def _near(found: Any, expected: Any, exact: float) -> bool:
    if isinstance(expected, list):
        one = isinstance(found, list) and len(found) == len(expected)
        return one and all(_near(*pair, exact) for pair in zip(found, expected, strict=True))
    if isinstance(found, str) or isinstance(expected, str):
        return found == str(expected)
    if found is None or expected is None or isinstance(found, list | dict):
        return False
    return abs(found - expected) <= exact * max(1.0, abs(expected))


def _shown(prediction: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in prediction.items() if key not in ("input_features", "confidence")}
