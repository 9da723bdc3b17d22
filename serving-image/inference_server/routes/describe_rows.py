"""What a caller of InvokeEndpoint gets who asks what the model takes: names, types, and a made row that it answers.

Never ranges or categories, which are of the training data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from inference_server.routes.answer_invocation import InvocationAnswer
from inference_server.routes.describe_model import output_name

if TYPE_CHECKING:
    from inference_server.model import Model
    from inference_server.served.served_model import ServedModel


def describe_rows(model: Model, served: ServedModel) -> InvocationAnswer:
    """Return the description as JSON; ``example`` is a request, ``exampleAnswered`` whether the model answers it."""
    columns: list[dict[str, Any]] = [_describe(served, place) for place in range(model.schema.width)]
    answer: dict[str, Any] = {
        "model": {"name": served.name, "sha256": served.digest},
        "columns": columns,
        "task": "classification" if model.is_classifier else "regression",
        **_outputs(served),
        "example": {"contentType": "application/json", "body": {"instances": [served.example]}},
        "exampleAnswered": served.is_example_answered,
    }
    return InvocationAnswer(200, orjson.dumps(answer))


def _outputs(served: ServedModel) -> dict[str, Any]:
    """Of a model that answers a list for each row: what each element is."""
    classes, predicted = served.model.output_classes, served.example_prediction.get("prediction")
    known: list[dict[str, Any]] = []
    if classes is not None:
        known = [{"classes": list(names)} for names in classes]
    elif isinstance(predicted, list):
        known = [{} for _ in predicted]
    return {"outputs": [{"name": output_name(place), **one} for place, one in enumerate(known)]} if known else {}


def _describe(served: ServedModel, place: int) -> dict[str, Any]:
    column = served.model.schema.columns[place]
    described = served.model.features
    # model.json may know more of a number than the model itself.
    type_ = described[place].type if described is not None and column.is_numeric else column.type
    found: dict[str, Any] = {"name": column.name, "type": "text" if column.is_text else type_}
    if not column.is_used:
        found["isUsed"] = False
    if served.gaps is not None:
        found["mayBeMissing"] = served.gaps[place]
    return found
