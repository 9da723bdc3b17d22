"""Trains the large models once: `python train_models.py FOLDER FEATURES`, a folder for each model that is not there yet.

A folder holds the model as its library saves it; MODEL.json beside it says how many bytes its arrays have in the file.
rows.npy, and whole-rows.npy without missing values, are what the models are asked: rows that no training has seen.
"""

from __future__ import annotations

import json
import os
import pickle
import sys
from pathlib import Path

import numpy as np

SEED = 42
TRAINED_ON = 20_000
# A forest of full depth has twice as many leaves as a fifth of these rows.
FORESTS_ON = 10_000
ASKED = 10_000
# Of a hundred values one is missing, where the model knows missing values.
MISSING = 0.01


def main(folder: Path, features: int) -> None:
    rows, labels, numbers = draw(TRAINED_ON, features, SEED)
    asked, _, _ = draw(ASKED, features, SEED + 1)
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / "whole-rows.npy", asked)
    np.save(folder / "rows.npy", with_gaps(asked, SEED + 3))
    gaps = with_gaps(rows, SEED + 2)
    for name, train in TRAINERS.items():
        target = folder / name
        if facts_of(target).exists():
            continue
        target.mkdir(exist_ok=True)
        train(target, rows if name == "logistic-regression" else gaps, labels, numbers)
        print(name, flush=True)


def draw(count: int, features: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return rows, a label of each, which is noisy, and a number of each; a quarter of the features matter."""
    generator = np.random.default_rng(seed)
    rows = generator.normal(size=(count, features))
    weights = np.random.default_rng(SEED).normal(size=(features // 4, 3))
    hidden = np.tanh(rows[:, : features // 4] @ weights / 2)
    numbers = hidden[:, 0] * hidden[:, 1] * 3 + hidden[:, 2] + generator.normal(scale=0.5, size=count)
    return rows, (numbers > 0).astype(int), numbers


def with_gaps(rows: np.ndarray, seed: int) -> np.ndarray:
    """Return the rows with some values missing."""
    return np.where(np.random.default_rng(seed).random(rows.shape) < MISSING, np.nan, rows)


def forest(depth: int | None):
    def train(target: Path, rows: np.ndarray, labels: np.ndarray, _: np.ndarray) -> None:
        from sklearn.ensemble import RandomForestClassifier

        estimator = RandomForestClassifier(500, max_depth=depth, random_state=SEED, n_jobs=os.cpu_count())
        estimator.fit(rows[:FORESTS_ON], labels[:FORESTS_ON])
        estimator.n_jobs = 1
        arrays = sum(sum(part.nbytes for part in (tree.tree_.__getstate__()["nodes"], tree.tree_.__getstate__()["values"])) for tree in estimator.estimators_)
        write(target, "model.pkl", pickle.dumps(estimator, protocol=4), arrays)

    return train


def histogram_boosting(target: Path, rows: np.ndarray, labels: np.ndarray, _: np.ndarray) -> None:
    from sklearn.ensemble import HistGradientBoostingClassifier

    estimator = HistGradientBoostingClassifier(
        max_iter=500, max_leaf_nodes=63, learning_rate=0.02, early_stopping=False, random_state=SEED
    ).fit(rows, labels)
    arrays = sum(tree.nodes.nbytes for stage in estimator._predictors for tree in stage)
    write(target, "model.pkl", pickle.dumps(estimator, protocol=4), arrays)


def logistic_regression(target: Path, rows: np.ndarray, labels: np.ndarray, _: np.ndarray) -> None:
    from sklearn.linear_model import LogisticRegression

    estimator = LogisticRegression().fit(rows, labels)
    write(target, "model.pkl", pickle.dumps(estimator, protocol=4), estimator.coef_.nbytes)


def xgboost(target: Path, rows: np.ndarray, _: np.ndarray, numbers: np.ndarray) -> None:
    # Numbers, not classes: XGBoost's own last step of classes, in float32, depends on the C library by a bit.
    import xgboost

    parameters = {"max_depth": 8, "eta": 0.01, "min_child_weight": 1, "seed": SEED, "nthread": os.cpu_count()}
    booster = xgboost.train(parameters, xgboost.DMatrix(rows, numbers), 1000)
    booster.save_model(target / "model.ubj")
    trees = json.loads(booster.save_raw("json"))["learner"]["gradient_booster"]["model"]["trees"]
    write(target, "model.ubj", None, sum(size(tree) for tree in trees))


def size(tree: dict) -> int:
    """Of the arrays of a tree as XGBoost writes them into UBJSON: numbers of four bytes, two of one byte."""
    single = {"default_left", "split_type"}
    return sum(len(value) * (1 if name in single else 4) for name, value in tree.items() if isinstance(value, list))


def lightgbm(target: Path, rows: np.ndarray, labels: np.ndarray, _: np.ndarray) -> None:
    import lightgbm

    parameters = {"objective": "binary", "num_leaves": 255, "learning_rate": 0.01, "seed": SEED, "verbose": -1}
    parameters |= {"num_threads": os.cpu_count(), "min_data_in_leaf": 10, "deterministic": True, "force_row_wise": True}
    booster = lightgbm.train(parameters, lightgbm.Dataset(rows, labels), 1000)
    booster.save_model(target / "model.lgb.txt")
    # As text; it is counted as the arrays that LightGBM makes of it.
    write(target, "model.lgb.txt", None, sum(8 * one["num_leaves"] * 9 for one in booster.dump_model()["tree_info"]))


def facts_of(target: Path) -> Path:
    """Beside the folder, which holds nothing but the model."""
    return target.with_suffix(".json")


def write(target: Path, name: str, content: bytes | None, arrays: int) -> None:
    """Write the model, if its library has not yet, and last of all its facts."""
    if content is not None:
        (target / name).write_bytes(content)
    facts_of(target).write_text(json.dumps({"file": name, "arrayBytes": arrays}))


TRAINERS = {
    "logistic-regression": logistic_regression,
    "xgboost": xgboost,
    "forest-full": forest(None),
    "lightgbm": lightgbm,
    "histogram-boosting": histogram_boosting,
    "forest-depth-12": forest(12),
}

if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
