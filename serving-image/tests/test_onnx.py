"""ONNX graphs of several inputs and outputs: named columns of numbers and texts, and the classes that they name."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_iris
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

onnx = pytest.importorskip("onnx", reason="onnx is not installed")
skl2onnx = pytest.importorskip("skl2onnx", reason="skl2onnx is not installed")
pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")

from inference_server.formats.read_request import read_request  # noqa: E402
from inference_server.invalid_input import InvalidInput  # noqa: E402
from inference_server.load_model import load_model  # noqa: E402
from inference_server.model_error import ModelError  # noqa: E402
from inference_server.routes.describe_rows import describe_rows  # noqa: E402
from inference_server.served.served_model import ServedModel  # noqa: E402

IRIS, SPECIES = load_iris(return_X_y=True)
FRAME = pd.DataFrame(
    {"age": [31.5, 47.25, 58.75, 20.0] * 6, "color": ["teal", "ochre", "mauve", "teal"] * 6, "count": [1, 2, 3, 4] * 6}
)
ANSWERED = ["no", "yes", "no", "maybe"] * 6
FLOAT, DOUBLE, INT64, BOOL, STRING = 1, 11, 7, 9, 8


@pytest.fixture
def serve(tmp_path):
    def load(graph: Any) -> Any:
        (tmp_path / "model.onnx").write_bytes(graph if isinstance(graph, bytes) else graph.SerializeToString())
        return load_model(tmp_path)

    return load


def pipeline() -> Any:
    columns = ColumnTransformer(
        [("color", OneHotEncoder(handle_unknown="ignore"), ["color"]), ("rest", StandardScaler(), ["age", "count"])]
    )
    return make_pipeline(columns, LogisticRegression()).fit(FRAME, ANSWERED)


@pytest.fixture(scope="module")
def fitted() -> Any:
    return pipeline()


@pytest.mark.parametrize("zipmap", [False, True, "columns"])
def test_a_pipeline_of_named_columns_takes_rows_as_it_was_trained(serve, fitted, zipmap):
    types = skl2onnx.common.data_types
    inputs = [
        ("age", types.FloatTensorType([None, 1])),
        ("color", types.StringTensorType([None, 1])),
        ("count", types.Int64TensorType([None, 1])),
    ]
    graph = skl2onnx.to_onnx(fitted, initial_types=inputs, options={"zipmap": zipmap})
    if zipmap == "columns":  # a tensor for each class: several outputs beside the label
        with pytest.raises(ModelError, match="ONNX models that answer 4 things"):
            serve(graph)
        return
    model = serve(graph)
    assert model.feature_names == ("age", "color", "count")
    assert [column.type for column in model.schema.columns] == ["number", "text", "integer"]
    rows = [[31.5, "teal", 1], [60.0, "a color of no row", 3], [47.25, "ochre", 2]]
    frame = pd.DataFrame(rows, columns=FRAME.columns)
    expected = fitted.predict_proba(frame)
    answers = model.predict(rows)
    assert [one["predicted_class"] for one in answers] == fitted.predict(
        pd.DataFrame(rows, columns=FRAME.columns)
    ).tolist()
    assert np.allclose([list(one["probabilities"].values()) for one in answers], expected, atol=1e-6)
    assert list(answers[0]["probabilities"]) == ["maybe", "no", "yes"]
    body = json.dumps({"instances": [{"count": 1, "color": "teal", "age": 31.5}]}).encode()
    by_name = model.predict(read_request("application/json", body, model.schema))
    assert by_name[0]["probabilities"] == answers[0]["probabilities"]
    described = json.loads(describe_rows(model, ServedModel("model", model, "a" * 64)).body)
    assert [(one["name"], one["type"], one["mayBeMissing"]) for one in described["columns"]] == [
        ("age", "number", False), ("color", "text", False), ("count", "integer", False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ([31.5, None, 1], "'color' is missing"),
        ([31.5, "teal", None], "'count' is missing"),
        ([31.5, "teal", 1.5], "'count' holds a number that this model cannot compute with"),
        ([31.5, "teal", 1e300], "'count'"),
        ([1e39, "teal", 1], "'age' is too large"),
        ([31.5, 7, 1], "'color'"),
    ],
)
def test_what_a_column_does_not_take_is_refused_by_its_name(serve, fitted, row, message):
    types = skl2onnx.common.data_types
    kinds = {"age": types.FloatTensorType, "color": types.StringTensorType, "count": types.Int64TensorType}
    model = serve(skl2onnx.to_onnx(fitted, initial_types=[(name, kind([None, 1])) for name, kind in kinds.items()]))
    with pytest.raises(InvalidInput, match=message):
        model.predict([row])


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
def test_several_numbers_out_are_a_list(serve, dtype):
    rows = np.floor(IRIS).astype(dtype)
    estimator = LinearRegression().fit(rows, IRIS[:, :2])
    model = serve(skl2onnx.to_onnx(estimator, rows[:1]))
    found = [one["prediction"] for one in model.predict(rows[:9].tolist())]
    assert np.allclose(found, estimator.predict(rows[:9]), rtol=1e-5)
    if dtype is np.int64:
        with pytest.raises(InvalidInput, match="cannot compute with"):
            model.predict([[1, 2, 3, 0.5]])


@pytest.mark.parametrize("labels", [[1, 2, 3], [4, 7, 9], ["u", "v", "w"]])
def test_classes_that_the_graph_picks_out_of_a_list_are_its_own(serve, labels):
    """No operator of a naive Bayes model names its classes: 0, 1 and 2 would be wrong."""
    estimator = GaussianNB().fit(IRIS, np.array(labels)[SPECIES])
    model = serve(skl2onnx.to_onnx(estimator, IRIS[:1].astype(np.float32), options={"zipmap": False}))
    answers = model.predict(IRIS.tolist())
    assert model.class_names == tuple(map(str, labels))
    assert [one["predicted_class"] for one in answers] == estimator.predict(IRIS).astype(str).tolist()
    chances = [one["probabilities"][one["predicted_class"]] for one in answers]
    assert chances == [one["confidence"] for one in answers]


def graph_of(inputs: list[tuple[str, int, list[Any]]], nodes: list[Any], output: tuple[int, list[Any]]) -> Any:
    made = [onnx.helper.make_tensor_value_info(*one) for one in inputs]
    last = onnx.helper.make_tensor_value_info("out", *output)
    graph = onnx.helper.make_graph(nodes, "made", made, [last])
    return onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=9)


def node(kind: str, inputs: list[str], output: str = "out", **attributes: Any) -> Any:
    return onnx.helper.make_node(kind, inputs, [output], **attributes)


def test_tables_of_several_inputs_are_columns_side_by_side(serve):
    """As networks of PyTorch and Keras take them."""
    nodes = [node("Cast", ["flag"], "number", to=FLOAT), node("Concat", ["wide", "number"], axis=1)]
    model = serve(graph_of([("wide", FLOAT, ["n", 2]), ("flag", BOOL, ["n", 1])], nodes, (FLOAT, ["n", 3])))
    assert model.feature_names == ("wide_0", "wide_1", "flag")
    assert model.predict([[1.5, 2.5, True]])[0]["prediction"] == [1.5, 2.5, 1.0]
    with pytest.raises(InvalidInput, match="'flag'"):
        model.predict([[1.5, 2.5, 2]])


@pytest.mark.parametrize(
    ("inputs", "nodes", "output", "message"),
    [
        (
            [("image", FLOAT, ["n", 3, 8, 8])],
            [node("Identity", ["image"])],
            (FLOAT, ["n", 3, 8, 8]),
            "not of the shape",
        ),
        ([("row", FLOAT, ["n"])], [node("Identity", ["row"])], (FLOAT, ["n"]), "not of the shape"),
        ([("row", FLOAT, [1, 4])], [node("Identity", ["row"])], (FLOAT, [1, 4]), "not of the shape"),
        ([("row", FLOAT, ["n", "k"])], [node("Identity", ["row"])], (FLOAT, ["n", "k"]), "not of the shape"),
        ([("row", 10, ["n", 2])], [node("Identity", ["row"])], (10, ["n", 2]), r"take tensor\(float16\)"),
        (
            [("row", FLOAT, ["n", 2])],
            [node("Unsqueeze", ["row", "axis"])],
            (FLOAT, ["n", 2, 1]),
            "no row of numbers but",
        ),
        (
            [("a", FLOAT, ["n", 2]), ("a_0", FLOAT, ["n", 1])],
            [node("Concat", ["a", "a_0"], axis=1)],
            (FLOAT, ["n", 3]),
            "columns of the same name",
        ),
        ([("row", INT64, ["n", 2])], [node("Identity", ["row"])], (INT64, ["n", 2]), "labels a row|does not name"),
    ],
)
def test_other_shapes_and_types_are_refused_with_the_reason(serve, inputs, nodes, output, message):
    graph = graph_of(inputs, nodes, output)
    graph.graph.initializer.append(onnx.numpy_helper.from_array(np.array([2]), "axis"))
    with pytest.raises(ModelError, match=message):
        serve(graph)


def test_a_graph_that_answers_no_row_is_refused_and_one_that_breaks_at_a_row_refuses_it(serve):
    """`Gather` breaks at an index that is not there: a mistake of the caller's, who sees no error of the server."""
    table = onnx.numpy_helper.from_array(np.array([1.5, 2.5], np.float32), "table")
    inputs, nodes = [("index", INT64, ["n", 1])], [node("Gather", ["table", "index"])]
    graph = graph_of(inputs, nodes, (FLOAT, ["n", 1]))
    graph.graph.initializer.append(table)
    model = serve(graph)
    assert [one["prediction"] for one in model.predict([[0], [1]])] == [1.5, 2.5]
    with pytest.raises(InvalidInput, match="Instance 1"):
        model.predict([[0], [99], [1]])
    moved = [node("Add", ["index", "far"], "moved"), node("Gather", ["table", "moved"])]
    broken = graph_of(inputs, moved, (FLOAT, ["n", 1]))
    broken.graph.initializer.extend([table, onnx.numpy_helper.from_array(np.array([[99]]), "far")])
    with pytest.raises(ModelError, match="answers none of"):
        serve(broken)
