"""A drop-in for the recipe's server: its own answers, recorded by bench/serving/record_recipe_answers.py, against ours.

Where we differ, and only there, a line below says how and why; a difference that has gone fails too.
"""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

ANSWERS = {
    answer["name"]: answer
    for answer in json.loads((Path(__file__).parent / "recipe-answers.json").read_text())["answers"]
}

# name -> our status. Flask's 500 for what the caller got wrong is a 400 here: 500 is the model's fault, and alarms.
OTHER_STATUS = {
    "csv row as json": 400,
    "empty body": 400,
    "half of json": 400,
    "word at the top": 400,
    "number at the top": 400,
    "integer of 400 digits": 400,
    # The recipe compares the whole header; callers add a charset.
    "charset": 200,
    "type in capitals": 200,
    # Not JSON (RFC 8259); scikit-learn would predict from it as from a missing value.
    "nan": 400,
    # Shapes in which others than the recipe have rows: TensorFlow Serving's, and a bare list.
    "missing key": 200,
    "list at the top": 200,
}
# The same status, in our words: without scikit-learn's, and with the types that are served.
OTHER_WORDS = {"html", "no type", "empty instances", "infinity", "beyond double", "beyond float32"}


def ask(url: str, answer: dict) -> httpx.Response:
    request = answer["request"]
    headers = {} if request["contentType"] is None else {"content-type": request["contentType"]}
    return httpx.request(request["method"], url + request["path"], content=request["body"], headers=headers, timeout=30)


@pytest.mark.parametrize("name", ANSWERS)
def test_answers_as_the_recipe_does(iris_server, name):
    recipe, ours = ANSWERS[name], ask(iris_server.url, ANSWERS[name])
    if name in OTHER_STATUS:
        assert recipe["status"] != ours.status_code == OTHER_STATUS[name]
        return
    assert ours.status_code == recipe["status"]
    if recipe["json"] is None:
        return  # Flask's own pages are HTML; /ping has no body
    assert ours.headers["content-type"] == recipe["contentType"] == "application/json"
    if name in OTHER_WORDS:
        assert set(ours.json()) == {"error"}
        assert ours.json() != recipe["json"]
    else:
        assert ours.json() == recipe["json"]


def test_every_difference_is_of_a_recorded_answer():
    assert OTHER_WORDS | set(OTHER_STATUS) <= set(ANSWERS)
