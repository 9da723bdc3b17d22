"""The OpenAPI 3.1 document of a running server, made from what its models say of themselves.

https://spec.openapis.org/oas/v3.1.0
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from inference_server.formats.describe_tensors import example_inputs
from inference_server.formats.write_tensors import output_tensors
from inference_server.routes.describe_model import describe_prediction, describe_row

if TYPE_CHECKING:
    from inference_server.served.served_model import ServedModel
    from inference_server.settings import Settings

JSON = "application/json"
_ERROR = {
    "type": "object",
    "properties": {"error": {"type": "string", "maxLength": 2047}},
    "required": ["error"],
    "additionalProperties": False,
}


def describe_api(settings: Settings, models: Sequence[ServedModel]) -> dict[str, Any]:
    """Return the document: with /invocations, or on a multi-model endpoint with each model's invoke."""
    schemas: dict[str, Any] = {"Error": _ERROR}
    paths = _server_paths()
    if settings.multi_model:
        paths |= _multi_model_paths()
    for served in models:
        name = served.name if settings.multi_model else "model"
        prefix = f"{name}." if settings.multi_model else ""
        prefix = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in prefix)
        schemas |= _schemas(served, prefix)
        path = f"/models/{quote(name, safe='')}/invoke" if settings.multi_model else "/invocations"
        paths[path] = {"post": _invocation(served, prefix)}
        paths |= _inference_paths(served)
    described = ", ".join(served.name + (f" (sha256 {served.digest})" if served.digest else "") for served in models)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Inference server",
            "version": models[0].digest[:12] if len(models) == 1 and models[0].digest else "1",
            "description": f"Serves {described or 'no model yet'}.",
        },
        "paths": paths,
        "components": {"schemas": schemas},
    }


def _schemas(served: ServedModel, prefix: str) -> dict[str, Any]:
    return {
        f"{prefix}Row": describe_row(served),
        f"{prefix}Prediction": describe_prediction(served),
        f"{prefix}Instances": _object({"instances": _list(_reference(f"{prefix}Row")) | {"minItems": 1}}),
        f"{prefix}Predictions": _object({"predictions": _list(_reference(f"{prefix}Prediction"))}),
    }


def _invocation(served: ServedModel, prefix: str) -> dict[str, Any]:
    row = served.example
    attributes = {"type": "string", "maxLength": 1024}
    text = {"type": "string"}
    answer = {"predictions": [served.example_prediction]}
    return {
        "summary": "Predict for rows",
        "parameters": [
            {
                "name": "explain",
                "in": "query",
                "description": "Answer with SHAP values; InvokeEndpoint has the custom attribute explain=true instead",
                "schema": {"type": "string", "enum": ["true", "false"]},
            },
            {
                "name": "X-Amzn-SageMaker-Custom-Attributes",
                "in": "header",
                "description": "Comes back, with the digest of the model",
                "schema": attributes,
            },
            {
                "name": "describe",
                "in": "query",
                "description": "Answer with the names and types of the columns and an example, whatever the body is; "
                "InvokeEndpoint has the custom attribute describe=true instead",
                "schema": {"type": "string", "enum": ["true", "false"]},
            },
            {
                "name": "Content-Encoding",
                "in": "header",
                "description": "gzip for a body that is packed so",
                "schema": {"type": "string", "enum": ["gzip", "identity"]},
            },
        ],
        "requestBody": {
            "required": True,
            "content": {
                JSON: {"schema": _reference(f"{prefix}Instances"), "example": {"instances": [row]}},
                "text/csv": {"schema": text, "example": _csv(row)},
                "application/jsonlines": {"schema": text, "example": json.dumps({"features": row}) + "\n"},
                "application/x-npy": {"schema": {}},
            },
        },
        "responses": {
            "200": {
                "description": "A prediction for each row",
                "headers": {"X-Amzn-SageMaker-Custom-Attributes": {"schema": attributes}},
                "content": {
                    JSON: {"schema": _reference(f"{prefix}Predictions"), "example": answer},
                    "application/jsonlines": {"schema": text},
                    "text/csv": {"schema": text},
                },
            },
            **_errors("400", "413", "415", "500", "503"),
        },
    }


def _csv(row: list[Any]) -> str:
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerow(["" if cell is None else cell for cell in row])
    return file.getvalue()


def _inference_paths(served: ServedModel) -> dict[str, Any]:
    name = f"/v2/models/{quote(served.name, safe='')}"
    tensor = _object({"name": {"type": "string"}, "datatype": {"type": "string"}, "shape": _list({"type": "integer"})})
    data = {"type": "array", "items": {"type": ["number", "boolean", "string", "array", "null"]}}
    sent = tensor | {"properties": tensor["properties"] | {"data": data}, "required": [*tensor["required"], "data"]}
    request: dict[str, Any] = {"inputs": example_inputs(served.model.schema, served.example)}
    answer: dict[str, Any] = {"model_name": served.name}
    if served.digest:
        answer["model_version"] = served.digest
    answer["outputs"] = output_tensors([served.example_prediction])
    infer = _operation("Infer (Open Inference Protocol v2)", {"type": "object", "required": ["outputs"]}, answer)
    infer["requestBody"] = {
        "required": True,
        "content": {
            JSON: {
                "schema": _object({"inputs": _list(sent | {"additionalProperties": True}) | {"minItems": 1}})
                | {"additionalProperties": True},
                "example": request,
            }
        },
    }
    infer["responses"] |= _errors("400", "500", "503")
    described = _object({"name": {"type": "string"}, "inputs": _list(tensor), "outputs": _list(tensor)})
    return {
        name: {"get": _operation("Describe the model", described | {"additionalProperties": True})},
        f"{name}/ready": {"get": _operation("Tell whether the model is ready", {"type": "object"})},
        f"{name}/infer": {"post": infer},
    }


def _server_paths() -> dict[str, Any]:
    text = {"description": "Prometheus text", "content": {"text/plain": {"schema": {"type": "string"}}}}
    return {
        "/ping": {
            "get": {
                "summary": "Tell whether the server is healthy",
                "responses": {
                    "200": {"description": "Healthy"},
                    "503": {"description": "The model is still loading"},
                    "500": {"description": "What predicts has died for good"},
                },
            }
        },
        "/execution-parameters": {"get": _operation("Parameters for batch transform", {"type": "object"})},
        "/metrics": {"get": {"summary": "Counts of all workers", "responses": {"200": text}}},
        "/openapi.json": {"get": _operation("This document", {"type": "object"})},
        "/v2": {"get": _operation("Describe the server", {"type": "object"})},
        "/v2/health/live": {"get": _operation("Tell whether the server runs", {"type": "object"})},
        "/v2/health/ready": {"get": _operation("Tell whether all models are ready", {"type": "object"})},
    }


def _multi_model_paths() -> dict[str, Any]:
    entry = _object({"modelName": {"type": "string"}, "modelUrl": {"type": "string"}})
    listed = _object({"models": _list(entry), "nextPageToken": {"type": "string"}}) | {"required": ["models"]}
    load = _operation("Load a model", entry)
    order = _object({"model_name": {"type": "string"}, "url": {"type": "string"}})
    load["requestBody"] = {"required": True, "content": {JSON: {"schema": order}}}
    load["responses"] |= _errors("400", "409", "507")
    token = {"name": "next_page_token", "in": "query", "schema": {"type": "string"}}
    name = {"name": "name", "in": "path", "required": True, "schema": {"type": "string"}}
    describe, unload = _operation("Describe a loaded model", entry), _operation("Unload a model", {"type": "object"})
    for operation in (describe, unload):
        operation["responses"] |= _errors("404")
    return {
        "/models": {"get": _operation("List the loaded models", listed) | {"parameters": [token]}, "post": load},
        "/models/{name}": {"parameters": [name], "get": describe, "delete": unload},
    }


def _operation(summary: str, schema: dict[str, Any], example: Any = None) -> dict[str, Any]:
    content = {"schema": schema} | ({} if example is None else {"example": example})
    return {"summary": summary, "responses": {"200": {"description": summary, "content": {JSON: content}}}}


def _errors(*statuses: str) -> dict[str, Any]:
    content = {JSON: {"schema": _reference("Error")}}
    return {status: {"description": "What is wrong", "content": content} for status in statuses}


def _reference(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
