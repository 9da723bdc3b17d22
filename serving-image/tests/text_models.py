"""Pipelines that read texts, and texts to ask them with; for every scikit-learn from 1.2 on.

``python text_models.py FOLDER`` trains and asks them, as ``step_models`` has it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import TruncatedSVD
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfTransformer, TfidfVectorizer
from sklearn.feature_selection import SelectKBest, chi2
from sklearn.linear_model import LogisticRegression, Ridge, SGDClassifier
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import MaxAbsScaler, OneHotEncoder, StandardScaler
from sklearn.svm import LinearSVC

TEXT = (
    "Refund late parcel broken Screen not arrived thanks great love the and is was CAFÉ naïve déjà 2nd 100% can't "
    "e-mail a I x ﬁne straße İstanbul 日本語 snake_case don`t wow!! price-quality"
)
WORDS = TEXT.split()
NAMES = ["text", "amount", "city"]


def draw(count: int, seed: int) -> list[list]:
    """Return rows of a text, a number and a category; some texts are empty or have words that training does not see."""
    random = np.random.default_rng(seed)
    rows = []
    for _ in range(count):
        words = random.choice([*WORDS, f"word{random.integers(9)}"], random.integers(0, 14))
        text = str(random.choice([" ", "  ", ", "])).join(words)
        rows.append([text, round(float(random.lognormal(2, 1)), 2), str(random.choice(["oslo", "lima"]))])
    return rows


def as_frame(rows: list[list]) -> pd.DataFrame:
    """Return the DataFrame that a person has."""
    return pd.DataFrame(rows, columns=NAMES)


def evaluated_text_models() -> dict[str, object]:
    """Return unfitted pipelines: of the texts alone, or (ColumnTransformer first) of all columns."""

    def columns(*vectorizers: object) -> ColumnTransformer:
        texts = [(f"text{index}", one, "text") for index, one in enumerate(vectorizers)]
        rest = [("numbers", StandardScaler(), ["amount"]), ("city", OneHotEncoder(), ["city"])]
        return ColumnTransformer([*texts, *rest])

    short = {"max_iter": 300}
    words = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), min_df=2)
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), max_features=300)
    return {
        "words": make_pipeline(TfidfVectorizer(), LogisticRegression(**short)),
        "counts": make_pipeline(CountVectorizer(ngram_range=(1, 3), lowercase=False), LogisticRegression(**short)),
        "counts then weights": make_pipeline(
            CountVectorizer(binary=True, stop_words=["the", "and"]), TfidfTransformer(norm="l1"), LogisticRegression()
        ),
        "letters": make_pipeline(
            CountVectorizer(analyzer="char", ngram_range=(1, 3)), Ridge(solver="lsqr", fit_intercept=False)
        ),
        "other tokens": make_pipeline(
            TfidfVectorizer(token_pattern=r"(?u)\b\w+\b", strip_accents="unicode", use_idf=False),
            SGDClassifier("log_loss"),
        ),
        "ascii without norm": make_pipeline(TfidfVectorizer(strip_accents="ascii", norm=None), LinearSVC()),
        "words and letters": make_pipeline(
            FeatureUnion([("w", words), ("l", letters)], transformer_weights={"l": 0.5}), LogisticRegression(**short)
        ),
        "forest": make_pipeline(TfidfVectorizer(max_features=40), RandomForestClassifier(9, random_state=0)),
        "with columns": make_pipeline(columns(words, letters), LogisticRegression(**short)),
        "with columns and steps": make_pipeline(
            columns(make_pipeline(CountVectorizer(), MaxAbsScaler())), RandomForestClassifier(9, random_state=0)
        ),
        "by its place": make_pipeline(
            ColumnTransformer([("text", TfidfVectorizer(), 0), ("n", "passthrough", [1])]), LogisticRegression(**short)
        ),
    }


def served_text_models() -> dict[str, object]:
    """Return unfitted pipelines that scikit-learn serves."""
    return {
        "english": make_pipeline(TfidfVectorizer(stop_words="english"), LogisticRegression()),
        "hashed": make_pipeline(HashingVectorizer(n_features=256), LogisticRegression()),
        "bayes": make_pipeline(CountVectorizer(), MultinomialNB()),
        "chosen": make_pipeline(TfidfVectorizer(), SelectKBest(chi2, k=9), LogisticRegression()),
        "components": make_pipeline(TfidfVectorizer(dtype=np.float32), TruncatedSVD(5), LogisticRegression()),
        "hashed column": make_pipeline(
            ColumnTransformer([("t", HashingVectorizer(n_features=64), "text"), ("n", StandardScaler(), ["amount"])]),
            LogisticRegression(),
        ),
    }


def reads_columns(model: object) -> bool:
    """Tell whether it was given the whole frame."""
    return isinstance(model[0], ColumnTransformer)


def fit(model: object) -> object:
    """Train it on drawn rows."""
    frame = as_frame(draw(300, seed=0))
    risk = frame["text"].str.count("e") + frame["text"].str.len() / 40 + frame["amount"] / 50
    answers = risk if isinstance(model[-1], Ridge) else (risk > risk.median()).map({True: "angry", False: "fine"})
    return model.fit(frame if reads_columns(model) else frame["text"], answers)


def rows_for(model: object, count: int, seed: int) -> list[list]:
    """Return rows to ask it."""
    rows = draw(count, seed)
    return rows if reads_columns(model) else [row[:1] for row in rows]


def asked(model: object, rows: list[list]) -> object:
    """Return the rows as its scikit-learn takes them."""
    return as_frame(rows) if reads_columns(model) else [row[0] for row in rows]


if __name__ == "__main__":
    from step_models import write

    models = evaluated_text_models() | served_text_models()
    write(Path(sys.argv[1]), {name: (model, fit, rows_for, asked) for name, model in models.items()})
