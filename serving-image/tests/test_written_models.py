"""Files that the real libraries wrote, of every minor version: answered as by their library, or refused as recorded.

`npm run models:write` writes them (``model_matrix``); written-models/refused.json says why some are not served.
"""

from __future__ import annotations

import dataclasses
import json
import sys

import pytest
from model_matrix.chosen_files import CHOSEN_FILES, COMMITTED, LARGEST_BYTES
from model_matrix.committed_files import REFUSED, close, committed_files, load
from model_matrix.compare_answers import find_differences
from model_matrix.library_versions import LIBRARY_VERSIONS

from inference_server.invalid_input import InvalidInput
from inference_server.model_error import ModelError

MODELS = committed_files()
REASONS = json.loads(REFUSED.read_text("utf-8"))


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_is_answered_as_by_its_library_or_refused_as_recorded(model):
    try:
        loaded = load(model)
    except ModelError as refused:
        if sys.version_info >= (3, 14) and "was written by scikit-learn 1." in str(refused):
            pytest.skip("scikit-learn 1.5 and 1.6 have no packages for Python 3.14")
        assert str(refused) == REASONS.get(model.name)  # noqa: PT017 most are not refused
        return
    places = model.answered
    assert find_differences(model, places, loaded.predict([model.rows[place] for place in places])) == []
    for place in set(range(len(model.rows))) - set(places):
        try:
            answers = loaded.predict([model.rows[place]])
        except InvalidInput:
            continue
        # A gap where training saw none may be refused, or answered as the library does.
        assert place in model.doubtful
        assert find_differences(model, [place], answers) == []
    close(loaded)


def test_every_version_has_files():
    assert {path.name for path in COMMITTED.iterdir() if path.is_dir()} == {one.name for one in LIBRARY_VERSIONS}
    assert {one.library for one in LIBRARY_VERSIONS} == set(CHOSEN_FILES)


def test_every_file_is_recorded_and_small():
    written = {path for path in COMMITTED.rglob("*") if path.is_file()}
    recorded = {model.path for model in MODELS} | {COMMITTED / one.name / "index.json" for one in LIBRARY_VERSIONS}
    assert written == recorded | {REFUSED}
    assert max(model.path.stat().st_size for model in MODELS) <= LARGEST_BYTES


@pytest.fixture(scope="module")
def answered():
    """A file of three classes, and what the server answers to it."""
    model = next(one for one in MODELS if one.name.startswith("scikit-learn-1.8/random-forest."))
    return model, load(model).predict([model.rows[place] for place in model.answered])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda answer: answer | {"predicted_class": "none"}, "instead of class"),
        (lambda answer: answer | {"probabilities": None}, "probabilities"),
        (lambda answer: answer | {"probabilities": {**answer["probabilities"], "high": 0.25 + 1e-15}}, "probabilities"),
        (lambda answer: answer | {"probabilities": dict(reversed(answer["probabilities"].items()))}, "probabilities"),
    ],
)
def test_a_wrong_answer_is_found(answered, change, message):
    model, answers = answered
    assert find_differences(model, model.answered, answers) == []
    (found,) = find_differences(model, model.answered, [change(answers[0]), *answers[1:]])
    assert message in found
    assert find_differences(model, model.answered, answers[1:]) == [
        f"{len(answers) - 1} answers to {len(answers)} rows"
    ]


def test_numbers_may_differ_by_what_the_library_allows(answered):
    model = dataclasses.replace(
        answered[0], classes=None, exact=2e-7, rows=[[1.0]], refused=[None], predicted=[100.0], probabilities=[None]
    )
    assert find_differences(model, [0], [{"prediction": 100.00001}]) == []
    assert find_differences(model, [0], [{"prediction": 100.00003}]) != []
    assert find_differences(model, [0], [{"prediction": [100.0]}]) != []
