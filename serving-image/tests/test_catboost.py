"""CatBoost's models answer as CatBoost does, out of each of their forms; what is not known is refused by name."""

from __future__ import annotations

import base64
import io
import json
import lzma
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inference_server.invalid_input import InvalidInput
from inference_server.load_model import load_model
from inference_server.model_error import ModelError
from inference_server.model_files import read_catboost_json
from inference_server.model_files.city_hash import city_hash
from inference_server.model_files.read_flatbuffer import FlatTable

FOLDER = Path(__file__).with_name("catboost-models")
FILES = {"cbm": "model.cbm", "json": "model.cat.json", "pickle": "model.pkl"}
REFUSED = {
    "statistics": r"statistics of categories \(CTR\): train with one_hot_max_size",
    "uncertainty": "loss function 'RMSEWithUncertainty'",
    "threshold": "binclass_probability_threshold",
}


def recorded(file: Path) -> dict[str, dict[str, Any]]:
    found = json.loads(file.read_text())
    stream = io.BytesIO(lzma.decompress(base64.b64decode(found["contents"])))
    return {
        name: one | {form: stream.read(size) for form, size in one["sizes"].items()}
        for name, one in found["models"].items()
    }


RECORDED = {name: one for file in sorted(FOLDER.glob("1.2-*.json")) for name, one in recorded(file).items()}
FORMS = [(name, form) for name, one in RECORDED.items() for form in one["sizes"]]


def load(folder: Path, content: bytes, form: str) -> Any:
    (folder / FILES[form]).write_bytes(content)
    return load_model(folder)


def test_every_kind_was_recorded():
    assert len(RECORDED) >= 20
    assert {"pickle", "cbm", "json"} == {form for _, form in FORMS}


@pytest.mark.parametrize(("name", "form"), [(name, form) for name, form in FORMS if name not in REFUSED])
def test_answers_are_catboosts(tmp_path, name, form):
    one = RECORDED[name]
    model = load(tmp_path, one[form], form)
    assert model.estimator.written_by.startswith("CatBoost 1.2")
    answers = model.predict([list(row) for row in one["rows"]])
    assert model.estimator.several == name.startswith("several")
    expected = np.array(one["predicted"])
    if model.class_names is None and not (name == "sums" and form != "pickle"):
        found = np.array([row["prediction"] for row in answers])
        # The sums are equal to the bit.
        tolerance = 0 if name in ("regression", "categories", "scaled", "leaf by leaf", "sums") else 1e-12
        assert np.allclose(found, expected, rtol=tolerance, atol=tolerance)
        return
    shares = np.array([list(row["probabilities"].values()) for row in answers])
    if name == "sums":  # the file alone says that it is a classifier
        assert np.allclose(shares[:, 1], 1 / (1 + np.exp(-expected)), atol=1e-12)
        return
    assert [row["predicted_class"] for row in answers] == [str(label) for label in expected.ravel().tolist()]
    assert np.allclose(shares, one["probabilities"], rtol=0, atol=1e-12)


@pytest.mark.parametrize(("name", "form"), [(name, form) for name, form in FORMS if name in REFUSED])
def test_what_is_not_evaluated_is_refused_by_name(tmp_path, name, form):
    with pytest.raises(ModelError, match=REFUSED[name]):
        load(tmp_path, RECORDED[name][form], form)


@pytest.mark.parametrize("form", ["cbm", "json"])
def test_its_first_bytes_say_what_it_is(tmp_path, form):
    (tmp_path / "finished.bin").write_bytes(RECORDED["regression"][form])
    assert load_model(tmp_path).estimator.name == "CatBoost (RMSE)"


@pytest.mark.parametrize("form", ["cbm", "json", "pickle"])
def test_categories_are_texts_and_whole_numbers(tmp_path, form):
    model = load(tmp_path, RECORDED["categories"][form], form)
    row = [0.1, "oslo", 20]
    expected = model.predict([list(row)])[0]["prediction"]
    assert model.predict([[0.1, "oslo", "20"]])[0]["prediction"] == expected
    assert model.predict([[0.1, "oslo", 20.0]])[0]["prediction"] == expected
    assert model.predict([[0.1, "bergen", 20]])[0]["prediction"] != expected
    # CatBoost refuses them too.
    for wrong in ([0.1, None, 20], [0.1, "oslo", None]):
        with pytest.raises(InvalidInput, match="is missing, and this model takes no missing value there"):
            model.predict([wrong])


def test_the_hash_of_texts_is_catboosts():
    model = json.loads(RECORDED["categories"]["json"])
    known = {one["value"]: one["hash"] for one in model["features_info"]["cat_features_hash"]}
    assert len(known) == 7
    known |= json.loads((FOLDER / "hashes.json").read_text())
    assert len(known) == 24
    assert {text: city_hash(text.encode()) & 0xFFFFFFFF for text in known} == known


def _objects(value: Any, path: str = "") -> list[tuple[str, dict[str, Any]]]:
    found = [(path, value)] if isinstance(value, dict) else []
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in pairs:
        found += _objects(below, f"{path}[{key}]" if isinstance(key, int) else f"{path}.{key}".removeprefix("."))
    return found


# Of the training, and of the author.
FREE = ("model_info",)


@pytest.mark.parametrize("name", ["two classes", "categories", "leaf by leaf"])
def test_an_unknown_key_is_refused_by_name_at_every_level(tmp_path, name):
    model = json.loads(RECORDED[name]["json"])
    places = [place for place in _objects(model) if not place[0].startswith(FREE)]
    assert len(places) > 10
    for _, place in places[:: max(1, len(places) // 25)]:
        place["unheard_of"] = 1
        with pytest.raises(ModelError, match=r"unheard_of, which this server does not know.*catboost<1\.3"):
            load(tmp_path, json.dumps(model).encode(), "json")
        del place["unheard_of"]


def _tree(model: dict[str, Any]) -> dict[str, Any]:
    return model["oblivious_trees"][0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda m: _tree(m)["leaf_values"].pop(), "do not fit together"),
        (lambda m: _tree(m)["splits"].pop(), "do not fit together"),
        (lambda m: _tree(m)["leaf_values"].__setitem__(0, float("nan")), "do not fit together"),
        (lambda m: _tree(m)["splits"][0].update(border=float("inf")), "do not fit together"),
        (lambda m: _tree(m)["splits"][0].update(float_feature_index=9), "KeyError"),
        (lambda m: _tree(m)["splits"][0].update(split_type="Text"), "splits of type 'Text'"),
        (lambda m: m["features_info"]["float_features"][1].update(flat_feature_index=0), "do not fit together"),
        (lambda m: m["features_info"]["float_features"][1].update(flat_feature_index=-1), "do not fit together"),
        (lambda m: m["features_info"]["float_features"][1].update(flat_feature_index=2**40), "do not fit together"),
        (lambda m: m["features_info"]["float_features"][1].update(nan_value_treatment="Else"), "KeyError"),
        (lambda m: m.update(scale_and_bias=[1, [0, 0]]), "do not fit together"),
        (lambda m: m.update(scale_and_bias=[float("inf"), [0]]), "do not fit together"),
        (lambda m: m["model_info"]["params"]["loss_function"].update(type="Focal"), "loss function 'Focal'"),
        (lambda m: m["model_info"]["class_params"].update(class_names=["a"]), "do not fit together"),
        (lambda m: m.update(trees=[]), "do not fit together"),
    ],
)
def test_other_numbers_are_refused(tmp_path, monkeypatch, change, message):
    model = json.loads(RECORDED["two classes"]["json"])
    load(tmp_path, json.dumps(model).encode(), "json")
    change(model)
    monkeypatch.setattr(read_catboost_json.json, "loads", lambda _: model)
    with pytest.raises(ModelError, match=message):
        load(tmp_path, b"{}", "json")


def test_a_damaged_cbm_is_refused_wherever_it_was_changed(tmp_path):
    """Each byte of the tables, set to another value: it is read as something else, or refused; nothing else happens."""
    content = RECORDED["leaf by leaf"]["cbm"]
    for at in [*range(96), *range(96, len(content), 61)]:
        for value in (0, 0xFF):
            damaged = content[:at] + bytes([value]) + content[at + 1 :]
            try:
                load(tmp_path, damaged, "cbm").predict([[0.1, 0.2, 0.3]])
            except (ModelError, InvalidInput):
                continue


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"CBM1", "cannot be read|no .cbm"),
        (b"CBM2" + RECORDED["regression"]["cbm"][4:], "no .cbm of CatBoost"),
        (RECORDED["regression"]["cbm"][:-9], "no .cbm of CatBoost"),
        (RECORDED["regression"]["cbm"] + b"more", "more behind the model's end"),
        (RECORDED["regression"]["cbm"].replace(b"FlabuffersModel_v1", b"FlabuffersModel_v2"), "'FlabuffersModel_v2'"),
    ],
)
def test_what_is_no_cbm_is_refused(tmp_path, content, message):
    with pytest.raises(ModelError, match=message):
        load(tmp_path, content, "cbm")


def table_of(fields: list[bytes]) -> bytes:
    """A table whose fields are numbers of 4 bytes, after its vtable."""
    vtable = struct.pack("<HH", 4 + 2 * len(fields), 4 + 4 * len(fields))
    vtable += b"".join(struct.pack("<H", 4 + 4 * index) for index in range(len(fields)))
    vtable += b"\0" * (-len(vtable) % 4)
    return struct.pack("<I", 4 + len(vtable)) + vtable + struct.pack("<i", len(vtable)) + b"".join(fields)


def test_a_field_that_is_not_known_is_refused_by_its_number(tmp_path):
    core = table_of([struct.pack("<I", 0)] * 5)
    with pytest.raises(ModelError, match="field 4 of TModelCore, which this server does not know"):
        load(tmp_path, b"CBM1" + struct.pack("<I", len(core)) + core, "cbm")


@pytest.mark.parametrize("offset", [2**31, 60, 2**32 - 1])
def test_offsets_stay_within_the_file(offset):
    table = FlatTable.root(table_of([struct.pack("<I", offset)]))
    for read in (table.text, table.tables, table.texts, table.table, lambda field: table.numbers(field, "<f8")):
        with pytest.raises(ModelError, match="points beyond its end"):
            read(0)
