"""The requests that are put to the recipe's server and to ours: what callers send, and what goes wrong with it."""

from __future__ import annotations

import json

ROW = [5.1, 3.5, 1.4, 0.2]
JSON = "application/json"


def _instances(*rows) -> str:
    return json.dumps({"instances": list(rows)})


# name -> (method, path, content type or None, body)
REQUESTS: dict[str, tuple[str, str, str | None, str]] = {
    "ping": ("GET", "/ping", None, ""),
    "ping head": ("HEAD", "/ping", None, ""),
    "one row": ("POST", "/invocations", JSON, _instances(ROW)),
    "three rows": ("POST", "/invocations", JSON, _instances(ROW, [6.7, 3.1, 4.4, 1.4], [6.3, 3.3, 6.0, 2.5])),
    "integers": ("POST", "/invocations", JSON, _instances([5, 3, 1, 0])),
    "bools": ("POST", "/invocations", JSON, _instances([True, 3.5, False, 0])),
    "negative zero": ("POST", "/invocations", JSON, _instances([-0.0, 0.0, 1e-320, 5e-324])),
    "large": ("POST", "/invocations", JSON, _instances([1e38, -1e38, 1e30, 1e20])),
    "between float32": ("POST", "/invocations", JSON, _instances([5.450000047683716, 2.4500000476837160, 0.8, 1.75])),
    "other keys": ("POST", "/invocations", JSON, json.dumps({"instances": [ROW], "signature_name": "x"})),
    "key twice": ("POST", "/invocations", JSON, '{"instances": 1, "instances": [[5.1, 3.5, 1.4, 0.2]]}'),
    "spaces": ("POST", "/invocations", JSON, f"\n\t {_instances(ROW)} \n"),
    "query": ("POST", "/invocations?x=y", JSON, _instances(ROW)),
    "csv row as json": ("POST", "/invocations", JSON, "5.1,3.5,1.4,0.2"),
    "html": ("POST", "/invocations", "text/html", _instances(ROW)),
    "no type": ("POST", "/invocations", None, _instances(ROW)),
    "charset": ("POST", "/invocations", "application/json; charset=utf-8", _instances(ROW)),
    "type in capitals": ("POST", "/invocations", "Application/JSON", _instances(ROW)),
    "empty body": ("POST", "/invocations", JSON, ""),
    "half of json": ("POST", "/invocations", JSON, '{"instances": [[5.1'),
    "null": ("POST", "/invocations", JSON, "null"),
    "empty object": ("POST", "/invocations", JSON, "{}"),
    "missing key": ("POST", "/invocations", JSON, '{"inputs": [[5.1, 3.5, 1.4, 0.2]]}'),
    "list at the top": ("POST", "/invocations", JSON, "[[5.1, 3.5, 1.4, 0.2]]"),
    "word at the top": ("POST", "/invocations", JSON, '"instances"'),
    "number at the top": ("POST", "/invocations", JSON, "7"),
    "instances null": ("POST", "/invocations", JSON, '{"instances": null}'),
    "instances object": ("POST", "/invocations", JSON, '{"instances": {"a": 1}}'),
    "instances word": ("POST", "/invocations", JSON, '{"instances": "abcd"}'),
    "empty instances": ("POST", "/invocations", JSON, '{"instances": []}'),
    "row not nested": ("POST", "/invocations", JSON, json.dumps({"instances": ROW})),
    "three features": ("POST", "/invocations", JSON, _instances([1, 2, 3])),
    "five features": ("POST", "/invocations", JSON, _instances([1, 2, 3, 4, 5])),
    "empty row": ("POST", "/invocations", JSON, _instances([])),
    "second row short": ("POST", "/invocations", JSON, _instances(ROW, [1])),
    "word in a row": ("POST", "/invocations", JSON, _instances(["1", 2, 3, 4])),
    "null in a row": ("POST", "/invocations", JSON, _instances([None, 2, 3, 4])),
    "nested too deep": ("POST", "/invocations", JSON, _instances([[1], 2, 3, 4])),
    "nan": ("POST", "/invocations", JSON, '{"instances": [[NaN, 2, 3, 4]]}'),
    "infinity": ("POST", "/invocations", JSON, '{"instances": [[Infinity, 2, 3, 4]]}'),
    "beyond double": ("POST", "/invocations", JSON, '{"instances": [[1e999, 2, 3, 4]]}'),
    "beyond float32": ("POST", "/invocations", JSON, '{"instances": [[1e39, 2, 3, 4]]}'),
    "integer of 400 digits": ("POST", "/invocations", JSON, '{"instances": [[1' + "0" * 400 + ", 2, 3, 4]]}"),
    "get invocations": ("GET", "/invocations", None, ""),
    "put ping": ("PUT", "/ping", None, ""),
    "nowhere": ("GET", "/nowhere", None, ""),
}
