"""A pipeline as people have them for card fraud, and drawn payments to train it on and to ask it with.

Four columns of texts and four of numbers, some of them empty; imputers, one-hot encoder, scaler, histogram boosting.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

# As in protocols.ts.
TEXTS = {
    "merchant": ["groceries", "fuel", "travel", "electronics", "games", "pharmacy", "fashion", "cash"],
    "country": ["BR", "CH", "DE", "FR", "GB", "JP", "NO", "PE", "US"],
    "channel": ["web", "app", "terminal"],
    "card": ["debit", "credit", "prepaid"],
}
NUMBERS = ["amount", "hour", "account_days", "distance_km"]
CLASSES = ["genuine", "fraud"]
GAPS = {"country": 0.1, "account_days": 0.15, "distance_km": 0.3}


def pipeline(seed: int) -> Pipeline:
    """Return it before training."""
    texts = make_pipeline(
        SimpleImputer(strategy="constant", fill_value="unknown"),
        OneHotEncoder(handle_unknown="ignore", sparse_output=False),
    )
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    columns = ColumnTransformer([("texts", texts, list(TEXTS)), ("numbers", numbers, NUMBERS)])
    return make_pipeline(columns, HistGradientBoostingClassifier(random_state=seed))


def draw(count: int, seed: int) -> list[dict]:
    """Return payments by column name, with None where something is missing."""
    random = np.random.default_rng(seed)
    rows = []
    for _ in range(count):
        row: dict = {
            "amount": round(float(random.lognormal(3.5, 1.2)), 2),
            **{name: str(random.choice(values)) for name, values in TEXTS.items()},
            "hour": int(random.integers(24)),
            "account_days": int(random.integers(1, 4000)),
            "distance_km": round(float(random.exponential(80)), 1),
        }
        rows.append({name: None if random.random() < GAPS.get(name, 0) else value for name, value in row.items()})
    return rows


def as_frame(rows: list[dict]) -> pd.DataFrame:
    """Return what a person would train on: NaN where something is missing."""
    frame = pd.DataFrame(rows)
    return frame.astype({**dict.fromkeys(NUMBERS, float), **dict.fromkeys(TEXTS, "str")})


def is_fraud(frame: pd.DataFrame, seed: int) -> np.ndarray:
    """Tell of each payment, with some chance in it."""
    risk = (
        np.log(frame["amount"])
        + (frame["hour"] < 6) * 1.5
        + frame["merchant"].isin(["electronics", "games", "cash"]) * 1.0
        + (frame["card"] == "prepaid") * 1.2
        + frame["distance_km"].fillna(150) / 120
        - frame["account_days"].fillna(500) / 1500
    )
    return (risk + np.random.default_rng(seed).normal(0, 0.7, len(frame)) > 5.5).to_numpy().astype(int)
