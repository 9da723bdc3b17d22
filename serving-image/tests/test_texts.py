"""Models of texts: served as scikit-learn answers, asked in every shape, and refused where a file could do harm."""

from __future__ import annotations

import json
import pickle

import numpy as np
import pytest
import text_models
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from inference_server.formats.read_request import read_request
from inference_server.invalid_input import InvalidInput
from inference_server.load_model import load_model
from inference_server.model_error import ModelError
from inference_server.pickles.token_pattern import DEFAULT, is_harmless
from inference_server.table.read_rows import read_rows
from sagemaker_deployer.pack.parity.ask_author import AskAuthor
from sagemaker_deployer.pack.parity.coded_rows import as_table, drawn_rows

SERVED = text_models.served_text_models()
DOCS = ["late parcel", "great love", "not arrived", "thanks"]


def load(folder, estimator, **rest):
    (folder / "model.pkl").write_bytes(pickle.dumps(estimator))
    return load_model(folder, **rest)


def assert_same(pipeline, model, rows, tolerance: float = 0.0) -> None:
    answers = model.predict([list(row) for row in rows])
    asked = text_models.asked(pipeline, rows)
    if model.class_names is None:
        assert np.allclose([one["prediction"] for one in answers], pipeline.predict(asked), rtol=tolerance, atol=0)
        return
    assert [one["predicted_class"] for one in answers] == pipeline.predict(asked).tolist()
    if hasattr(pipeline, "predict_proba"):
        found = np.array([list(one["probabilities"].values()) for one in answers])
        assert np.abs(found - pipeline.predict_proba(asked)).max() <= tolerance


@pytest.mark.parametrize("name", SERVED)
def test_scikit_learn_serves_it(name, tmp_path):
    pipeline = text_models.fit(SERVED[name])
    model = load(tmp_path, pipeline)
    assert model.schema.columns[0].type == "text"
    assert model.example is not None
    assert_same(pipeline, model, text_models.rows_for(pipeline, 50, seed=1))


@pytest.mark.parametrize("name", ["hashed", "hashed column"])
def test_rows_that_packing_makes_are_answered(name, tmp_path):
    pipeline = text_models.fit(SERVED[name])
    model = load(tmp_path, pipeline)
    table = as_table(drawn_rows(model.schema, 40, np.random.default_rng(0)), model.schema)
    rows = [row for row in table.rows if None not in row]
    answered = [one["predicted_class"] for one in model.predict([list(row) for row in rows])]
    assert AskAuthor(pipeline, None)(read_rows(rows, model.schema)).predicted.tolist() == answered


def test_a_missing_text_in_a_table_is_the_callers_mistake(tmp_path):
    model = load(tmp_path, text_models.fit(SERVED["hashed column"]))
    with pytest.raises(InvalidInput, match="'text' must be a text"):
        model.predict([[None, 1.0, "oslo"]])


def test_a_child_serves_it(tmp_path):
    pipeline = make_pipeline(HashingVectorizer(n_features=32), LogisticRegression()).fit(DOCS, list("abab"))
    model = load(tmp_path, pipeline, apart=True)
    try:
        assert_same(pipeline, model, [["late parcel"], [""], ["love 日本語"]])
        with pytest.raises(InvalidInput, match="'text' must be a text"):
            model.predict([[None]])
    finally:
        model.estimator.close()


@pytest.mark.parametrize(
    "body",
    [
        {"instances": ["late parcel", "love"]},
        {"instances": [["late parcel"], ["love"]]},
        {"instances": [{"text": "late parcel"}, {"text": "love"}]},
        ["late parcel", "love"],
        {"inputs": ["late parcel", "love"]},
        {"inputs": {"text": ["late parcel", "love"]}},
        {"dataframe_split": {"columns": ["text"], "data": [["late parcel"], ["love"]]}},
        {"dataframe_records": [{"text": "late parcel"}, {"text": "love"}]},
    ],
)
@pytest.mark.parametrize("vectorizer", [HashingVectorizer(n_features=32), TfidfVectorizer()], ids=["hashed", "words"])
def test_texts_come_in_every_shape(tmp_path, body, vectorizer):
    model = load(tmp_path, make_pipeline(vectorizer, LogisticRegression()).fit(DOCS, [0, 1, 0, 1]))
    table = read_request("application/json", json.dumps(body).encode(), model.schema)
    assert table.rows == [["late parcel"], ["love"]]
    assert [one["input_features"] for one in model.predict(table)] == [{"text": "late parcel"}, {"text": "love"}]
    assert read_request("text/csv", b'"late, parcel"\nlove\n', model.schema).rows == [["late, parcel"], ["love"]]
    assert read_request("application/jsonlines", b'"late"\n["love"]\n', model.schema).rows == [["late"], ["love"]]
    for wrong in ({"instances": [3]}, {"instances": [[3]]}, {"instances": [["a", "b"]]}):
        with pytest.raises(InvalidInput):
            read_request("application/json", json.dumps(wrong).encode(), model.schema)


def _split(text: str) -> list[str]:
    return text.split()


def _changed(**changed: object) -> object:
    """A fitted pipeline whose vectorizer has other attributes than training gave it."""
    pipeline = make_pipeline(CountVectorizer(), LogisticRegression()).fit(DOCS, [0, 1, 0, 1])
    vars(pipeline[0]).update(changed)
    return pipeline


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"input": "filename"}, "it reads files"),
        ({"input": "file"}, "it reads files"),
        ({"tokenizer": _split}, "test_texts._split, which is not on the list"),
        ({"analyzer": str}, "its analyzer is a function or class of its own"),
        ({"preprocessor": str}, "its preprocessor is a function or class of its own"),
        ({"strip_accents": str}, "its strip_accents is a function or class of its own"),
        ({"token_pattern": r"(\w+)+!"}, "its token_pattern .* is none that this server knows to end soon"),
        ({"ngram_range": (1, 10**9)}, "its ngram_range is no pair of numbers from 1 to 20"),
        ({"stop_words": [1]}, "its stop_words are no list of words"),
        ({"dtype": "O"}, "its dtype is no type of numbers"),
        ({"vocabulary_": {"late": 10**9}}, "its vocabulary_ does not number its words from 0 on"),
        ({"vocabulary_": {"late": 0, "love": 0}}, "its vocabulary_ does not number its words from 0 on"),
        ({"vocabulary_": {"late": -1}}, "its vocabulary_ does not number its words from 0 on"),
        ({"build_analyzer": str}, r"attributes that scikit-learn does not give it \(build_analyzer\)"),
    ],
)
def test_what_could_do_harm_is_refused(tmp_path, changed, message):
    with pytest.raises(ModelError, match=message):
        load(tmp_path, _changed(**changed))


def test_support_vectors_of_texts_are_refused_with_what_to_do(tmp_path):
    with pytest.raises(ModelError, match=r"csr_matrix, which is not on the list.*take a linear model"):
        load(tmp_path, make_pipeline(TfidfVectorizer(), SVC()).fit(DOCS, [0, 1, 0, 1]))


@pytest.mark.parametrize(
    ("pattern", "harmless"),
    [
        *(
            (one, True)
            for one in (DEFAULT, r"\w+", r"(?u)\b\w+\b", r"[A-Za-z]+", r"\S+", r"[a-z]{3,}", r"\b[a-z][a-z]+\b")
        ),
        *((one, True) for one in (r"(?u)\b[^\W\d_]+\b", r"[\w']+", r"[^\s]+")),
        *(
            (one, False)
            for one in (r"(a+)+", r"\w*", r"\w+\w+", ".*x", r"[a-z]+\b", r"\w+|x", "a" * 201, r"(\w+)", "[", r"\1")
        ),
    ],
)
def test_only_patterns_that_end_soon_are_served(pattern, harmless):
    assert is_harmless(pattern) is harmless
