"""The pipelines that people save: columns by name, texts, categories, gaps, and what prepares numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from recording import DOUBLES
from scikit_learn_models import Models
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor, make_column_selector
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.ensemble import (
    ExtraTreesClassifier,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
)
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfVectorizer
from sklearn.feature_selection import SelectFromModel, SelectKBest, VarianceThreshold, f_classif
from sklearn.impute import KNNImputer, MissingIndicator, SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge, SGDClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import FeatureUnion, make_pipeline, make_union
from sklearn.preprocessing import (
    FunctionTransformer,
    KBinsDiscretizer,
    MaxAbsScaler,
    MinMaxScaler,
    Normalizer,
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    PowerTransformer,
    QuantileTransformer,
    RobustScaler,
    SplineTransformer,
    StandardScaler,
)

_TEXTS, _NUMBERS = ["city", "level"], ["amount", "age"]
_SEED = {"random_state": 1}
_ORDINAL = {"handle_unknown": "use_encoded_value", "unknown_value": -1}


def _columns(texts: Any, numbers: Any = "passthrough", **rest: Any) -> ColumnTransformer:
    return ColumnTransformer([("texts", texts, _TEXTS), ("numbers", numbers, _NUMBERS)], **rest)


def _filled(encoder: Any) -> Any:
    return make_pipeline(SimpleImputer(strategy="most_frequent"), encoder)


def _scaled() -> Any:
    return make_pipeline(SimpleImputer(strategy="median"), StandardScaler())


def of_texts(minor: int) -> Models:
    ignoring = OneHotEncoder(handle_unknown="ignore")
    forest = RandomForestClassifier(6, max_leaf_nodes=8, **_SEED)
    hist = {"max_iter": 5, "min_samples_leaf": 8, **_SEED}
    by_type = ColumnTransformer(
        [
            ("numbers", _scaled(), make_column_selector(dtype_include=np.number)),
            ("texts", _filled(ignoring), make_column_selector(dtype_exclude=[np.number, bool])),
        ],
        remainder="passthrough",
    )
    infrequent = OneHotEncoder(min_frequency=35, handle_unknown="infrequent_if_exist")
    grid = {"logisticregression__C": [0.1, 1]}
    found: Models = {
        "one-hot": (
            "texts",
            "texts_of_two",
            make_pipeline(_columns(_filled(ignoring), _scaled()), LogisticRegression()),
        ),
        "one-hot of gaps": ("texts", "three", make_pipeline(_columns(ignoring, _scaled()), LogisticRegression())),
        "one-hot, infrequent": (
            "texts",
            "two",
            make_pipeline(_columns(_filled(infrequent), _scaled()), LogisticRegression()),
        ),
        "one-hot, dropped": (
            "texts",
            "two",
            make_pipeline(_columns(_filled(OneHotEncoder(drop="first")), _scaled()), LogisticRegression()),
        ),
        "one-hot, sparse": ("texts without gaps", "texts_of_three", make_pipeline(_columns(ignoring), forest)),
        "ordinal": (
            "texts",
            "two",
            make_pipeline(_columns(OrdinalEncoder(**_ORDINAL)), HistGradientBoostingClassifier(**hist)),
        ),
        "ordinal of gaps": (
            "texts",
            "number",
            make_pipeline(
                _columns(OrdinalEncoder(encoded_missing_value=-2, **_ORDINAL)), HistGradientBoostingRegressor(**hist)
            ),
        ),
        "selected by type": ("texts", "texts_of_two", make_pipeline(by_type, LogisticRegression())),
        "remainder": (
            "texts",
            "two",
            make_pipeline(
                ColumnTransformer(
                    [("city", _filled(ignoring), ["city"]), ("level", "drop", ["level"])], remainder=SimpleImputer()
                ),
                forest,
            ),
        ),
        "by place": (
            "texts without gaps",
            "two",
            make_pipeline(
                ColumnTransformer([("texts", ignoring, [1, 3])], remainder="passthrough", sparse_threshold=0), forest
            ),
        ),
        "searched": (
            "texts",
            "two",
            GridSearchCV(make_pipeline(_columns(_filled(ignoring), _scaled()), LogisticRegression()), grid, cv=3),
        ),
        "constant filled": (
            "texts",
            "texts_of_three",
            make_pipeline(
                _columns(
                    make_pipeline(SimpleImputer(strategy="constant", fill_value="unknown"), ignoring),
                    SimpleImputer(add_indicator=True),
                ),
                forest,
            ),
        ),
        "transformed target": (
            "texts",
            "positive",
            TransformedTargetRegressor(
                make_pipeline(_columns(_filled(ignoring), _scaled()), Ridge()), func=np.log1p, inverse_func=np.expm1
            ),
        ),
        "set output": (
            "texts",
            "two",
            make_pipeline(
                _columns(_filled(OneHotEncoder(handle_unknown="ignore", sparse_output=False)), _scaled()).set_output(
                    transform="pandas"
                ),
                LogisticRegression(),
            ).set_output(transform="pandas"),
        ),
        "logarithm of a column": (
            "texts",
            "two",
            make_pipeline(
                ColumnTransformer(
                    [("log", make_pipeline(SimpleImputer(), FunctionTransformer(np.log1p)), ["amount"])],
                    remainder="drop",
                ),
                LogisticRegression(),
            ),
        ),
    }
    if minor >= 3:
        from sklearn.preprocessing import TargetEncoder

        target = TargetEncoder(cv=3, **_SEED)
        found["target encoder"] = ("texts", "two", make_pipeline(_columns(target, _scaled()), LogisticRegression()))
        found["target encoder of numbers"] = ("texts", "number", make_pipeline(_columns(target, _scaled()), Ridge()))
    if minor >= 4:
        found["target encoder of three"] = (
            "texts",
            "texts_of_three",
            make_pipeline(_columns(TargetEncoder(cv=3, **_SEED), _scaled()), LogisticRegression()),
        )
        found["histogram boosting of texts"] = (
            "ordered categories",
            "two",
            HistGradientBoostingClassifier(categorical_features="from_dtype", **hist),
        )
    return {name: (*model, DOUBLES) for name, model in found.items()}


def of_numbers(minor: int) -> Models:
    logistic = LogisticRegression(max_iter=300)
    subsample = {"quantile_method": "averaged_inverted_cdf"} if minor >= 7 else {}
    found: Models = {
        "robust scaler": ("array", "three", make_pipeline(RobustScaler(), logistic)),
        "minimum and maximum": ("names", "two", make_pipeline(MinMaxScaler(clip=True), logistic)),
        "maximum": ("array", "number", make_pipeline(MaxAbsScaler(), Ridge())),
        "normalizer": ("array", "three", make_pipeline(Normalizer(), logistic)),
        "polynomial": ("array", "number", make_pipeline(StandardScaler(), PolynomialFeatures(2), Ridge())),
        "bins": ("array", "three", make_pipeline(KBinsDiscretizer(4, **subsample), logistic)),
        "bins, ordinal": (
            "array",
            "number",
            make_pipeline(KBinsDiscretizer(4, encode="ordinal", strategy="uniform"), Ridge()),
        ),
        "power": ("array", "two", make_pipeline(PowerTransformer(), logistic)),
        "quantiles": ("array", "two", make_pipeline(QuantileTransformer(n_quantiles=50, **_SEED), logistic)),
        "quantiles, normal": (
            "array",
            "number",
            make_pipeline(QuantileTransformer(n_quantiles=50, output_distribution="normal", **_SEED), Ridge()),
        ),
        "splines": ("array", "number", make_pipeline(SplineTransformer(4), Ridge())),
        "chosen columns": ("names", "three", make_pipeline(SelectKBest(f_classif, k=2), logistic)),
        "columns chosen by a model": (
            "array",
            "two",
            make_pipeline(SelectFromModel(ExtraTreesClassifier(5, max_leaf_nodes=6, **_SEED)), logistic),
        ),
        "columns that vary": ("array", "two", make_pipeline(VarianceThreshold(0.5), logistic)),
        "components": ("array", "three", make_pipeline(StandardScaler(), PCA(2), logistic)),
        "whitened components": ("names", "number", make_pipeline(StandardScaler(), PCA(2, whiten=True), Ridge())),
        "singular values": ("array", "number", make_pipeline(TruncatedSVD(2, **_SEED), Ridge())),
        "union": ("array", "three", make_pipeline(make_union(StandardScaler(), PCA(2)), logistic)),
        "median": ("gaps", "three", make_pipeline(SimpleImputer(strategy="median"), logistic)),
        "mean and indicator": ("names and gaps", "two", make_pipeline(SimpleImputer(add_indicator=True), logistic)),
        "nearest rows": ("gaps", "two", make_pipeline(KNNImputer(), logistic)),
        "gaps as columns": (
            "gaps",
            "number",
            make_pipeline(
                FeatureUnion([("filled", SimpleImputer()), ("gaps", MissingIndicator(features="all"))]), Ridge()
            ),
        ),
        "logarithm": ("counts", "number", make_pipeline(FunctionTransformer(np.log1p), Ridge())),
        "logarithm of the target": (
            "array",
            "positive",
            TransformedTargetRegressor(Ridge(), func=np.log, inverse_func=np.exp),
        ),
        "scaled target": ("array", "number", TransformedTargetRegressor(Ridge(), transformer=StandardScaler())),
        "codes, one-hot": ("codes", "three", make_pipeline(OneHotEncoder(handle_unknown="ignore"), logistic)),
        "searched forest": (
            "array",
            "three",
            GridSearchCV(RandomForestClassifier(4, **_SEED), {"max_leaf_nodes": [4, 6]}, cv=3),
        ),
    }
    return {name: (*model, DOUBLES) for name, model in found.items()}


def of_documents(_: int) -> Models:
    found: Models = {
        "words": ("documents", "texts_of_two", make_pipeline(CountVectorizer(), MultinomialNB())),
        "weighted words": (
            "documents",
            "texts_of_three",
            make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression()),
        ),
        "hashed words": ("documents", "two", make_pipeline(HashingVectorizer(n_features=64), SGDClassifier(**_SEED))),
        "words of a column": (
            "a column of documents",
            "two",
            make_pipeline(
                ColumnTransformer([("words", TfidfVectorizer(), "text")], remainder="passthrough"), LogisticRegression()
            ),
        ),
    }
    return {name: (*model, DOUBLES) for name, model in found.items()}


def pipelines(minor: int) -> Models:
    """Return every kind of this file, for scikit-learn 1.``minor``."""
    return {**of_texts(minor), **of_numbers(minor), **of_documents(minor)}
