"""Models that answer several numbers or labels a row: one list for each row, in every format, document and check."""

from __future__ import annotations

import asyncio
import json
import pickle
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from several_models import ANSWERS, ROWS
from sklearn.cross_decomposition import PLSRegression
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LinearRegression
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from inference_server.evaluate.compile_model import compile_model
from inference_server.http.messages import Request, Response
from inference_server.load_model import load_model
from inference_server.model_error import ModelError
from inference_server.not_covered import NotCovered
from inference_server.pickles.read_inert import read_inert
from inference_server.quick_answer.quick_answer import quick_answer
from inference_server.routes.application import Application
from inference_server.routes.describe_api import describe_api
from inference_server.settings import Settings
from sagemaker_deployer.pack.golden.golden_cases import record_golden_cases
from sagemaker_deployer.pack.golden.golden_requests import GoldenRequest
from sagemaker_deployer.pack.pack_model import PackingOrder, pack_model
from sagemaker_deployer.pack.parity.ask_author import AskAuthor
from sagemaker_deployer.pack.problems import Problems

MODELS = {
    "linear": (ANSWERS["numbers"], LinearRegression()),
    "neighbours of numbers": (ANSWERS["numbers"], KNeighborsRegressor(3, algorithm="brute")),
    "network of numbers": (ANSWERS["numbers"], MLPRegressor(hidden_layer_sizes=(5,), max_iter=30, random_state=1)),
    "partial least squares": (ANSWERS["numbers"], PLSRegression(2)),
    "forest of labels": (ANSWERS["labels"], RandomForestClassifier(9, max_depth=4, random_state=1)),
    "neighbours of labels": (ANSWERS["texts"], KNeighborsClassifier(3, algorithm="brute")),
    "network of marks": (
        ANSWERS["marks"],
        make_pipeline(StandardScaler(), MLPClassifier((5,), max_iter=30, random_state=1)),
    ),
}
OF_LABELS = [name for name in MODELS if "labels" in name or "marks" in name]
ASKED = ROWS[::30].tolist()


@pytest.fixture(scope="session")
def fitted():
    """Each model, trained once."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a network that has not converged
        return {name: estimator.fit(ROWS, answers) for name, (answers, estimator) in MODELS.items()}


@pytest.fixture
def load(fitted, tmp_path):
    """Load a model in this process, or in a child; ended with the test."""
    loaded = []

    def load_one(name: str, apart: bool = False, **description: Any):
        (tmp_path / "model.pkl").write_bytes(pickle.dumps(fitted[name]))
        (tmp_path / "model.json").write_text(json.dumps(description))
        loaded.append(load_model(tmp_path, apart=apart))
        return loaded[-1]

    yield load_one
    for model in loaded:
        if hasattr(model.estimator, "close"):
            model.estimator.close()


class Asked:
    """A model in an application of this process."""

    def __init__(self, model: Any) -> None:
        self.application = Application(Settings())
        self.application.set_model(model, "a" * 64)

    def __call__(self, body: Any, path: bytes = b"/invocations", query: bytes = b"", **headers: str) -> Response:
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        known = {"content-type": "application/json"} | {name.replace("_", "-"): text for name, text in headers.items()}
        encoded = {name.encode(): text.encode() for name, text in known.items()}

        async def ask() -> Response:
            answer = self.application.answer(Request(b"POST", path, encoded, body, True, True, query))
            return answer if isinstance(answer, Response) else await answer

        return asyncio.run(ask())

    def read(self, path: bytes) -> Any:
        return json.loads(self.application.answer(Request(b"GET", path, {}, b"", True, True)).body)


def expected_of(estimator, rows) -> list[dict[str, Any]]:
    """What scikit-learn says of each row, as an answer."""
    predicted = estimator.predict(rows).tolist()
    if not hasattr(estimator, "classes_"):
        return [{"prediction": row} for row in predicted]
    classes, found = estimator.classes_, estimator.predict_proba(rows)
    if not isinstance(classes, list):  # marks: a column says how likely each is
        classes, found = [np.array([0, 1])] * len(classes), [np.stack([1 - one, one], axis=1) for one in found.T]
    names = [[str(label) for label in known.tolist()] for known in classes]
    return [
        {
            "predicted_class": [str(label) for label in row],
            "predicted_class_index": [known.tolist().index(label) for known, label in zip(classes, row, strict=True)],
            "confidence": [float(one[number].max()) for one in found],
            "probabilities": [
                dict(zip(known, one[number].tolist(), strict=True)) for known, one in zip(names, found, strict=True)
            ],
        }
        for number, row in enumerate(predicted)
    ]


def without_rows(predictions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: value for key, value in one.items() if key != "input_features"} for one in predictions]


# Each in this process; one of each way of labels in a child, too.
@pytest.mark.parametrize(
    ("name", "apart"),
    [*((name, False) for name in MODELS), ("neighbours of labels", True), ("network of marks", True)],
)
def test_a_row_is_answered_with_a_list_as_scikit_learn_does(load, fitted, name, apart):
    predictions = load(name, apart).predict(ASKED)
    assert without_rows(predictions) == approximately(expected_of(fitted[name], np.array(ASKED)))
    assert [list(one["input_features"].values()) for one in predictions] == ASKED


def approximately(value: Any) -> Any:
    """Numbers that one batch and another round differently."""
    if isinstance(value, dict):
        return {key: approximately(below) for key, below in value.items()}
    if isinstance(value, list):
        return [approximately(below) for below in value]
    return pytest.approx(value, rel=1e-12) if isinstance(value, float) else value


@pytest.mark.parametrize("name", MODELS)
def test_every_format_says_the_same(load, name):
    asked = Asked(load(name))
    predictions = json.loads(asked({"instances": ASKED}).body)["predictions"]
    lines = asked({"instances": ASKED}, accept="application/jsonlines").body.decode().splitlines()
    assert [json.loads(line) for line in lines] == predictions
    table = asked({"instances": ASKED}, accept="text/csv").body.decode().splitlines()
    if name in OF_LABELS:
        cells = [
            [*one["predicted_class"], *(str(share) for shares in one["probabilities"] for share in shares.values())]
            for one in predictions
        ]
    else:
        cells = [[str(number) for number in one["prediction"]] for one in predictions]
    assert [line.split(",") for line in table] == cells
    records = [dict(zip(predictions[0]["input_features"], row, strict=True)) for row in ASKED]
    csv = "\n".join(",".join(map(str, row)) for row in ASKED).encode()
    for body, kind in ((records, "application/json"), ({"inputs": ASKED}, "application/json"), (csv, "text/csv")):
        sent = {"instances": body} if isinstance(body, list) else body
        assert json.loads(asked(sent, content_type=kind).body)["predictions"] == predictions


@pytest.mark.parametrize("name", MODELS)
def test_tensors_have_a_column_for_each_output(load, name):
    asked = Asked(load(name))
    predictions = json.loads(asked({"instances": ASKED}).body)["predictions"]
    tensor = {"name": "input", "shape": [len(ASKED), 4], "datatype": "FP64", "data": ASKED}
    outputs = json.loads(asked({"inputs": [tensor]}, b"/v2/models/model/infer").body)["outputs"]
    found = {one["name"]: (one["datatype"], one["shape"], one["data"]) for one in outputs}
    count = len(predictions[0]["prediction" if "prediction" in predictions[0] else "predicted_class"])
    expected = {}
    for key, datatype in (("prediction", "FP64"), ("predicted_class", "BYTES"), ("predicted_class_index", "INT64")):
        if key in predictions[0]:
            expected[key] = (datatype, [len(ASKED), count], [value for one in predictions for value in one[key]])
    for place in range(count) if name in OF_LABELS else ():
        rows = [list(one["probabilities"][place].values()) for one in predictions]
        shares = [share for row in rows for share in row]
        expected[f"probabilities_{place}"] = ("FP64", [len(ASKED), len(rows[0])], shares)
    assert found == expected
    described = asked.read(b"/v2/models/model")["outputs"]
    assert [(one["name"], one["shape"]) for one in described] == [
        (key, [-1, *shape[1:]]) for key, (_, shape, _) in expected.items()
    ]


@pytest.mark.parametrize("name", MODELS)
def test_documents_say_how_many_outputs_there_are(load, name):
    asked = Asked(load(name))
    described = json.loads(asked(b"", query=b"describe=true").body)
    count = 3 if "marks" in name else 2
    assert described["task"] == ("classification" if name in OF_LABELS else "regression")
    assert [one["name"] for one in described["outputs"]] == [f"output_{place}" for place in range(count)]
    classes = {
        "forest of labels": [["0", "1", "2"], ["4", "7"]],
        "neighbours of labels": [["f", "m"], ["setosa", "versicolor", "virginica"]],
        "network of marks": [["0", "1"]] * 3,
    }
    assert [one.get("classes") for one in described["outputs"]] == classes.get(name, [None] * count)
    document = describe_api(Settings(), [asked.application.served])
    OpenAPIV31SpecValidator(document).validate()
    schema = document["components"]["schemas"]["Prediction"]["properties"]
    key = "predicted_class" if name in OF_LABELS else "prediction"
    assert (schema[key]["minItems"], len(schema[key]["prefixItems"])) == (count, count)
    if name in OF_LABELS:
        assert [one["enum"] for one in schema[key]["prefixItems"]] == classes[name]


@pytest.mark.parametrize("name", MODELS)
def test_explanations_are_refused_with_the_reason(load, name):
    answer = Asked(load(name))({"instances": ASKED}, query=b"explain=true")
    reason = json.loads(answer.body)["error"]
    assert answer.status == 400
    assert "cannot be explained" in reason
    assert "a list for each row" in reason or "served by scikit-learn" in reason


@pytest.mark.parametrize("name", OF_LABELS)
def test_compiled_code_leaves_several_labels_to_the_general_path(load, name):
    served = Asked(load(name)).application.served
    assert quick_answer(served, "application/json") is None


@pytest.mark.parametrize("name", OF_LABELS)
def test_a_classifier_names_the_classes_of_each_output(load, name):
    known = load(name).output_classes
    given = [[f"{place}-{index}" for index in range(len(one))] for place, one in enumerate(known)]
    assert load(name, classNames=given).predict(ASKED)[0]["predicted_class"][1] in given[1]
    for wrong in (given[:1], [*given, ["x"]], ["a", "b"]):
        with pytest.raises(ModelError, match=rf"answers {len(known)} labels a row"):
            load(name, classNames=wrong)
    with pytest.raises(ModelError, match="names 1 classes, the model knows"):
        load(name, classNames=[["one"], *given[1:]])
    with pytest.raises(ModelError, match="holds a name twice"):
        load(name, classNames=[["one", "one"], *given[1:]])


def test_a_classifier_of_one_output_has_one_list_of_classes(tmp_path, iris_estimator):
    (tmp_path / "model.pkl").write_bytes(pickle.dumps(iris_estimator))
    (tmp_path / "model.json").write_text('{"classNames": [["a"], ["b"], ["c"]]}')
    with pytest.raises(ModelError, match="must be one list of names"):
        load_model(tmp_path)


@pytest.mark.parametrize("name", MODELS)
def test_golden_answers_are_lists_and_hold(fitted, tmp_path, name):
    described = pack(fitted[name], tmp_path)
    positive = json.loads((tmp_path / "model" / "golden.json").read_text())["cases"][0]["expect"]["json"]
    model = load_model(tmp_path / "model")
    assert json.loads(json.dumps(model.predict(ASKED))) == positive["predictions"]
    if model.output_classes is not None:
        assert described["classNames"] == [list(known) for known in model.output_classes]
    assert described["parity"]["servedBy"] in ("evaluator", "scikit-learn")


def pack(estimator: Any, folder: Path) -> dict[str, Any]:
    import tarfile

    (folder / "model.pkl").write_bytes(pickle.dumps(estimator))
    (folder / "rows.json").write_text(json.dumps({"positive": [{"instances": ASKED}]}))
    order = PackingOrder(model=folder / "model.pkl", output=folder / "model.tar.gz", golden=folder / "rows.json")
    packed = pack_model(order)
    with tarfile.open(folder / "model.tar.gz") as tar:
        tar.extractall(folder / "model", filter="data")
    return packed.description


class Other:
    """The library's answers, of which one label or number of the last row is changed, or one probability."""

    def __init__(self, estimator: Any, changed: str) -> None:
        self.estimator, self.changed = estimator, changed
        if hasattr(estimator, "predict_proba"):
            self.predict_proba = self._probabilities

    def predict(self, rows):
        found = self.estimator.predict(rows)
        if self.changed == "predict":
            found[-1, 1] = next(value for value in found[:, 1] if value != found[-1, 1])
        return found

    def _probabilities(self, rows):
        found = self.estimator.predict_proba(rows)
        if self.changed == "predict_proba":
            (found[1] if isinstance(found, list) else found)[-1, 1] += 1e-5
        return found


@pytest.mark.parametrize(
    ("name", "changed"), [*((name, "predict") for name in MODELS), *((name, "predict_proba") for name in OF_LABELS)]
)
def test_golden_answers_of_another_model_are_seen(fitted, tmp_path, name, changed):
    model = load_model_of(fitted[name], tmp_path)
    requests = [GoldenRequest("all", True, "application/json", {"instances": ROWS.tolist()})]
    record_golden_cases(model, AskAuthor(Other(fitted[name], ""), None), requests, 1e-6)
    with pytest.raises(Problems, match="the server and the library disagree"):
        record_golden_cases(model, AskAuthor(Other(fitted[name], changed), None), requests, 1e-6)


def load_model_of(estimator: Any, folder: Path) -> Any:
    (folder / "model.pkl").write_bytes(pickle.dumps(estimator))
    return load_model(folder)


def test_a_model_of_one_number_in_a_list_answers_a_list(tmp_path):
    """As scikit-learn: trained on a table of one column, it predicts such a table."""
    estimator = LinearRegression().fit(ROWS, ROWS[:, :1])
    found = load_model_of(estimator, tmp_path).predict(ASKED)
    assert [one["prediction"] for one in found] == approximately(estimator.predict(np.array(ASKED)).tolist())


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("forest of labels", lambda state: state.update(n_outputs_=3)),
        ("forest of labels", lambda state: state.update(n_outputs_=1)),
        ("forest of labels", lambda state: state.update(n_outputs_=-1)),
        ("forest of labels", lambda state: state["classes_"].pop()),
        ("forest of labels", lambda state: state["classes_"].append(state["classes_"][0])),
        ("forest of labels", lambda state: state["classes_"].reverse() or state["classes_"].append(1)),
        ("forest of labels", lambda state: state.update(classes_=[state["classes_"][1]] * 2)),
        ("forest of numbers", lambda state: state.update(n_outputs_=1)),
        ("forest of numbers", lambda state: state.update(n_outputs_=3)),
        ("forest of numbers", lambda state: state["estimators_"][3].state["tree_"].arguments.__setitem__(2, 1)),
        ("linear", lambda state: setattr(state["coef_"], "values", state["coef_"].values * np.nan)),
        ("linear", lambda state: state.update(coef_=state["intercept_"])),
        ("linear", lambda state: state.update(intercept_=state["coef_"])),
    ],
)
def test_outputs_that_do_not_fit_together_are_not_evaluated(fitted, name, change):
    estimator = fitted.get(name) or RandomForestRegressor(4, random_state=1).fit(ROWS, ANSWERS["numbers"])
    value = read_inert(pickle.dumps(estimator))
    compile_model(value)
    for tree in value.state.get("estimators_", ()):
        tree.state["tree_"].arguments = list(tree.state["tree_"].arguments)
    change(value.state)
    with pytest.raises((ModelError, NotCovered)):
        compile_model(value)
