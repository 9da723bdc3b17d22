"""Trains an XGBClassifier on numbers with gaps, and packs it from memory."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from sklearn.model_selection import train_test_split
from xgboost import XGBClassifier

from make_data import make_data
from sagemaker_deployer.pack import pack

# XGBoost's classes are 0 and 1; the endpoint answers with these names.
CLASS_NAMES = ["healthy", "failing"]


def main() -> None:
    """Write model.tar.gz and request.json, and print what was trained and what it must answer as one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, required=True, help="folder for model.tar.gz and request.json")
    folder = parser.parse_args().output
    folder.mkdir(parents=True, exist_ok=True)

    X, y = make_data()
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=0)
    model = XGBClassifier(n_estimators=100, max_depth=4, random_state=0).fit(X_train, y_train)
    packed = pack(model, X_train, y_train, path=folder / "model.tar.gz", class_names=CLASS_NAMES)

    row = X_test[X_test.isna().any(axis=1)].head(1)
    (folder / "request.json").write_text(f'{{"instances": {row.to_json(orient="records")}}}\n')
    answer = {
        "predicted_class": CLASS_NAMES[model.predict(row)[0]],
        "probabilities": dict(zip(CLASS_NAMES, model.predict_proba(row)[0].tolist(), strict=True)),
    }
    said = {"path": str(packed.path), "served": packed.served, "notes": packed.notes}
    print(json.dumps(said | {"accuracy": round(model.score(X_test, y_test), 3), "answer": answer}))


if __name__ == "__main__":
    main()
