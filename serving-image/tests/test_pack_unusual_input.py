"""What authors hand over besides plain frames of numbers: gaps among bools, dates, texts in a frame, wrong options."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler
from test_pack import frame, unpack, verdicts

from inference_server.load_model import load_model
from inference_server.table.estimator_input import rows_for_estimator
from inference_server.table.read_rows import read_rows
from inference_server.table.schema import Schema
from sagemaker_deployer.pack import Problems, check, pack
from sagemaker_deployer.pack.data.from_object import data_of
from sagemaker_deployer.pack.parity.ask_author import AskAuthor


@pytest.fixture(scope="module")
def iris():
    X, y = load_iris(return_X_y=True)
    return LogisticRegression(max_iter=200).fit(X, y), X


def encoded(*columns: str):
    made = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), list(columns)), (StandardScaler(), ["amount"])
    )
    return make_pipeline(made, LogisticRegression())


@pytest.mark.parametrize("gaps", [True, False])
def test_bools_among_objects_are_booleans(gaps):
    X = frame()
    X["member"] = (X["amount"] > 30).astype(object)
    if gaps:
        X["member"] = X["member"].where(X.index % 7 > 0, np.nan)
    found = check(encoded("city", "member").fit(X, verdicts(X)), X, verdicts(X))
    assert {"name": "member", "type": "boolean"} in found.description["features"]
    assert found.description["parity"]["servedBy"] == "evaluator"


def test_bools_of_a_frame_for_a_model_of_an_array():
    X = frame()[["amount"]].assign(member=lambda rows: rows["amount"] > 30)
    found = check(RandomForestClassifier(3).fit(X.to_numpy(), verdicts(frame())), X)
    assert found.description["features"][1] == {"name": "member", "type": "boolean"}


def test_columns_that_the_model_ignores_may_hold_anything():
    X = frame()
    X["when"] = pd.date_range("2020-01-01", periods=len(X))
    X["tags"] = [["a"]] * len(X)
    found = check(encoded("city").fit(X, verdicts(X)), X, verdicts(X))
    assert found.description["parity"]["servedBy"] == "evaluator"
    with pytest.raises(Problems, match="'when' is of type datetime64"):
        check(encoded("city", "when").fit(X, verdicts(X)), X)


def test_pyarrow_numbers_are_not_cut():
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    made = data_of(pd.DataFrame({"age": pd.Series([1, 2], dtype="int64[pyarrow]")})).make([[20.5], [None], [3]])
    assert made["age"].tolist()[::2] == [20.5, 3.0]


def test_a_frame_of_one_column_of_texts_is_texts(tmp_path):
    texts = pd.DataFrame({"review": ["good film", "bad film", "good plot", "bad plot"] * 5})
    estimator = make_pipeline(TfidfVectorizer(), LogisticRegression()).fit(texts["review"], [1, 0] * 10)
    packed = pack(estimator, texts, path=tmp_path / "model.tar.gz")
    unpack(packed, tmp_path)
    assert load_model(tmp_path).predict([["good film"]])[0]["predicted_class"] == "1"
    with pytest.raises(Problems, match="has 2 columns, the model reads texts"):
        check(estimator, texts.assign(other=1))


def test_texts_that_are_all_missing_stay_objects():
    found = rows_for_estimator(np.zeros((2, 2)), {0: [None, None], 1: [3, None]}, ["city", "amount"], True)
    assert [str(one) for one in found.dtypes] == ["object", "float64"]
    encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1).fit([["oslo"], ["rome"]])
    assert encoder.transform(found[["city"]].to_numpy()).shape == (2, 1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"path": None}, "path: must be a text or Path"),
        ({"tolerance": "1e-6"}, "tolerance: must be a number"),
        ({"label": 5}, "label: must be a text"),
        ({"feature_names": "abcd"}, "feature_names: must be a list of texts"),
        ({"feature_names": ["a"]}, "feature_names: are 1, the model takes 4 columns"),
        ({"golden": {"positive": [{"instances": 5}]}}, r"positive\[0\]: instances: must hold rows"),
        ({"golden": {"negative": [{"body": {1}}]}}, r"negative\[0\]: is not what JSON can hold"),
    ],
)
def test_wrong_options_are_problems(iris, options, message):
    with pytest.raises(Problems, match=message):
        check(*iris, **options)


def test_a_class_is_no_model(iris):
    with pytest.raises(Problems, match="LogisticRegression is a class"):
        check(LogisticRegression, iris[1])


def test_golden_requests_may_hold_arrays(iris):
    assert check(*iris, golden={"positive": [{"instances": np.ones((2, 4))}]}).golden_cases == 2


def test_tables_of_other_libraries_become_frames():
    class Table:
        """As polars and pyarrow have it: no iloc, but to_pandas."""

        def to_pandas(self) -> pd.DataFrame:
            return frame()

    class LazyFrame(Table):
        """Rows that are not there yet."""

    estimator = encoded("city").fit(frame(), verdicts(frame()))
    assert check(estimator, Table()).description["parity"]["servedBy"] == "evaluator"
    with pytest.raises(Problems, match="collect"):
        check(estimator, LazyFrame())


def test_labels_in_a_column_are_labels(iris):
    class Columned(LogisticRegression):
        """Answers as CatBoostClassifier does where there are three classes: rows x 1."""

        def predict(self, rows: np.ndarray) -> np.ndarray:
            return super().predict(rows).reshape(-1, 1)

    estimator, X = iris
    columned = Columned(max_iter=200).fit(X, estimator.predict(X))
    answers = AskAuthor(columned, None)(read_rows(X[:3].tolist(), Schema(list("abcd"), None)))
    assert answers.predicted.tolist() == estimator.predict(X[:3]).tolist()
