"""From the bytes of a request to rows of numbers, or to a message that says what is wrong with them."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from inference_server.invalid_input import InvalidInput


def check_content_type(content_type: str) -> None:
    """Accept application/json with any parameters (`; charset=utf-8`), refuse everything else."""
    if content_type.split(";", 1)[0].strip().lower() != "application/json":
        shown = content_type[:100] or "none"
        raise InvalidInput(f"Unsupported content type: {shown}; send application/json")


def read_instances(body: bytes, feature_count: int) -> list[list[float]]:
    """Read ``{"instances": [[number, ...], ...]}``: at least one row, ``feature_count`` finite numbers in each.

    true and false count as 1 and 0, as they do for Python's float.
    """
    content = _parse(body)
    if not isinstance(content, dict) or "instances" not in content:
        raise InvalidInput('Input must contain "instances" key')
    rows = content["instances"]
    if not isinstance(rows, list):
        raise InvalidInput("Invalid input: Input must be a list of feature arrays")
    if not rows:
        raise InvalidInput("Invalid input: instances must hold at least one feature array")
    for index, row in enumerate(rows):
        _check_row(index, row, feature_count)
    return rows


def _parse(body: bytes) -> Any:
    def refuse_constant(name: str) -> NoReturn:
        raise InvalidInput(f"Invalid input: {name} is not JSON; send finite numbers")

    try:
        return json.loads(body.decode("utf-8-sig"), parse_constant=refuse_constant)
    except UnicodeDecodeError:
        raise InvalidInput("Request body is not valid JSON: it is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise InvalidInput(f"Request body is not valid JSON: {error.msg} at character {error.pos}") from None
    except RecursionError:
        raise InvalidInput("Request body is not valid JSON: it is nested too deeply") from None
    except ValueError:  # Python refuses integers of more than 4,300 digits.
        raise InvalidInput("Invalid input: a number has too many digits") from None


def _check_row(index: int, row: Any, feature_count: int) -> None:
    if not isinstance(row, list) or len(row) != feature_count:
        raise InvalidInput(f"Invalid input: Instance {index} must have exactly {feature_count} features")
    if not all(isinstance(value, (int, float)) for value in row):
        raise InvalidInput(f"Invalid input: Instance {index} contains non-numeric values")
    try:
        finite = all(map(math.isfinite, row))
    except OverflowError:  # an integer beyond the range of a double
        finite = False
    if not finite:
        raise InvalidInput(f"Invalid input: Instance {index} contains a value that is not finite")
