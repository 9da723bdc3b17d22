"""Small files of every format that the server reads: where fuzzing starts from."""

from __future__ import annotations

import io
import json
import pickle
from collections.abc import Iterator, Sequence
from pathlib import Path

import joblib
import mixed_models
import skl2onnx
import skops.io
from sklearn.datasets import load_iris
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier

from inference_server.model_files.read_ubjson import read_ubjson

REFERENCE = Path(__file__).parent / "shap-reference"


def model_files(names: Sequence[str]) -> Iterator[bytes]:
    """Yield files, each followed by a byte that chooses its name from ``names``."""
    x, y = load_iris(return_X_y=True)
    estimators = [
        DecisionTreeClassifier(max_depth=2, random_state=0),
        RandomForestClassifier(2, max_depth=2, random_state=0),
        GradientBoostingClassifier(n_estimators=1, max_depth=1, random_state=0),
        HistGradientBoostingRegressor(max_iter=1, max_leaf_nodes=3),
        make_pipeline(SimpleImputer(), StandardScaler(), LogisticRegression()),
        make_pipeline(OneHotEncoder(handle_unknown="ignore"), LogisticRegression()),
        GaussianNB(),
    ]
    pickled, stored = bytes([names.index("model.pkl")]), bytes([names.index("model.joblib")])
    for index, estimator in enumerate(estimators):
        estimator.fit(x, y)
        yield pickle.dumps(estimator, protocol=2 + index % 4) + pickled
        for compress in (0, ("zlib", 3), ("gzip", 3), ("bz2", 3), ("xz", 3), ("lzma", 3))[:: 1 if index < 2 else 5]:
            file = io.BytesIO()
            joblib.dump(estimator, file, compress=compress)
            yield file.getvalue() + stored
    # Trained on a DataFrame: columns by name, texts and gaps.
    for index, (name, pipeline) in enumerate(mixed_models.mixed_models(trees=1).items()):
        yield pickle.dumps(mixed_models.fit(pipeline), protocol=2 + index % 4) + pickled
        if name == "fraud":
            yield skops.io.dumps(pipeline) + bytes([names.index("model.skops")])
    for file, name in (("iris.ubj", "model.ubj"), ("iris.lgb.txt", "model.lgb.txt")):
        yield (REFERENCE / file).read_bytes() + bytes([names.index(name)])
    # XGBoost's JSON, which is the same in text.
    text = json.dumps(read_ubjson((REFERENCE / "iris.ubj").read_bytes()), default=lambda value: value.tolist())
    yield text.encode() + bytes([names.index("model.xgb.json")])
    for estimator in estimators:
        yield skops.io.dumps(estimator) + bytes([names.index("model.skops")])
    for estimator in (estimators[1], estimators[4]):
        onnx = skl2onnx.to_onnx(estimator, x[:1], options={"zipmap": False})
        yield onnx.SerializeToString() + bytes([names.index("model.onnx")])
