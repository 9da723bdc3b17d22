"""model.json: what the author says about the model, every field of it optional."""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inference_server.feature import Feature, find_feature_problems, read_features
from inference_server.model_error import ModelError
from inference_server.model_form import read_form
from inference_server.other_kind import check_kind

FILE_NAME = "model.json"

# Written by the packing tool for people and for the deployer; the server only checks their type.
_NOTES = {"formatVersion": int, "modelType": str, "task": str, "versions": dict, "label": str, "parity": dict}
_USED = {
    "modelFile": str,
    "sha256": str,
    "classNames": list,
    "featureNames": list,
    "features": list,
    "exampleRows": list,
}
_FIELDS = _USED | _NOTES


@dataclass(frozen=True)
class ModelDescription:
    """What the server uses of model.json; None where it is silent."""

    model_file: str | None = None
    sha256: str | None = None
    # Of a model that answers several labels a row, a tuple of names for each.
    class_names: tuple[str, ...] | tuple[tuple[str, ...], ...] | None = None
    feature_names: tuple[str, ...] | None = None
    features: tuple[Feature, ...] | None = None
    served_by: str | None = None
    # Rows that the packing tool had answered; the server tries them before it says that it is healthy.
    example_rows: tuple[list[Any], ...] = ()


def read_model_description(directory: Path) -> ModelDescription:
    """Read model.json, or return an empty description where there is none.

    Raises ``ModelError`` with every problem at once. Unknown keys are refused: `class_names` in place of
    `classNames` would otherwise serve wrong names in silence.
    """
    path = directory / FILE_NAME
    # XGBoost's own examples save models under this name: then it is the model, and describes none.
    if not path.exists() or (path.is_file() and read_form(path) is not None):
        return ModelDescription()
    if path.is_file():
        check_kind(path, FILE_NAME)
    try:
        content = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{FILE_NAME} is not valid JSON.") from error
    problems = find_problems(content)
    if problems:
        raise ModelError(f"{FILE_NAME} cannot be used: " + " ".join(problems))
    names = {key: tuple(map(_name, content[key])) for key in ("classNames", "featureNames") if key in content}
    features = read_features(content["features"]) if "features" in content else None
    if features is not None:
        names.setdefault("featureNames", tuple(feature.name for feature in features))
    return ModelDescription(
        model_file=content.get("modelFile"),
        sha256=content.get("sha256"),
        class_names=names.get("classNames"),
        feature_names=names.get("featureNames"),
        features=features,
        served_by=content.get("parity", {}).get("servedBy"),
        example_rows=tuple(content.get("exampleRows", ())),
    )


def find_problems(content: Any) -> list[str]:
    """Return one sentence for each thing that is wrong with the content of a model.json."""
    if not isinstance(content, dict):
        return ["It must hold a JSON object."]
    problems = []
    for key, value in content.items():
        if key not in _FIELDS:
            near = difflib.get_close_matches(key.replace("_", "").lower(), [f.lower() for f in _FIELDS], 1)
            hint = next((f" Did you mean {f!r}?" for f in _FIELDS if near and f.lower() == near[0]), "")
            problems.append(f"Unknown key {key[:60]!r}.{hint}")
        elif not isinstance(value, _FIELDS[key]):
            problems.append(f"{key!r} must be {_FIELDS[key].__name__}, not {type(value).__name__}.")
        elif key == "classNames" and value and all(isinstance(names, list) for names in value):
            problems.extend(problem for names in value for problem in _find_name_problems(key, names))
        elif key in ("classNames", "featureNames"):
            problems.extend(_find_name_problems(key, value))
        elif key == "exampleRows" and not all(isinstance(row, list) for row in value):
            problems.append("'exampleRows' must be a list of rows.")
        elif key == "features":
            problems.extend(find_feature_problems(value))
    if not problems and {"features", "featureNames"} <= set(content):
        names = [feature["name"] for feature in content["features"]]
        if names != content["featureNames"]:
            problems.append("'features' and 'featureNames' name different features.")
    return problems


def _name(content: Any) -> Any:
    return tuple(content) if isinstance(content, list) else content


def _find_name_problems(key: str, names: list[Any]) -> list[str]:
    if not names or not all(isinstance(name, str) and name for name in names):
        return [f"{key!r} must be a list of non-empty strings."]
    if len(set(names)) != len(names):
        return [f"{key!r} holds a name twice."]
    return []
