"""Pipelines trained on a DataFrame of texts, numbers and gaps, and tables to ask them with."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.base import is_regressor
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler
from sklearn.svm import SVC

NAMES = ["amount", "city", "age", "channel", "is_new", "customer", "level"]
NUMBERS, TEXTS = ["amount", "age"], ["city", "channel"]
LEVELS = ["low", "mid", "high"]


def draw(count: int, seed: int, unseen: bool = False) -> list[list]:
    """Return rows of texts, numbers, booleans and None; ``unseen``: with categories that training does not see."""
    random = np.random.default_rng(seed)
    cities = ["lima", "oslo", "rome", "são paulo"] + (["paris", "", "nan"] if unseen else [])
    rows = []
    for index in range(count):
        row = [
            round(float(random.lognormal(3, 1)), 2),
            str(random.choice(cities)),
            int(random.integers(18, 90)),
            str(random.choice(["web", "shop", "phone, old"])),
            bool(random.integers(2)),
            f"customer {index}",
            str(random.choice(LEVELS)),
        ]
        for place in (0, 1, 2, 3):
            if random.random() < 0.15:
                row[place] = None
        rows.append(row)
    return rows


def as_frame(rows: list[list]) -> pd.DataFrame:
    """Return the DataFrame that a person has: NaN where something is missing."""
    frame = pd.DataFrame(rows, columns=NAMES)
    for name in ("city", "channel", "customer", "level"):
        frame[name] = frame[name].astype(object).where(frame[name].notna(), np.nan)
    for name in NUMBERS:
        frame[name] = frame[name].astype(float)
    return frame


def _columns(texts: object, numbers: object, **rest) -> ColumnTransformer:
    return ColumnTransformer([("texts", texts, TEXTS), ("numbers", numbers, NUMBERS)], **rest)


def _imputed(encoder: object) -> object:
    return make_pipeline(SimpleImputer(strategy="constant", fill_value="unknown"), encoder)


ORDINAL = {"handle_unknown": "use_encoded_value", "unknown_value": -1}


def mixed_models(trees: int = 20) -> dict[str, object]:
    """Return unfitted pipelines, boosting with so many trees; ``fit`` trains them."""
    scaled = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    ignoring = OneHotEncoder(handle_unknown="ignore")
    most = make_pipeline(SimpleImputer(strategy="most_frequent"), ignoring)
    return {
        "fraud": make_pipeline(_columns(_imputed(ignoring), scaled), HistGradientBoostingClassifier(max_iter=trees)),
        "logistic": make_pipeline(_columns(most, scaled), LogisticRegression()),
        "missing as a category": make_pipeline(_columns(ignoring, scaled), LogisticRegression()),
        "ordinal": make_pipeline(
            _columns(OrdinalEncoder(**ORDINAL), "passthrough"), HistGradientBoostingRegressor(max_iter=trees)
        ),
        "levels": make_pipeline(
            ColumnTransformer(
                [("levels", OrdinalEncoder(categories=[LEVELS]), ["level"]), ("new", "passthrough", ["is_new"])]
            ),
            RandomForestClassifier(9, random_state=0),
        ),
        "infrequent": make_pipeline(
            _columns(_imputed(OneHotEncoder(max_categories=3, handle_unknown="infrequent_if_exist")), scaled),
            LogisticRegression(),
        ),
        "dropped first": make_pipeline(_columns(_imputed(OneHotEncoder(drop="first")), scaled), LogisticRegression()),
        "indicated": make_pipeline(
            _columns(
                make_pipeline(SimpleImputer(strategy="most_frequent", add_indicator=False), OrdinalEncoder(**ORDINAL)),
                SimpleImputer(add_indicator=True),
            ),
            RandomForestClassifier(9, random_state=0),
        ),
        "selected by type": make_pipeline(
            ColumnTransformer(
                [
                    ("texts", _imputed(ignoring), make_column_selector(pattern="city|channel")),
                    ("numbers", scaled, pd.DataFrame(columns=NUMBERS).columns),
                ]
            ),
            LogisticRegression(),
        ),
    }


def served_by_scikit_learn() -> dict[str, object]:
    """Return unfitted pipelines that the server does not evaluate itself."""
    scaled = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    return {"support vectors": make_pipeline(_columns(_imputed(OneHotEncoder()), scaled), SVC())}


def fit(model: object, classes: int = 2) -> object:
    """Train it on drawn rows, on numbers or on so many classes."""
    rows = draw(400, seed=0)
    frame = as_frame(rows)
    risk = frame["amount"].fillna(30) / 20 + (frame["city"] == "oslo") * 3 + frame["age"].fillna(40) / 30
    answers = (risk > risk.median()).map({True: "fraud", False: "fine"})
    if classes > 2:
        answers = pd.qcut(risk, classes, labels=[f"class {index}" for index in range(classes)]).astype(object)
    return model.fit(frame, risk if is_regressor(model) else answers)
