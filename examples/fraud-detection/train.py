"""Trains a detector of fraud, a Pipeline over a DataFrame of texts, numbers and gaps, and packs it."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from make_data import make_data
from sagemaker_deployer.pack import pack

TEXTS = ["city", "channel"]
NUMBERS = ["amount", "hour", "account_age_days"]


def make_model() -> Pipeline:
    """Return the pipeline, not fitted: all that has to be done to a row is inside, so that the endpoint does it too."""
    return make_pipeline(
        make_column_transformer(
            (make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore")), TEXTS),
            (make_pipeline(SimpleImputer(add_indicator=True), StandardScaler()), NUMBERS),
        ),
        LogisticRegression(max_iter=1000),
    )


def main() -> None:
    """Write model.tar.gz and request.json, and print what was trained and what it must answer as one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, required=True, help="folder for model.tar.gz and request.json")
    folder = parser.parse_args().output
    folder.mkdir(parents=True, exist_ok=True)

    X, y = make_data()
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=0)
    model = make_model().fit(X_train, y_train)
    packed = pack(model, X_train, y_train, path=folder / "model.tar.gz")

    row = X_test[X_test.isna().any(axis=1)].head(1)
    (folder / "request.json").write_text(f'{{"instances": {row.to_json(orient="records")}}}\n')
    answer = {
        "predicted_class": model.predict(row)[0],
        "probabilities": dict(zip(model.classes_, model.predict_proba(row)[0].tolist(), strict=True)),
    }
    said = {"path": str(packed.path), "served": packed.served, "notes": packed.notes}
    print(json.dumps(said | {"accuracy": round(model.score(X_test, y_test), 3), "answer": answer}))


if __name__ == "__main__":
    main()
