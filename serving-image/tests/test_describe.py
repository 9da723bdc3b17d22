"""What `describe=true` says of a model: names, types and a made row, never what training or golden rows hold.

`described-models.json` is what the deployer's tests read too: both sides keep to it.
"""

from __future__ import annotations

import asyncio
import json
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.tree import DecisionTreeClassifier
from test_check_answers import without_training_rows

from inference_server.http.messages import Request, Response
from inference_server.load_model import load_model
from inference_server.model_error import ModelError
from inference_server.routes.application import Application
from inference_server.routes.describe_rows import describe_rows
from inference_server.served.example_row import example_row
from inference_server.served.served_model import ServedModel
from inference_server.settings import Settings

RECORDED = Path(__file__).parent / "described-models.json"
DIGEST = "0123456789abcdef" * 4
COLORS = ["teal", "ochre", "mauve"]


def regression() -> object:
    return LinearRegression().fit(np.arange(6.0).reshape(3, 2), [1.0, 2.0, 3.0])


def colors() -> object:
    frame = pd.DataFrame({"age": [31.5, 47.25, 58.75] * 4, "color": COLORS * 4, "note": ["x"] * 12})
    columns = ColumnTransformer(
        [("color", OneHotEncoder(handle_unknown="ignore"), ["color"]), ("age", "passthrough", ["age"])]
    )
    return make_pipeline(columns, LogisticRegression()).fit(frame, ["no", "yes", "no"] * 4)


def two_numbers() -> object:
    return LinearRegression().fit(np.arange(6.0).reshape(3, 2), np.arange(6.0).reshape(3, 2))


def two_labels() -> object:
    labels = [["no", "low"], ["yes", "mid"], ["yes", "high"]]
    return DecisionTreeClassifier(random_state=1).fit(np.arange(6.0).reshape(3, 2), labels)


MODELS = {"regression": regression, "colors": colors, "two numbers": two_numbers, "two labels": two_labels}


def describe(model) -> dict:
    return json.loads(describe_rows(model, ServedModel("model", model, DIGEST)).body)


def load(folder: Path, estimator: object, **files: object):
    (folder / "model.pkl").write_bytes(pickle.dumps(estimator))
    for name, content in files.items():
        (folder / f"{name}.json").write_text(json.dumps(content))
    return load_model(folder)


@pytest.mark.parametrize("name", MODELS)
def test_descriptions_are_as_recorded(name, tmp_path):
    assert describe(load(tmp_path, MODELS[name]())) == json.loads(RECORDED.read_text())[name]


def test_a_description_holds_neither_ranges_nor_categories_nor_rows_of_the_author(tmp_path):
    features = [
        {"name": "age", "type": "number", "minimum": 20.125, "maximum": 88.875},
        {"name": "color", "type": "category", "categories": ["mauve", "teal", "ochre"]},
        {"name": "note", "type": "text"},
    ]
    row = [61.0625, "ochre", "secret of the author"]
    cases = [
        {
            "name": "c",
            "request": {"body": {"instances": [[77.3125, "teal", "golden secret"]]}},
            "expect": {"status": 200},
        }
    ]
    model = load(tmp_path, colors(), model={"features": features, "exampleRows": [row]}, golden={"cases": cases})
    assert model.example.rows == [[77.3125, "teal", "golden secret"]]  # what the server tried is no part of it
    said = json.dumps(describe(model))
    for hidden in ("20.125", "88.875", "77.3125", "61.0625", "secret", "31.5", "47.25", "58.75"):
        assert hidden not in said
    # The one made row has one of the categories.
    assert [color for color in COLORS if color in said] == ["mauve"]
    assert set(json.loads(said)) == {"model", "columns", "task", "example", "exampleAnswered"}
    assert set().union(*json.loads(said)["columns"]) == {"name", "type", "isUsed", "mayBeMissing"}


class _Sometimes:
    """Breaks at some rows and refuses others."""

    def __init__(self, model, ends):
        self.ends = iter(ends)
        self.__dict__ |= {name: getattr(model, name) for name in ("schema", "features", "feature_names")}

    def predict(self, rows):
        end = next(self.ends, ZeroDivisionError())
        if isinstance(end, Exception):
            raise end
        return [end]


def test_the_example_is_a_row_that_is_answered_else_one_that_is_refused(tmp_path):
    from inference_server.example.made_rows import made_rows
    from inference_server.invalid_input import InvalidInput

    model = load(tmp_path, colors())
    rows = made_rows(model)
    breaks, refuses = ZeroDivisionError(), InvalidInput("no")
    assert example_row(_Sometimes(model, [breaks, refuses, {"prediction": 1}])) == (rows[2], {"prediction": 1})
    assert example_row(_Sometimes(model, [breaks, refuses, breaks])) == (rows[1], None)
    assert example_row(_Sometimes(model, [])) == (rows[0], None)


def test_a_description_is_no_prediction_in_the_metrics(iris_estimator, tmp_path):
    model = load(tmp_path, iris_estimator)

    async def ask(attributes: bytes) -> int:
        headers = {b"content-type": b"application/json", b"x-amzn-sagemaker-custom-attributes": attributes}
        request = Request(b"POST", b"/invocations", headers, b'{"instances": [[1, 2, 3, 4]]}', True, True)
        answer = application.answer(request)
        return (answer if isinstance(answer, Response) else await answer).status

    application = Application(Settings())
    application.set_model(model, DIGEST)
    assert asyncio.run(ask(b"describe=true")) == 200
    assert application.served.metrics.total().statuses.get(200, 0) == 0
    assert asyncio.run(ask(b"of=the,caller")) == 200
    assert application.served.metrics.total().statuses[200] == 1


def test_a_model_that_answers_no_row_has_no_description(tmp_path):
    with pytest.raises(ModelError, match="answers none of"):
        load(tmp_path, without_training_rows())
