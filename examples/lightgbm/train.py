"""Trains an LGBMRegressor on a DataFrame with categories, and packs it from memory."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from lightgbm import LGBMRegressor
from sklearn.model_selection import train_test_split

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
    model = LGBMRegressor(n_estimators=100, random_state=0, verbose=-1).fit(X_train, y_train)
    packed = pack(model, X_train, y_train, path=folder / "model.tar.gz")

    row = X_test.head(1)
    (folder / "request.json").write_text(f'{{"instances": {row.to_json(orient="records")}}}\n')
    answer = {"prediction": float(model.predict(row)[0])}
    said = {"path": str(packed.path), "served": packed.served, "notes": packed.notes}
    print(json.dumps(said | {"r2": round(model.score(X_test, y_test), 3), "answer": answer}))


if __name__ == "__main__":
    main()
