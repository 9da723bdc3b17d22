"""Requests that MLServer's codecs and tritonclient wrote are answered as their rows are (record_client_requests.py)."""

from __future__ import annotations

import json
import pickle
import re
from pathlib import Path

import mixed_models
import pytest

from inference_server.formats.read_binary_tensors import take_binary_data
from inference_server.formats.read_tensors import read_tensors
from inference_server.invalid_input import InvalidInput
from inference_server.load_model import load_model
from inference_server.routes.infer import Inference, infer
from inference_server.table.column import Column
from inference_server.table.schema import Schema

RECORDED = json.loads((Path(__file__).parent / "client-requests.json").read_text())["requests"]


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("logistic")
    (folder / "model.pkl").write_bytes(pickle.dumps(mixed_models.fit(mixed_models.mixed_models()["logistic"])))
    return load_model(folder)


WIDE = [one for one in RECORDED if len(one["rows"][0]) > 1]


def test_one_column_of_texts_is_read():
    (recorded,) = (one for one in RECORDED if one not in WIDE)
    schema = Schema(["city"], [Column(codes={"lima": 0.0, "oslo": 1.0})])
    assert read_tensors(json.loads(recorded["body"])["inputs"], schema).rows == recorded["rows"]


@pytest.mark.parametrize("recorded", WIDE, ids=[one["name"] for one in WIDE])
def test_is_answered_as_its_rows_are(model, recorded):
    length = recorded["headers"].get("Inference-Header-Content-Length", "")
    answer = infer(model, Inference("model", "", recorded["body"].encode("latin-1"), length))
    content = json.loads(answer.body)
    assert answer.status == 200, content
    outputs = {output["name"]: output["data"] for output in content["outputs"]}
    expected = model.predict([list(row) for row in recorded["rows"]])
    assert outputs["predicted_class"] == [one["predicted_class"] for one in expected]
    assert outputs["probabilities"] == [share for one in expected for share in one["probabilities"].values()]


def _binary(*texts: str) -> dict:
    size = sum(4 + len(text) for text in texts)
    tensor = {"name": "city", "shape": [len(texts)], "datatype": "BYTES", "parameters": {"binary_data_size": size}}
    take_binary_data([tensor], b"".join(len(text).to_bytes(4, "little") + text.encode() for text in texts))
    return tensor


def test_words_for_a_missing_text_are_texts_where_training_saw_them():
    unseen = Schema(["city"], [Column(codes={"lima": 0.0})])
    seen = Schema(["city"], [Column(codes={"None": 0.0, "nan": 1.0})])
    assert read_tensors([_binary("None", "nan", "", "lima")], unseen).rows == [[None], [None], [None], ["lima"]]
    assert read_tensors([_binary("None", "nan", "")], seen).rows == [["None"], ["nan"], [None]]


@pytest.mark.parametrize(
    ("parameters", "data", "message"),
    [
        ({"content_type": "pd_json"}, ["oslo"], "Input 'city' is pd_json: Request body is not valid JSON"),
        ({"content_type": "pd_json"}, ["[1]"], "every value must be a text or a number in JSON"),
        ({"content_type": "pd_json"}, [3], "is BYTES: every value must be a text"),
        ({"content_type": "str"}, [3], "is BYTES: every value must be a text"),
        ({"content_type": "np"}, [3], "'city' must be a text"),
        ({"content_type": "np"}, [[3]], "not nested as its shape says"),
    ],
)
def test_what_no_codec_writes_is_refused(parameters, data, message):
    tensor = {"name": "city", "shape": [1], "datatype": "BYTES", "data": data, "parameters": parameters}
    with pytest.raises(InvalidInput, match=re.escape(message)):
        read_tensors([tensor], Schema(["city"], [Column(codes={"lima": 0.0})]))
