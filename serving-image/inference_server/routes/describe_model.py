"""JSON Schemas of one model: what a row of its input is, and what it answers. For the OpenAPI document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from inference_server.feature import Feature
from inference_server.table.column import Column

if TYPE_CHECKING:
    from inference_server.model import Model
    from inference_server.served.served_model import ServedModel

_TYPES: dict[str, Any] = {"number": "number", "integer": "integer", "boolean": ["boolean", "integer"]}


def describe_row(served: ServedModel) -> dict[str, Any]:
    """Return the schema of an array with a value for each feature, in order."""
    features = features_of(served)
    return {
        "type": "array",
        "prefixItems": [
            _describe_feature(feature, column, served.gaps is not None and served.gaps[place])
            for place, (feature, column) in enumerate(zip(features, served.model.schema.columns, strict=True))
        ],
        "items": False,
        "minItems": len(features),
        "maxItems": len(features),
    }


def describe_prediction(served: ServedModel) -> dict[str, Any]:
    """Return the schema of the answer to one row; the keys are those that this model's answers have."""
    example, names = served.example_prediction, served.model.class_names
    features = {
        column.name: {"type": _type_in_answer(column, served.gaps is not None and served.gaps[place])}
        for place, column in enumerate(served.model.schema.columns)
    }
    known: dict[str, Any] = {"input_features": _object(features), "explanation": {"type": "object"}}
    if served.model.output_classes is not None:
        known |= _several(*(_classified(one) for one in served.model.output_classes))
    elif names is None:
        number = {"type": "string" if isinstance(example["prediction"], str) else "number"}
        is_list = isinstance(example["prediction"], list)
        known["prediction"] = number
        if is_list:
            known |= _several(*({"prediction": number} for _ in example["prediction"]))
    else:
        known |= _classified(names)
    properties = {key: schema for key, schema in known.items() if key in example or key == "explanation"}
    return _object(properties, required=[key for key in properties if key != "explanation"])


def output_name(place: int) -> str:
    """Return the name of one of several outputs; no library's file has one."""
    return f"output_{place}"


def _classified(names: Sequence[str]) -> dict[str, Any]:
    probability = {"type": "number", "minimum": 0, "maximum": 1}
    return {
        "predicted_class": {"type": "string", "enum": list(names)},
        "predicted_class_index": {"type": "integer", "minimum": 0, "maximum": len(names) - 1},
        "confidence": probability,
        "probabilities": _object(dict.fromkeys(names, probability)),
    }


def _several(*outputs: dict[str, Any]) -> dict[str, Any]:
    """Return for each key of an answer the schema of a list with what each output has there."""
    return {
        key: {
            "type": "array",
            "prefixItems": [output[key] | {"title": output_name(place)} for place, output in enumerate(outputs)],
            "items": False,
            "minItems": len(outputs),
            "maxItems": len(outputs),
        }
        for key in outputs[0]
    }


def platform_of(model: Model) -> str:
    """Return the library that the model was trained with, as the Open Inference Protocol's clients name it."""
    written_by = getattr(model.estimator, "written_by", "scikit-learn").lower()
    names = {"catboost": "catboost", "xgboost": "xgboost", "lightgbm": "lightgbm", "scikit-learn": "sklearn"}
    return next((name for start, name in names.items() if written_by.startswith(start)), "onnx")


def features_of(served: ServedModel) -> tuple[Feature, ...]:
    """Return what model.json says of the features, or their names alone."""
    described = getattr(served.model, "features", None)
    return tuple(map(Feature, served.model.feature_names)) if described is None else described


def _type_in_answer(column: Column, may_be_missing: bool) -> Any:
    if column.is_numeric:
        return ["number", "null"] if may_be_missing else "number"
    return ["string", "null"] if column.is_text and not column.by_code else ["string", "number", "boolean", "null"]


def _type_of_cell(feature: Feature, column: Column, may_be_missing: bool) -> Any:
    if not column.is_numeric:
        return _type_in_answer(column, may_be_missing)
    found = _TYPES.get(feature.type, "number")
    if may_be_missing:
        return [*found, "null"] if isinstance(found, list) else [found, "null"]
    return found


def _describe_feature(feature: Feature, column: Column, may_be_missing: bool) -> dict[str, Any]:
    """Ranges and categories are those of the training data: the server takes others too, so they are no limits here."""
    schema: dict[str, Any] = {"title": feature.name, "type": _type_of_cell(feature, column, may_be_missing)}
    said = []
    for key, value in (("minimum", feature.minimum), ("maximum", feature.maximum)):
        if value is not None:
            schema[f"x-trained-{key}"] = value
            said.append(f"{key} {value}")
    if feature.categories is not None:
        schema["x-trained-categories"] = list(feature.categories)
        said.append("categories " + ", ".join(map(str, feature.categories[:20])))
    if said:
        schema["description"] = "In the training data: " + ", ".join(said)
    return schema


def _object(properties: dict[str, Any], required: list[str] | None = None) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties) if required is None else required,
        "additionalProperties": False,
    }
