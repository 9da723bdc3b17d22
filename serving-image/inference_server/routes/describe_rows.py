"""What a caller of InvokeEndpoint gets who asks what the model takes: names, types, and a made row that it answers.

Never ranges or categories, which are of the training data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from inference_server.routes.answer_invocation import InvocationAnswer

if TYPE_CHECKING:
    from inference_server.model import Model
    from inference_server.served.served_model import ServedModel


def describe_rows(model: Model, served: ServedModel) -> InvocationAnswer:
    """Return the description as JSON; ``example`` is a request, ``exampleAnswered`` whether the model answers it."""
    columns: list[dict[str, Any]] = [_describe(served, place) for place in range(model.schema.width)]
    answer: dict[str, Any] = {
        "model": {"name": served.name, "sha256": served.digest},
        "columns": columns,
        "task": "regression" if model.class_names is None else "classification",
        "example": {"contentType": "application/json", "body": {"instances": [served.example]}},
        "exampleAnswered": served.is_example_answered,
    }
    return InvocationAnswer(200, orjson.dumps(answer))


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
