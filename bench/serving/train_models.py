"""Trains the models of the benchmark: `python train_models.py FOLDER`, one folder each with model.pkl and model.json.

rows.json beside them holds 100 rows of iris and what scikit-learn itself answers to them: what a server's answer is
compared with. `fallback` is the forest again, marked to be served by scikit-learn.
"""

from __future__ import annotations

import json
import pickle
import sys
from pathlib import Path

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
        target = folder / name
        target.mkdir(parents=True, exist_ok=True)
        (target / "model.pkl").write_bytes(pickle.dumps(estimator, protocol=4))
        parity = {"parity": {"servedBy": "scikit-learn"}} if name == "fallback" else {}
        (target / "model.json").write_text(json.dumps(DESCRIPTION | parity))
        answers = {
            "rows": rows,
            "classes": estimator.predict(rows).tolist(),
            "probabilities": estimator.predict_proba(rows).tolist(),
        }
        (target / "rows.json").write_text(json.dumps(answers))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
