"""JSON from strangers: fast where it is plain, and with one sentence about what is wrong where it is not."""

from __future__ import annotations

import json
from typing import Any, NoReturn

import orjson

from inference_server.invalid_input import InvalidInput


def parse_json(text: bytes) -> Any:
    """Parse UTF-8, with or without a byte order mark; NaN and Infinity are refused.

    orjson takes less than Python's own parser does (no lone surrogates, no integers beyond a double), and
    means the same by it; so what it refuses is asked of Python, for the answer or for the message.
    """
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return _parse_slowly(text)


def _parse_slowly(text: bytes) -> Any:
    def refuse_constant(name: str) -> NoReturn:
        raise InvalidInput(f"Invalid input: {name} is not JSON; send finite numbers")

    try:
        return json.loads(text.decode("utf-8-sig"), parse_constant=refuse_constant)
    except UnicodeDecodeError:
        raise InvalidInput("Request body is not valid JSON: it is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise InvalidInput(f"Request body is not valid JSON: {error.msg} at character {error.pos}") from None
    except RecursionError:
        raise InvalidInput("Request body is not valid JSON: it is nested too deeply") from None
    except ValueError:  # Python refuses integers of more than 4,300 digits.
        raise InvalidInput("Invalid input: a number has too many digits") from None
