"""Trains the iris model: a random forest, or gradient boosting, and saves it as model.pkl."""

from __future__ import annotations

import argparse
import json
import pickle
from pathlib import Path

from sklearn.datasets import load_iris
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

SEED = 42
MODELS = {
    "random-forest": lambda: RandomForestClassifier(n_estimators=100, random_state=SEED),
    "gradient-boosting": lambda: GradientBoostingClassifier(random_state=SEED),
}
CLASS_NAMES = ["setosa", "versicolor", "virginica"]
FEATURE_NAMES = ["sepal_length", "sepal_width", "petal_length", "petal_width"]


def train(kind: str):
    """Return the fitted estimator and its accuracy on the fifth of the data that it has not seen."""
    iris = load_iris()
    x_train, x_test, y_train, y_test = train_test_split(iris.data, iris.target, test_size=0.2, random_state=SEED)
    estimator = MODELS[kind]().fit(x_train, y_train)
    return estimator, float(accuracy_score(y_test, estimator.predict(x_test)))


def main() -> None:
    """Write model.pkl into the output folder and print what was trained as one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", choices=sorted(MODELS), default="random-forest")
    parser.add_argument("--output", type=Path, required=True, help="folder for model.pkl; made if it is missing")
    arguments = parser.parse_args()
    estimator, accuracy = train(arguments.model)
    arguments.output.mkdir(parents=True, exist_ok=True)
    path = arguments.output / "model.pkl"
    # Protocol 4 is what Python 3.8 to 3.13 write by default: the file does not change with the interpreter.
    path.write_bytes(pickle.dumps(estimator, protocol=4))
    print(json.dumps({"model": arguments.model, "accuracy": round(accuracy, 3), "path": str(path)}))


if __name__ == "__main__":
    main()
