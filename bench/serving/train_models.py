"""Trains the models of the benchmark: `python train_models.py FOLDER`, one folder each with model.pkl and model.json.

rows.json beside them holds 100 rows and what scikit-learn itself answers to them: what a server's answer is compared
with. `fallback` is the forest again, marked to be served by scikit-learn; `fraud` takes a DataFrame, the others iris.
"""

from __future__ import annotations

import json
import pickle
import sys
from pathlib import Path

import fraud_pipeline
from sklearn.datasets import load_iris
from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression

SEED = 42
FOREST = RandomForestClassifier(n_estimators=100, random_state=SEED)
MODELS = {
    "forest": FOREST,
    "gradient-boosting": GradientBoostingClassifier(random_state=SEED),
    "histogram-boosting": HistGradientBoostingClassifier(random_state=SEED),
    "logistic-regression": LogisticRegression(max_iter=1000, random_state=SEED),
    "fallback": FOREST,
}
DESCRIPTION = {
    "classNames": ["setosa", "versicolor", "virginica"],
    "featureNames": ["sepal_length", "sepal_width", "petal_length", "petal_width"],
}


def main(folder: Path) -> None:
    iris = load_iris()
    # All three classes among the first rows, and the ones that are hard to tell apart too.
    rows = iris.data[::3][:50].tolist() + iris.data[1::3][:50].tolist()
    rows = [rows[(7 * index) % 100] for index in range(100)]
    for name, estimator in MODELS.items():
        estimator.fit(iris.data, iris.target)
        parity = {"parity": {"servedBy": "scikit-learn"}} if name == "fallback" else {}
        write(folder / name, estimator, DESCRIPTION | parity, rows, rows)
    payments = fraud_pipeline.as_frame(fraud_pipeline.draw(4000, SEED))
    fraud = fraud_pipeline.pipeline(SEED).fit(payments, fraud_pipeline.is_fraud(payments, SEED))
    asked = fraud_pipeline.draw(100, SEED + 1)
    write(folder / "fraud", fraud, {"classNames": fraud_pipeline.CLASSES}, asked, fraud_pipeline.as_frame(asked))


def write(target: Path, estimator, description: dict, rows: list, table) -> None:
    """Write a model's folder; ``table`` is ``rows`` as the estimator takes them."""
    target.mkdir(parents=True, exist_ok=True)
    (target / "model.pkl").write_bytes(pickle.dumps(estimator, protocol=4))
    (target / "model.json").write_text(json.dumps(description))
    answers = {
        "rows": rows,
        "classes": estimator.predict(table).tolist(),
        "probabilities": estimator.predict_proba(table).tolist(),
    }
    (target / "rows.json").write_text(json.dumps(answers))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
