"""Pipelines of every step that the server evaluates, trained on mixed rows; for every scikit-learn from 1.2 on.

``python step_models.py FOLDER`` trains and asks them, with pandas on the path.
"""

from __future__ import annotations

import json
import pickle
import sys
import warnings
from pathlib import Path

import numpy as np
import sklearn
from mixed_models import NAMES, NUMBERS, ORDINAL, TEXTS, as_frame, draw
from mixed_models import fit as fit_mixed
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.decomposition import PCA, IncrementalPCA, TruncatedSVD
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor, RandomForestClassifier
from sklearn.feature_selection import (
    RFE,
    RFECV,
    GenericUnivariateSelect,
    SelectFdr,
    SelectFpr,
    SelectFwe,
    SelectKBest,
    SelectPercentile,
    SequentialFeatureSelector,
)
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    KBinsDiscretizer,
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    PowerTransformer,
    QuantileTransformer,
    StandardScaler,
)

MINOR = int(sklearn.__version__.split(".")[1])


def _forest() -> object:
    return RandomForestClassifier(9, random_state=0)


def _texts() -> object:
    return make_pipeline(
        SimpleImputer(strategy="constant", fill_value="unknown"), OneHotEncoder(handle_unknown="ignore")
    )


def _columns(numbers: object, **rest: object) -> ColumnTransformer:
    return ColumnTransformer([("texts", _texts(), TEXTS), ("numbers", numbers, NUMBERS)], **rest)


def _imputed(*steps: object) -> object:
    return make_pipeline(SimpleImputer(strategy="median"), *steps)


def step_models() -> dict[str, object]:
    """Return unfitted pipelines; ``fit`` trains them."""
    return _functions() | _side_by_side() | _encoders() | _numbers() | _selections()


def _functions() -> dict[str, object]:
    log = FunctionTransformer(np.log1p, validate=True)
    root = make_pipeline(FunctionTransformer(np.sqrt), StandardScaler())
    named = FunctionTransformer(np.abs, feature_names_out="one-to-one")
    return {
        "logarithms": make_pipeline(_columns(_imputed(log, StandardScaler())), LogisticRegression()),
        "roots of gaps": make_pipeline(_columns(root), HistGradientBoostingClassifier(max_iter=9)),
        "names behind a function": make_pipeline(_columns(_imputed(named)).set_output(transform="default"), _forest()),
        "function first": make_pipeline(
            ColumnTransformer([("numbers", _imputed(), NUMBERS)]), FunctionTransformer(np.cbrt), _forest()
        ),
    }


def _side_by_side() -> dict[str, object]:
    scaled = _imputed(StandardScaler())
    return {
        "weights": make_pipeline(_columns(scaled, transformer_weights={"numbers": 0.3, "texts": 2}), Ridge()),
        "dense": make_pipeline(_columns(scaled, sparse_threshold=0.0), LogisticRegression()),
        "remainder": make_pipeline(
            ColumnTransformer(
                [("texts", _texts(), TEXTS), ("dropped", "drop", ["customer", "level"])], remainder=scaled
            ),
            LogisticRegression(),
        ),
        "remainder passes": make_pipeline(
            ColumnTransformer(
                [("texts", _texts(), TEXTS), ("dropped", "drop", ["customer", "level"])],
                remainder="passthrough",
                verbose_feature_names_out=False,
                transformer_weights={"remainder": 0.5},
            ),
            HistGradientBoostingRegressor(max_iter=9),
        ),
        "places": make_pipeline(
            ColumnTransformer([("texts", _texts(), [1, 3]), ("numbers", scaled, slice(0, 3, 2))], remainder="drop"),
            LogisticRegression(),
        ),
        "mask and selector": make_pipeline(
            ColumnTransformer(
                [
                    ("texts", _texts(), [name in TEXTS for name in NAMES]),
                    ("numbers", scaled, make_column_selector(dtype_include=np.number)),
                ]
            ),
            LogisticRegression(),
        ),
        "frames inside": make_pipeline(
            ColumnTransformer(
                [
                    ("filled", SimpleImputer(strategy="most_frequent"), TEXTS),
                    ("numbers", _imputed(), NUMBERS),
                ],
                verbose_feature_names_out=False,
            ).set_output(transform="pandas"),
            ColumnTransformer(
                [("hot", OneHotEncoder(handle_unknown="ignore"), TEXTS[::-1]), ("scaled", StandardScaler(), ["age"])],
                remainder="passthrough",
            ),
            LogisticRegression(),
        ),
        "nested": make_pipeline(
            ColumnTransformer(
                [
                    (
                        "both",
                        ColumnTransformer([("t", _texts(), TEXTS), ("n", scaled, ["age"])]),
                        ["age", "channel", "city"],
                    ),
                    ("rest", _imputed(MinMaxScaler()), ["amount"]),
                ]
            ),
            _forest(),
        ),
        "union": make_pipeline(
            FeatureUnion(
                [
                    ("numbers", ColumnTransformer([("n", _imputed(), NUMBERS)])),
                    ("none", "drop"),
                    ("texts", ColumnTransformer([("t", _texts(), TEXTS)])),
                ],
                transformer_weights={"numbers": 0.1},
            ),
            LogisticRegression(),
        ),
        "union within": make_pipeline(
            _columns(
                _imputed(
                    FeatureUnion(
                        [
                            ("same", "passthrough"),
                            ("both", FeatureUnion([("s", StandardScaler()), ("l", FunctionTransformer(np.log1p))])),
                        ]
                    )
                )
            ),
            _forest(),
        ),
        "ordinals and remainder": make_pipeline(
            ColumnTransformer(
                [("o", OrdinalEncoder(**ORDINAL), make_column_selector(dtype_exclude=[np.number, "bool"]))],
                remainder="passthrough",
            ),
            HistGradientBoostingClassifier(max_iter=9),
        ),
    }


def _encoders() -> dict[str, object]:
    numbers = _imputed(StandardScaler())

    def encoded(encoder: object, places: list[str] = TEXTS) -> ColumnTransformer:
        return ColumnTransformer([("encoded", encoder, places), ("numbers", numbers, NUMBERS)], sparse_threshold=0)

    hot = {
        "ignored": {"handle_unknown": "ignore"},
        "ignored, first dropped": {"handle_unknown": "ignore", "drop": "first"},
        "ignored, binary dropped": {"handle_unknown": "ignore", "drop": "if_binary"},
        "named dropped": {"drop": ["oslo", "web"]},
        "infrequent": {"handle_unknown": "infrequent_if_exist", "min_frequency": 0.25},
        "infrequent, dropped": {"handle_unknown": "infrequent_if_exist", "max_categories": 2, "drop": "first"},
        "infrequent, unknown as nothing": {"handle_unknown": "ignore", "max_categories": 3},
        "infrequent and strict": {"min_frequency": 90},
        "as integers": {"handle_unknown": "ignore", "dtype": np.int8, "sparse_output": False},
    }
    if MINOR >= 6:
        hot["warned"] = {"handle_unknown": "warn", "min_frequency": 0.25}
    ordinal = {
        "unknown is NaN": {"handle_unknown": "use_encoded_value", "unknown_value": np.nan},
        "missing is a number": ORDINAL | {"encoded_missing_value": -2},
        "as integers": {
            "handle_unknown": "use_encoded_value",
            "unknown_value": 99,
            "encoded_missing_value": 98,
            "dtype": int,
        },
    }
    if MINOR >= 3:
        ordinal["infrequent"] = ORDINAL | {"max_categories": 3}
        ordinal["infrequent and strict"] = {"min_frequency": 60}
    everything = [*TEXTS, "level", "is_new"]
    models = {f"one hot {name}": make_pipeline(encoded(OneHotEncoder(**one)), Ridge()) for name, one in hot.items()}
    models |= {
        f"ordinal {name}": make_pipeline(
            encoded(OrdinalEncoder(**one), everything), HistGradientBoostingClassifier(max_iter=9)
        )
        for name, one in ordinal.items()
    }
    models["one hot of numbers"] = make_pipeline(
        encoded(OneHotEncoder(handle_unknown="ignore", min_frequency=3), ["age", "is_new", "city"]), Ridge()
    )
    if MINOR >= 3:
        from sklearn.preprocessing import TargetEncoder

        models["target of numbers"] = make_pipeline(encoded(TargetEncoder(), everything), Ridge())
        models["target of two"] = make_pipeline(encoded(TargetEncoder(smooth=3.0), [*everything, "age"]), _forest())
    if MINOR >= 4:
        models["target of many"] = make_pipeline(encoded(TargetEncoder(), everything), LogisticRegression(C=2.0))
    return models


def _numbers() -> dict[str, object]:
    def behind(numbers: object, final: object, imputed: bool = True) -> object:
        return make_pipeline(_columns(_imputed(numbers) if imputed else numbers, sparse_threshold=0), final)

    models = {
        f"bins {encode}": behind(KBinsDiscretizer(4, encode=encode, strategy=strategy), Ridge())
        for encode, strategy in (("onehot", "quantile"), ("onehot-dense", "uniform"), ("ordinal", "kmeans"))
    }
    return models | {
        "powers": behind(PowerTransformer(), LogisticRegression()),
        "powers of gaps": behind(PowerTransformer(standardize=False), HistGradientBoostingRegressor(max_iter=9), False),
        "box and cox": behind(PowerTransformer(method="box-cox"), Ridge()),
        "quantiles": behind(QuantileTransformer(n_quantiles=50), Ridge()),
        "normal quantiles": behind(QuantileTransformer(n_quantiles=90, output_distribution="normal"), Ridge()),
        "quantiles of gaps": behind(
            QuantileTransformer(n_quantiles=9), HistGradientBoostingClassifier(max_iter=9), False
        ),
        "indicated gaps": make_pipeline(
            _columns(
                FeatureUnion([("n", _imputed(StandardScaler())), ("gaps", MissingIndicator())]), sparse_threshold=0
            ),
            LogisticRegression(),
        ),
        "components": behind(PCA(2), LogisticRegression()),
        "whitened": make_pipeline(_columns(_imputed(), sparse_threshold=0), PCA(5, whiten=True), Ridge()),
        "singular": make_pipeline(_columns(_imputed()), TruncatedSVD(4, random_state=0), LogisticRegression()),
        "incremental": make_pipeline(_columns(_imputed(), sparse_threshold=0), IncrementalPCA(3), Ridge()),
    }


def _selections() -> dict[str, object]:
    wide = make_pipeline(_columns(_imputed(StandardScaler(), PolynomialFeatures(3)), sparse_threshold=0))
    inner = LogisticRegression()
    selectors = {
        "best": SelectKBest(k=5),
        "all": SelectKBest(k="all"),
        "share": SelectPercentile(percentile=40),
        "false positives": SelectFpr(alpha=0.1),
        "false discoveries": SelectFdr(alpha=0.2),
        "errors": SelectFwe(alpha=0.2),
        "of a mode": GenericUnivariateSelect(mode="k_best", param=4),
        "share of a mode": GenericUnivariateSelect(mode="percentile", param=60),
        "eliminated": RFE(inner, n_features_to_select=4),
        "eliminated in folds": RFECV(inner, cv=3),
        "in sequence": SequentialFeatureSelector(inner, n_features_to_select=3, cv=2),
        "eliminated by a forest": RFE(RandomForestClassifier(3, random_state=0), n_features_to_select=3),
    }
    return {f"selected, {name}": make_pipeline(wide, one, LogisticRegression()) for name, one in selectors.items()}


def fit(model: object) -> object:
    """Train it on drawn rows."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return fit_mixed(model, classes=4 if getattr(model[-1], "C", 1.0) == 2.0 else 2)


def rows_for(name: str, count: int, seed: int) -> list[list]:
    """Return rows to ask it, with categories that training did not see where it takes them."""
    return draw(count, seed, unseen=name not in STRICT)


STRICT = {"one hot named dropped", "one hot infrequent and strict", "ordinal infrequent and strict"}


def write(output: Path, models: dict[str, tuple]) -> None:
    """Train each model with the functions beside it, and write its file, rows to ask it, and its answers."""
    for index, (name, (model, train, rows_of, asked)) in enumerate(models.items()):
        folder = output / str(index)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "name").write_text(name)
        train(model)
        (folder / "model.pkl").write_bytes(pickle.dumps(model, protocol=2 + index % 4))
        rows = rows_of(model, 2000, 1)
        (folder / "rows.json").write_text(json.dumps(rows))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            table = asked(model, rows)
            answers = {"predicted": model.predict(table).tolist()}
            if hasattr(model, "predict_proba"):
                answers["probabilities"] = model.predict_proba(table).tolist()
        (folder / "answers.json").write_text(json.dumps(answers))


def every() -> dict[str, tuple]:
    """Return each model with what ``write`` wants beside it."""
    return {
        name: (model, fit, lambda _, count, seed, of=name: rows_for(of, count, seed), lambda _, rows: as_frame(rows))
        for name, model in step_models().items()
    }


if __name__ == "__main__":
    write(Path(sys.argv[1]), every())
