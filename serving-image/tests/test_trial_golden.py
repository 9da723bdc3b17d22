"""A trial sends requests and compares answers exactly as the deployer does on the endpoint: both keep to one table."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from model_trial import child
from model_trial.golden_match import golden_mismatches
from model_trial.json_text import json_text, read_json

TABLES = Path(__file__).parent
MATCHES = read_json((TABLES / "golden-matches.json").read_text())
REQUESTS = read_json((TABLES / "golden-requests.json").read_text())


@pytest.mark.parametrize("row", MATCHES, ids=lambda row: f"{json.dumps(row['expect'])[:60]} {row['body'][:30]}")
def test_an_answer_is_judged_as_on_the_endpoint(row):
    assert golden_mismatches({"expect": row["expect"]}, int(row["status"]), row["body"]) == row["mismatches"]


@pytest.mark.parametrize("row", REQUESTS, ids=lambda row: row["request"]["contentType"])
def test_a_request_is_sent_as_to_the_endpoint(row):
    assert child._sent(row["request"]) == (row["request"]["contentType"], row["sent"].encode())


def test_json_that_is_nested_too_deeply_is_no_answer():
    depth = 100_000
    case = {"expect": {"status": 200.0, "json": []}}
    assert golden_mismatches(case, 200, "[" * depth + "]" * depth)[0].startswith("the answer is not JSON")


@pytest.mark.parametrize("text", ["NaN", "Infinity", "[-Infinity]", "{"])
def test_what_is_no_json_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011
        read_json(text)


@pytest.mark.parametrize("value", [float("inf"), [float("-inf")]])
def test_an_infinity_is_written_as_javascript_writes_it(value):
    assert json_text(value) == json.dumps(value).replace("-Infinity", "null").replace("Infinity", "null")
