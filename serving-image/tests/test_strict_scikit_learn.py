"""An attribute that no compared scikit-learn writes leaves a model to scikit-learn, by name; in skops it is refused."""

from __future__ import annotations

import io
import json
import pickle
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from covered_models import covered_models, fit

from inference_server.evaluate import check_attributes as checking
from inference_server.evaluate.compile_model import compile_model
from inference_server.evaluate.known_attributes import ATTRIBUTES
from inference_server.model_error import ModelError
from inference_server.model_files.read_evaluator import read_evaluator
from inference_server.not_covered import NotCovered
from inference_server.pickles.read_inert import read_inert
from inference_server.pickles.unresolved_values import Instance, StoredValues

UNKNOWN = "unheard_of"
MODELS = covered_models()
SKIPPED = ("RandomGeneratorNode", "RandomStateNode")
CHOSEN = [
    "forest iris",
    "boosting iris",
    "histogram boosting of categories",
    "logistic iris",
    "columns",
    "indicated holes",
]


def estimators(value: Any, seen: set[int]) -> Iterator[Instance]:
    """Yield what has attributes, at every level of an unresolved value."""
    if isinstance(value, StoredValues):
        value = value.values
    if not isinstance(value, (Instance, dict, list, tuple)) or id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, Instance):
        if isinstance(value.state, dict) and value.name in ATTRIBUTES:
            yield value
        yield from estimators(value.state, seen)
    else:
        for one in value.values() if isinstance(value, dict) else value:
            yield from estimators(one, seen)


@pytest.mark.parametrize("name", CHOSEN)
def test_an_unknown_attribute_is_named_at_every_level(name):
    data, estimator = MODELS[name]
    value = read_inert(pickle.dumps(fit(data, estimator)))
    compile_model(value)
    places = list(estimators(value, set()))
    assert len(places) > 2
    places[-1].state[UNKNOWN] = 1
    with pytest.raises(NotCovered, match=UNKNOWN):
        compile_model(value)
    del places[-1].state[UNKNOWN]
    for place in places:
        place.state[UNKNOWN] = 1
        with pytest.raises(NotCovered, match=rf"a {place.name} with attributes .* give it \({UNKNOWN}\)"):
            checking.check_attributes(value)
        del place.state[UNKNOWN]


def test_what_the_model_holds_is_looked_at_once():
    value = read_inert(pickle.dumps(fit(*MODELS["tree iris"])))
    value.state["random_state"] = [value, value]
    checking.check_attributes(value)


def test_in_skops_it_is_refused_by_name(tmp_path):
    skops_io = pytest.importorskip("skops.io", reason="skops is not installed")
    content = skops_io.dumps(fit(*MODELS["logistic iris"]))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    (tmp_path / "model.skops").write_bytes(content)
    read_evaluator(tmp_path / "model.skops")
    schema = json.loads(files["schema.json"])
    places = [place for place in _states(schema) if "_sklearn_version" in place]
    assert len(places) == 3
    for place in places:
        place[UNKNOWN] = place["_sklearn_version"]
        with zipfile.ZipFile(tmp_path / "model.skops", "w") as archive:
            for name, one in (files | {"schema.json": json.dumps(schema).encode()}).items():
                archive.writestr(name, one)
        with pytest.raises(ModelError, match=rf"give it \({UNKNOWN}\)"):
            read_evaluator(tmp_path / "model.skops")
        del place[UNKNOWN]


def test_an_unknown_key_of_skops_is_refused_by_name_at_every_level(tmp_path):
    skops_io = pytest.importorskip("skops.io", reason="skops is not installed")
    from inference_server.model_files.read_skops import read_skops

    content = skops_io.dumps(fit(*MODELS["columns"]))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    schema = json.loads(files["schema.json"])
    places = [place for place in _states(schema) if "__loader__" in place]
    # What is within random generators is not read, nor are the types of a dict's keys.
    skipped = [
        inner for place in places if place["__loader__"] in SKIPPED for inner in _states(place) if inner is not place
    ]
    skipped += [inner for place in places if "key_types" in place for inner in _states(place["key_types"])]
    places = [place for place in places if not any(place is one for one in skipped)]
    assert len({place["__loader__"] for place in places}) > 5
    refused = 0
    for place in places[:: max(1, len(places) // 40)]:
        place[UNKNOWN] = 1
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w") as archive:
            for name, one in (files | {"schema.json": json.dumps(schema).encode()}).items():
                archive.writestr(name, one)
        with pytest.raises(ModelError) as told:
            read_skops(written.getvalue())
        assert f"{place['__class__']}: {UNKNOWN}, which this server does not know" in str(told.value)
        refused += 1
        del place[UNKNOWN]
    assert refused > 20


def _states(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    for one in value if isinstance(value, list) else []:
        yield from _states(one)
