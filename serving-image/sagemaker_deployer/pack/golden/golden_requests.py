"""Reads the author's golden rows: what to ask the model after a deployment, before it is trusted."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sagemaker_deployer.pack.data.from_object import data_of
from sagemaker_deployer.pack.problems import Problems

_KEYS = {"positive": {"name", "instances"}, "negative": {"name", "body", "contentType"}}


@dataclass(frozen=True)
class GoldenRequest:
    """One request; ``positive`` ones must be answered, negative ones refused with a 4xx."""

    name: str
    positive: bool
    content_type: str
    body: Any


def read_golden_requests(given: Any) -> list[GoldenRequest]:
    """Read a list of rows, ``{"positive": [{name, instances}], "negative": [{name, body, contentType}]}``, or its file.

    Of a negative request only the body is required, of a positive one the instances. Raises ``Problems``.
    """
    if not isinstance(given, (str, Path)):
        return _read(given, "golden")
    try:
        content = json.loads(Path(given).read_text("utf-8"))
    except OSError as error:
        raise Problems([f"--golden {given}: {error.strerror}."]) from error
    except json.JSONDecodeError as error:
        raise Problems(
            [f"--golden {given}: not valid JSON: line {error.lineno}, column {error.colno}: {error.msg}."]
        ) from error
    except (ValueError, RecursionError) as error:
        raise Problems([f"--golden {given}: not valid JSON."]) from error
    return _read(content, f"--golden {given}")


def _read(content: Any, source: str) -> list[GoldenRequest]:
    if isinstance(content, list):
        content = {"positive": [{"instances": [row]} for row in content]}
    if not isinstance(content, dict):
        raise Problems([f"{source}: must hold a list of rows, or an object with positive and negative."])
    found: list[str] = [f"{source}: unknown key {key!r}." for key in content if key not in _KEYS]
    requests: list[GoldenRequest] = []
    for kind, keys in _KEYS.items():
        cases = content.get(kind, [])
        if not isinstance(cases, list):
            found.append(f"{source}: {kind} must be a list.")
            continue
        for index, case in enumerate(cases):
            where = f"{source}: {kind}[{index}]"
            needed = "instances" if kind == "positive" else "body"
            if not isinstance(case, dict) or needed not in case:
                found.append(f"{where} must be an object with {needed!r}.")
                continue
            found += [f"{where}: unknown key {key!r}." for key in case if key not in keys]
            found += [f"{where}: {key} must be text." for key in ("name", "contentType") if not _is_text(case, key)]
            body = {"instances": _rows(case["instances"], where)} if kind == "positive" else case["body"]
            if (lack := _no_json(body)) is not None:
                found.append(f"{where}: {lack}.")
                continue
            requests.append(
                GoldenRequest(
                    name=str(case.get("name", f"{kind}-{index + 1}")),
                    positive=kind == "positive",
                    content_type=str(case.get("contentType", "application/json")),
                    body=body,
                )
            )
    names = [request.name for request in requests]
    found += [f"{source}: two cases are named {name!r}." for name in sorted(set(names)) if names.count(name) > 1]
    if not requests and not found:
        found.append(f"{source}: holds no case.")
    if found:
        raise Problems(found)
    return requests


def _rows(given: Any, where: str) -> list[Any]:
    if isinstance(given, list):
        return given
    found = data_of(given, f"{where}: instances")
    return found.rows(range(found.count))


def _no_json(body: Any) -> str | None:
    try:
        json.dumps(body, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        return f"is not what JSON can hold ({str(error)[:200]})"
    return None


def _is_text(case: dict[str, Any], key: str) -> bool:
    return key not in case or (isinstance(case[key], str) and bool(case[key]))
