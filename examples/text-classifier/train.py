"""Trains a classifier of short texts, TF-IDF and logistic regression, and packs it."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline

from make_data import make_data
from sagemaker_deployer.pack import pack


def main() -> None:
    """Write model.tar.gz and request.json, and print what was trained and what it must answer as one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, required=True, help="folder for model.tar.gz and request.json")
    folder = parser.parse_args().output
    folder.mkdir(parents=True, exist_ok=True)

    X, y = make_data()
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=0)
    model = make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression()).fit(X_train, y_train)
    packed = pack(model, X_train, y_train, path=folder / "model.tar.gz")

    text = X_test[0]
    (folder / "request.json").write_text(json.dumps({"instances": [text]}) + "\n")
    answer = {
        "predicted_class": model.predict([text])[0],
        "probabilities": dict(zip(model.classes_, model.predict_proba([text])[0].tolist(), strict=True)),
    }
    said = {"path": str(packed.path), "served": packed.served, "notes": packed.notes}
    print(json.dumps(said | {"accuracy": round(model.score(X_test, y_test), 3), "answer": answer}))


if __name__ == "__main__":
    main()
