"""Which estimators load, in which formats, under which names; and what is said when they do not."""

from __future__ import annotations

import hashlib
import json
import pickle

import joblib
import numpy as np
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    IsolationForest,
    RandomForestRegressor,
    VotingClassifier,
)
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, PolynomialFeatures, StandardScaler
from sklearn.svm import SVC, LinearSVC

from inference_server.evaluate.evaluator import Evaluator
from inference_server.feature import Feature, write_features
from inference_server.load_model import load_model
from inference_server.model_error import ModelError

ESTIMATORS = {
    "forest regressor": RandomForestRegressor(5, random_state=np.random.RandomState(1)),
    "extra trees": ExtraTreesClassifier(5),
    "boosting regressor": GradientBoostingRegressor(n_estimators=5),
    "hist boosting": HistGradientBoostingClassifier(max_iter=5),
    "hist boosting of categories": HistGradientBoostingClassifier(max_iter=5, categorical_features=[3]),
    "hist boosting regressor": HistGradientBoostingRegressor(max_iter=5),
    "isolation forest": IsolationForest(n_estimators=5),
    "linear": LinearRegression(),
    "naive bayes": GaussianNB(),
    "neighbours": KNeighborsClassifier(algorithm="brute"),
    "pipeline": make_pipeline(StandardScaler(), PolynomialFeatures(), Ridge()),
    "columns": make_pipeline(
        ColumnTransformer([("a", MinMaxScaler(), [0, 1]), ("b", "passthrough", slice(2, 4))]),
        LogisticRegression(max_iter=1000),
    ),
    "voting": VotingClassifier([("a", GaussianNB()), ("b", ExtraTreesClassifier(3))], voting="soft"),
    "support vectors": SVC(),
    "linear support vectors": LinearSVC(),
    "network": MLPRegressor(max_iter=5, hidden_layer_sizes=(4,)),
}
# The others are served by scikit-learn.
EVALUATED = (
    "forest regressor", "extra trees", "boosting regressor", "hist boosting", "hist boosting of categories",
    "hist boosting regressor", "linear",
    "pipeline", "columns", "naive bayes", "voting", "network", "linear support vectors", "isolation forest",
)  # fmt: skip
CLOSE = EVALUATED[2:12]
FORMATS = {
    "protocol 2": ("model.pkl", lambda value, path: path.write_bytes(pickle.dumps(value, protocol=2))),
    "protocol 4": ("model.pkl", lambda value, path: path.write_bytes(pickle.dumps(value, protocol=4))),
    "protocol 5": ("model.pkl", lambda value, path: path.write_bytes(pickle.dumps(value, protocol=5))),
    "joblib": ("model.joblib", joblib.dump),
    "joblib zlib": ("model.joblib", lambda value, path: joblib.dump(value, path, compress=3)),
    "joblib gzip": ("model.joblib", lambda value, path: joblib.dump(value, path, compress=("gzip", 3))),
    "joblib xz": ("model.joblib", lambda value, path: joblib.dump(value, path, compress=("xz", 3))),
}


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("kind", ESTIMATORS)
def test_loads_and_answers_as_scikit_learn_does(tmp_path, iris_data, kind, format):
    x, y = iris_data
    estimator = ESTIMATORS[kind].fit(x, y)
    file_name, write = FORMATS[format]
    write(estimator, tmp_path / file_name)
    model = load_model(tmp_path)
    assert isinstance(model.estimator, Evaluator) == (kind in EVALUATED)
    predictions = model.predict(x.tolist())
    key = "predicted_class_index" if hasattr(estimator, "classes_") else "prediction"
    exact = kind not in CLOSE
    assert same([p[key] for p in predictions], estimator.predict(x), exact)
    if hasattr(estimator, "predict_proba"):
        expected = estimator.predict_proba(x)
        assert same([list(p["probabilities"].values()) for p in predictions], expected, exact)
        assert same([p["confidence"] for p in predictions], expected.max(axis=1), exact)
    else:
        assert "probabilities" not in predictions[0]


def same(found, expected: np.ndarray, exact: bool) -> bool:
    if exact or expected.dtype.kind != "f":
        return np.array_equal(found, expected)
    return np.allclose(found, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("dtype", [str, object])
def test_class_names_come_from_the_estimator(tmp_path, iris_data, dtype):
    x, y = iris_data
    names = np.array(["cat", "dog", "eel"]).astype(dtype)
    save(tmp_path, LogisticRegression(max_iter=1000).fit(x, names[y]))
    model = load_model(tmp_path)
    assert model.class_names == ("cat", "dog", "eel")
    assert model.feature_names == ("feature_0", "feature_1", "feature_2", "feature_3")
    assert model.predict(x[:1].tolist())[0]["predicted_class"] == "cat"


def test_feature_names_come_from_the_estimator(tmp_path, iris_data):
    estimator = LogisticRegression(max_iter=1000).fit(*iris_data)
    estimator.feature_names_in_ = np.array(["a", "b", "c", "d"], dtype=object)
    save(tmp_path, estimator)
    model = load_model(tmp_path)
    assert list(model.predict([[1, 2, 3, 4]])[0]["input_features"]) == ["a", "b", "c", "d"]


def test_model_json_goes_first(tmp_path, forest):
    sha256 = hashlib.sha256(save(tmp_path, forest)).hexdigest()
    names = {"classNames": ["x", "y", "z"], "featureNames": ["a", "b", "c", "d"], "sha256": sha256}
    (tmp_path / "model.json").write_text(json.dumps(names))
    model = load_model(tmp_path)
    assert (model.class_names, model.feature_names) == (("x", "y", "z"), ("a", "b", "c", "d"))


def test_features_of_model_json_name_the_columns(tmp_path, forest):
    save(tmp_path, forest)
    entries = [
        {"name": "a", "type": "number", "minimum": 4.3, "maximum": 7.9},
        {"name": "b", "type": "category", "categories": ["x", 1]},
        {"name": "c", "type": "boolean"},
        {"name": "d", "type": "integer"},
    ]
    (tmp_path / "model.json").write_text(json.dumps({"features": entries}))
    model = load_model(tmp_path)
    assert model.feature_names == ("a", "b", "c", "d")
    assert model.features[0] == Feature("a", "number", 4.3, 7.9)
    assert list(write_features(model.features)) == entries


@pytest.mark.parametrize(
    ("description", "message"),
    [
        ("{", "model.json is not valid JSON"),
        ("[]", "It must hold a JSON object"),
        ('{"class_names": ["a"], "x": 1}', "Unknown key 'class_names'. Did you mean 'classNames'? Unknown key 'x'."),
        ('{"classNames": ["a", "b"]}', "model.json names 2 classes, the model knows 3"),
        ('{"classNames": ["a", "b", "a"]}', "'classNames' holds a name twice"),
        ('{"featureNames": ["a"]}', "model.json names 1 features, the model was trained on 4"),
        ('{"featureNames": [1]}', "'featureNames' must be a list of non-empty strings"),
        ('{"features": [{"type": "number"}]}', "'features[0]' must be an object with a name"),
        ('{"features": [{"name": "a", "type": "date", "min": 1}]}', "unknown key 'min'. 'features[0]' has the type"),
        ('{"features": [{"name": "a", "minimum": 2, "maximum": 1}]}', "a minimum above its maximum"),
        ('{"features": [{"name": "a", "maximum": true}]}', "maximum that is no finite number"),
        ('{"features": [{"name": "a", "categories": [[]]}]}', "categories that are no list of numbers and texts"),
        ('{"features": [{"name": "a"}, {"name": "a"}]}', "'features' holds a name twice"),
        ('{"features": [{"name": "a"}], "featureNames": ["b"]}', "name different features"),
        ('{"features": [{"name": "a"}]}', "model.json names 1 features, the model was trained on 4"),
        ('{"sha256": "00"}', "model.pkl is not the file that model.json describes"),
        ('{"modelFile": "../model.pkl"}', "names the model file '../model.pkl'"),
        ('{"modelFile": "model.joblib"}', "names model.joblib, which the archive does not hold"),
    ],
)
def test_a_wrong_description_is_refused(tmp_path, forest, description, message):
    save(tmp_path, forest)
    (tmp_path / "model.json").write_text(description)
    with pytest.raises(ModelError) as caught:
        load_model(tmp_path)
    assert message in str(caught.value)


def test_an_archive_without_or_with_two_models_is_refused(tmp_path, forest):
    (tmp_path / "weights.bin").write_bytes(b"")
    with pytest.raises(ModelError, match=r"none of model.pkl, model.joblib, .* it holds \['weights.bin'\]"):
        load_model(tmp_path)
    save(tmp_path, forest)
    (tmp_path / "model.joblib").write_bytes(b"")
    with pytest.raises(ModelError, match="remove all but one, or name it"):
        load_model(tmp_path)
    (tmp_path / "model.json").write_text('{"modelFile": "model.pkl"}')
    assert load_model(tmp_path).class_names == ("0", "1", "2")


def test_an_unfitted_estimator_is_refused(tmp_path):
    save(tmp_path, LogisticRegression())
    with pytest.raises(ModelError, match="is it fitted"):
        load_model(tmp_path)


@pytest.mark.parametrize("cut", [10, 1000, -1])
@pytest.mark.parametrize("file_name", ["model.pkl", "model.joblib"])
def test_a_truncated_file_is_refused(tmp_path, forest, file_name, cut):
    path = tmp_path / file_name
    path.write_bytes(pickle.dumps(forest)) if file_name == "model.pkl" else joblib.dump(forest, path)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(ModelError, match=r"is damaged|in the middle of an array"):
        load_model(tmp_path)


def save(folder, estimator) -> bytes:
    content = pickle.dumps(estimator)
    (folder / "model.pkl").write_bytes(content)
    return content
