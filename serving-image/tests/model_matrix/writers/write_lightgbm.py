"""Writes LightGBM's models in each way that people save them; runs with LightGBM 4.0 to 4.7."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import joblib
import lightgbm
import numpy as np
import pandas as pd
import rows
from lightgbm import LGBMClassifier, LGBMRanker, LGBMRegressor
from recording import Recorder, Rows, save_pickle, start
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

SETTINGS = {"n_estimators": 6, "num_leaves": 6, "min_child_samples": 8, "n_jobs": 1, "random_state": 1, "verbose": -1}


def estimators() -> dict[str, tuple[rows.Data, str, Any, dict[str, Any]]]:
    """Return the kinds that its estimators have: data, what is learnt, the estimator, settings of its fit."""
    array, names = rows.numbers(), rows.numbers("names")
    gaps, codes = rows.numbers(gaps=0.1), rows.codes(gaps=True)
    numbers = {
        "a number": (names, {}),
        "a number of gaps": (gaps, {}),
        "absolute error": (array, {"objective": "mae"}),
        "huber": (array, {"objective": "huber"}),
        "quantile": (array, {"objective": "quantile", "alpha": 0.8}),
        "poisson": (array, {"objective": "poisson"}),
        "gamma": (array, {"objective": "gamma"}),
        "tweedie": (array, {"objective": "tweedie"}),
        "cross entropy": (array, {"objective": "cross_entropy"}),
        "dart": (array, {"boosting_type": "dart"}),
        "random forest": (array, {"boosting_type": "rf", "subsample": 0.7, "subsample_freq": 1}),
        "monotone": (array, {"monotone_constraints": [1, 0, -1, 0]}),
        "linear trees": (array, {"linear_tree": True}),
        "zero as missing": (gaps, {"zero_as_missing": True}),
        "square root": (array, {"reg_sqrt": True}),
    }
    learnt = {"poisson": "counts", "gamma": "positive", "tweedie": "positive", "cross entropy": "two"}
    found = {
        name: (data, learnt.get(name, "number"), LGBMRegressor(**{**SETTINGS, **more}), {})
        for name, (data, more) in numbers.items()
    }
    goss = {"boosting_type": "goss"} if lightgbm.__version__ < "4.0" else {"data_sample_strategy": "goss"}
    return {
        **found,
        "three classes": (array, "texts_of_three", LGBMClassifier(**SETTINGS), {}),
        "three classes of names": (rows.numbers("names", gaps=0.1), "three", LGBMClassifier(**SETTINGS), {}),
        "two classes": (names, "texts_of_two", LGBMClassifier(**SETTINGS), {}),
        "two classes of gaps": (gaps, "two", LGBMClassifier(**SETTINGS), {}),
        "one class": (array, "one", LGBMClassifier(**SETTINGS), {}),
        "one against the rest": (array, "three", LGBMClassifier(objective="multiclassova", **SETTINGS), {}),
        "goss": (array, "two", LGBMClassifier(**SETTINGS, **goss), {}),
        "weighted": (array, "two", LGBMClassifier(is_unbalance=True, **SETTINGS), {}),
        "ranking": (array, "counts", LGBMRanker(**SETTINGS), {"group": [10] * (rows.COUNT // 10)}),
        "columns of categories": (codes, "two", LGBMClassifier(**SETTINGS), {"categorical_feature": [0, 1]}),
    }


def categories() -> rows.Data:
    """A DataFrame with a column of pandas' categories, which are asked as texts."""
    data = rows.texts(unseen=False)
    kind = pd.CategoricalDtype(rows.CITIES)
    for one in ("rows", "asked"):
        table = getattr(data, one).table[["amount", "city", "age"]].astype({"city": kind})
        setattr(data, one, Rows("texts and gaps", table))
    return data


def pipelines() -> dict[str, tuple[rows.Data, str, Any]]:
    """Return pipelines of scikit-learn that end in an estimator of LightGBM."""
    texts = make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore"))
    columns = ColumnTransformer([("texts", texts, ["city", "level"]), ("numbers", "passthrough", ["amount", "age"])])
    return {
        "scaled": (rows.numbers(), "three", make_pipeline(StandardScaler(), LGBMClassifier(**SETTINGS))),
        "texts": (rows.texts(), "texts_of_two", make_pipeline(columns, LGBMClassifier(**SETTINGS))),
        "a number of texts": (rows.texts(), "number", make_pipeline(columns, LGBMRegressor(**SETTINGS))),
    }


def ask_with(estimator: Any) -> Callable[[Any], tuple[Any, Any]]:
    classifies = hasattr(estimator, "predict_proba")
    return lambda table: (estimator.predict(table), estimator.predict_proba(table) if classifies else None)


def ask_booster(booster: lightgbm.Booster, classes: int) -> Callable[[Any], tuple[Any, Any]]:
    """Return what asks a Booster; of probabilities the label is the most probable one."""

    def ask(table: Any) -> tuple[Any, Any]:
        found = booster.predict(table, num_threads=1)
        if classes < 2:
            return found, None
        shares = found if found.ndim == 2 else np.stack([1 - found, found], axis=1)
        return shares.argmax(axis=1), shares

    return ask


WAYS = [
    {".pkl": save_pickle},
    {".joblib": lambda model, path: joblib.dump(model, path)},
    {".joblib": lambda model, path: joblib.dump(model, path, compress=3)},
    {".joblib": lambda model, path: joblib.dump(model, path, compress=("lz4", 1))},
]


def write_estimator(recorder: Recorder, name: str, data: rows.Data, estimator: Any, ways: dict[str, Any]) -> None:
    classes = list(estimator.classes_) if hasattr(estimator, "predict_proba") else None
    # LightGBM's estimators, too, know the names of columns with underscores for spaces; a pipeline keeps the spaces.
    names = getattr(estimator, "feature_name_", None) if data.asked.names else None
    recorder.write_each(name, estimator, ways, ask_with(estimator), data.asked, kind=name, classes=classes, names=names)


def write_booster(
    recorder: Recorder, name: str, data: rows.Data, booster: Any, ways: dict[str, Any], count: int
) -> None:
    """Write the Booster, whose classes no file of it names: they are numbers."""
    recorder.write_each(
        name,
        booster,
        ways,
        ask_booster(booster, count),
        data.asked,
        kind=f"{name}, Booster",
        classes=list(range(count)) if count >= 2 else None,
        # LightGBM writes underscores for spaces.
        names=None if data.asked.names is None else booster.feature_name(),
    )


def main() -> None:
    """Write every kind as text and as pickle or joblib file, in turns."""
    warnings.simplefilter("ignore")
    recorder = start("lightgbm", lightgbm.__version__)
    text = {".txt": lambda booster, path: booster.save_model(path)}
    for index, (name, (data, learnt, estimator, more)) in enumerate(estimators().items()):
        if not recorder.wants_any(name, [*text, *WAYS[index % 4]]):
            continue
        answers = np.zeros(rows.COUNT, dtype=int) if learnt == "one" else getattr(data, learnt)
        estimator.fit(data.rows.table, answers.clip(0, 4) if name == "ranking" else answers, **more)
        # LightGBM learns one class as two of which it saw one.
        count = max(2, len(estimator.classes_)) if hasattr(estimator, "classes_") else 0
        # Cross entropy is a number between 0 and 1: the file does not say whether somebody calls it a class.
        write_booster(recorder, name, data, estimator.booster_, text, count)
        write_estimator(recorder, name, data, estimator, WAYS[index % 4])
    data = categories()
    estimator = LGBMClassifier(**SETTINGS).fit(data.rows.table, data.two)
    write_estimator(recorder, "categories of pandas", data, estimator, WAYS[0])
    write_booster(recorder, "categories of pandas", data, estimator.booster_, text, 2)
    for index, (name, (data, learnt, pipeline)) in enumerate(pipelines().items()):
        if not recorder.wants_any(f"pipeline of {name}", WAYS[index % 4]):
            continue
        pipeline.fit(data.rows.table, getattr(data, learnt))
        write_estimator(recorder, f"pipeline of {name}", data, pipeline, WAYS[index % 4])
    write_early_stopping(recorder, text)
    data = rows.numbers("names")
    settings = {"objective": "multiclass", "num_class": 3, "num_leaves": 6, "num_threads": 1, "verbose": -1, "seed": 1}
    booster = lightgbm.train(settings, lightgbm.Dataset(data.rows.table, data.three), 6)
    write_booster(recorder, "trained without scikit-learn", data, booster, {**WAYS[0], **WAYS[2], **text}, 3)
    recorder.end()


def write_early_stopping(recorder: Recorder, text: dict[str, Any]) -> None:
    data = rows.numbers()
    table, answers = data.rows.table, data.two
    estimator = LGBMClassifier(**{**SETTINGS, "n_estimators": 60, "learning_rate": 0.9})
    stop = lightgbm.early_stopping(2, verbose=False)
    estimator.fit(table[:80], answers[:80], eval_set=[(table[80:], answers[80:])], callbacks=[stop])
    write_estimator(recorder, "early stopping", data, estimator, WAYS[0])
    write_booster(recorder, "early stopping", data, estimator.booster_, text, 2)


if __name__ == "__main__":
    main()
