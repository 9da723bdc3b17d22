"""Writes XGBoost's models in each way that people save them; runs with XGBoost 2.0 to 3.4."""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Callable
from typing import Any

import joblib
import numpy as np
import pandas as pd
import rows
import xgboost
from recording import SINGLES, Recorder, Rows, file_name, save_pickle, start
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from xgboost import XGBClassifier, XGBRanker, XGBRegressor, XGBRFClassifier

VERSION = tuple(map(int, xgboost.__version__.split(".")[:2]))
SETTINGS = {"n_estimators": 5, "max_depth": 2, "n_jobs": 1, "random_state": 1}


def estimators() -> dict[str, tuple[rows.Data, str, Any]]:
    """Return the kinds that its estimators have: data, what is learnt, the estimator."""
    array, names = rows.numbers(), rows.numbers("names")
    gaps, codes = rows.numbers(gaps=0.1), rows.codes()
    dart = {"booster": "dart", "rate_drop": 0.4}
    return {
        "three classes": (array, "three", XGBClassifier(**SETTINGS)),
        "two classes": (names, "two", XGBClassifier(**SETTINGS)),
        "two classes of gaps": (gaps, "two", XGBClassifier(**SETTINGS)),
        "three classes of names and gaps": (rows.numbers("names", gaps=0.1), "three", XGBClassifier(**SETTINGS)),
        "one class": (array, "one", XGBClassifier(**SETTINGS)),
        "a number": (names, "number", XGBRegressor(**SETTINGS)),
        "a number of gaps": (gaps, "number", XGBRegressor(**SETTINGS)),
        "ranking": (array, "counts", XGBRanker(**SETTINGS)),
        "counts": (array, "counts", XGBRegressor(objective="count:poisson", **SETTINGS)),
        "gamma": (array, "positive", XGBRegressor(objective="reg:gamma", **SETTINGS)),
        "tweedie": (array, "positive", XGBRegressor(objective="reg:tweedie", **SETTINGS)),
        "absolute error": (array, "number", XGBRegressor(objective="reg:absoluteerror", **SETTINGS)),
        "hinges": (array, "two", XGBClassifier(objective="binary:hinge", **SETTINGS)),
        "dart": (array, "number", XGBRegressor(**SETTINGS, **dart)),
        "dart of three classes": (names, "three", XGBClassifier(**SETTINGS, **dart)),
        "forest": (array, "two", XGBRFClassifier(**SETTINGS)),
        "monotone": (array, "number", XGBRegressor(monotone_constraints=(1, 0, -1, 0), **SETTINGS)),
        "weighted": (array, "two", XGBClassifier(scale_pos_weight=3, base_score=0.3, **SETTINGS)),
        "linear": (array, "number", XGBRegressor(booster="gblinear", n_estimators=6, n_jobs=1)),
        "several numbers": (array, "several", XGBRegressor(**SETTINGS)),
        "several numbers in a leaf": (
            array,
            "several",
            XGBRegressor(multi_strategy="multi_output_tree", tree_method="hist", **SETTINGS),
        ),
        "quantiles": (
            array,
            "number",
            XGBRegressor(objective="reg:quantileerror", quantile_alpha=[0.2, 0.8], **SETTINGS),
        ),
        "types of columns": (
            codes,
            "two",
            XGBClassifier(feature_types=["c", "c", "q", "q"], enable_categorical=True, tree_method="hist", **SETTINGS),
        ),
    }


def categories() -> rows.Data:
    """A DataFrame with a column of pandas' categories, which are asked as texts."""
    data = rows.texts(unseen=False)
    kind = pd.CategoricalDtype(rows.CITIES)
    for one in ("rows", "asked"):
        table = getattr(data, one).table[["amount", "city", "age"]].astype({"city": kind})
        setattr(data, one, Rows("texts and gaps", table))
    return data


def coded(asked: Rows) -> Rows:
    """Return the rows with the numbers of categories in place of their texts."""
    table = asked.table.copy()
    table["city"] = table["city"].cat.codes.astype(float).where(table["city"].notna())
    return Rows(asked.comes, table)


def pipelines() -> dict[str, tuple[rows.Data, str, Any]]:
    """Return pipelines of scikit-learn that end in an estimator of XGBoost."""
    texts = make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore"))
    columns = ColumnTransformer([("texts", texts, ["city", "level"]), ("numbers", "passthrough", ["amount", "age"])])
    return {
        "scaled": (rows.numbers(), "three", make_pipeline(StandardScaler(), XGBClassifier(**SETTINGS))),
        "texts": (rows.texts(), "two", make_pipeline(columns, XGBClassifier(**SETTINGS))),
        "a number of texts": (rows.texts(), "number", make_pipeline(columns, XGBRegressor(**SETTINGS))),
    }


def fit(data: rows.Data, learnt: str, estimator: Any) -> None:
    answers = np.zeros(len(data.two), dtype=int) if learnt == "one" else getattr(data, learnt)
    table = data.rows.table
    if isinstance(estimator, XGBRanker):
        estimator.fit(table, answers.clip(0, 4), qid=data.groups)
    else:
        estimator.fit(table, answers)


def ask_with(estimator: Any) -> Callable[[Any], tuple[Any, Any]]:
    classifies = hasattr(estimator, "predict_proba")
    last = estimator[-1] if hasattr(estimator, "steps") else estimator
    # Hinges decide; what XGBoost calls their probabilities are labels.
    shares = classifies and last.get_params().get("objective") != "binary:hinge"
    return lambda table: (estimator.predict(table), estimator.predict_proba(table) if shares else None)


def ask_booster(booster: xgboost.Booster, objective: str) -> Callable[[Any], tuple[Any, Any]]:
    """Return what asks a Booster alone; of probabilities the label is the most probable one."""

    def ask(table: Any) -> tuple[Any, Any]:
        known = {"feature_names": booster.feature_names, "feature_types": booster.feature_types}
        found = booster.predict(xgboost.DMatrix(table, enable_categorical=True, nthread=1, **known))
        if objective == "binary:logistic":
            return (found > 0.5).astype(int), np.stack([1 - found, found], axis=1)
        if objective.startswith("multi:"):
            return found.argmax(axis=1), found
        return found, None

    return ask


def write_estimator(
    recorder: Recorder, name: str, data: rows.Data, estimator: Any, ways: dict[str, Any], shown: Any = None
) -> None:
    classes = list(estimator.classes_) if hasattr(estimator, "predict_proba") else None
    if classes is not None and len(classes) == 1:
        classes = [0, 1]  # XGBoost has a probability of a second class that it never saw
    recorder.write_each(
        name, estimator, ways, ask_with(estimator), data.asked, kind=name, classes=classes, exact=SINGLES, shown=shown
    )


def write_native(
    recorder: Recorder, name: str, data: rows.Data, estimator: Any, ending: str, shown: Any = None
) -> None:
    """``save_model`` of the estimator, whose classes the file does not name: they are numbers."""
    # XGBoost learns one class as two of which it saw one.
    classes = list(range(max(2, len(estimator.classes_)))) if hasattr(estimator, "predict_proba") else None
    recorder.write(
        file_name(name) + ending,
        lambda path: estimator.save_model(path),
        ask_with(estimator),
        data.asked,
        kind=f"{name}, save_model",
        classes=classes,
        exact=SINGLES,
        shown=shown,
    )


def write_boosters(recorder: Recorder) -> None:
    data = rows.numbers("names")
    for objective, learnt, more in (
        ("binary:logistic", "two", {}),
        ("multi:softprob", "three", {"num_class": 3}),
        ("reg:squarederror", "number", {}),
    ):
        settings = {"objective": objective, "max_depth": 3, "nthread": 1, "seed": 1, **more}
        booster = xgboost.train(settings, xgboost.DMatrix(data.rows.table, getattr(data, learnt), nthread=1), 6)
        classes = {"two": [0, 1], "three": [0, 1, 2]}.get(learnt)
        for ending, save in (
            (".pkl", lambda path, booster=booster: path.write_bytes(pickle.dumps(booster))),
            (".joblib", lambda path, booster=booster: joblib.dump(booster, path, compress=3)),
            (".json", lambda path, booster=booster: booster.save_model(path)),
        ):
            file = f"booster-{objective.replace(':', '-')}{ending}"
            asked = ask_booster(booster, objective)
            recorder.write(file, save, asked, data.asked, kind="Booster alone", classes=classes, exact=SINGLES)


def write_early_stopping(recorder: Recorder) -> None:
    data = rows.numbers()
    table, answers = data.rows.table, data.texts_of_two == "fraud"
    settings = {**SETTINGS, "n_estimators": 60, "learning_rate": 0.9, "early_stopping_rounds": 2}
    estimator = XGBClassifier(eval_metric="logloss", **settings)
    estimator.fit(
        table[:80], answers[:80].astype(int), eval_set=[(table[80:], answers[80:].astype(int))], verbose=False
    )
    write_estimator(recorder, "early stopping", data, estimator, {".pkl": save_pickle})
    write_native(recorder, "early stopping", data, estimator, ".ubj")


WAYS = [
    {".pkl": save_pickle},
    {".joblib": lambda model, path: joblib.dump(model, path)},
    {".joblib": lambda model, path: joblib.dump(model, path, compress=3)},
    {".joblib": lambda model, path: joblib.dump(model, path, compress=("lz4", 1))},
]


def main() -> None:
    """Write every kind by ``save_model`` and as pickle or joblib file, in turns."""
    warnings.simplefilter("ignore")
    recorder = start("xgboost", xgboost.__version__)
    for index, (name, (data, learnt, estimator)) in enumerate(estimators().items()):
        if learnt == "one" and VERSION in ((3, 0), (3, 1)):
            continue  # these cannot be trained on one class: "base_score must be in (0,1)"
        if not recorder.wants_any(name, [".json", ".ubj", *WAYS[index % 4]]):
            continue
        fit(data, learnt, estimator)
        write_native(recorder, name, data, estimator, (".json", ".ubj")[index % 2])
        write_estimator(recorder, name, data, estimator, WAYS[index % 4])
    data = categories()
    estimator = XGBClassifier(enable_categorical=True, tree_method="hist", **SETTINGS)
    estimator.fit(data.rows.table, data.two)
    # Before 3.1 the file does not hold the texts of the categories, until 3.3 not whole where one is not ASCII.
    shown = None if VERSION >= (3, 4) else coded(data.asked)
    write_estimator(recorder, "categories of pandas", data, estimator, WAYS[0], shown)
    write_native(recorder, "categories of pandas", data, estimator, ".json", shown)
    for index, (name, (data, learnt, pipeline)) in enumerate(pipelines().items()):
        if not recorder.wants_any(f"pipeline of {name}", WAYS[index % 4]):
            continue
        pipeline.fit(data.rows.table, getattr(data, learnt))
        write_estimator(recorder, f"pipeline of {name}", data, pipeline, WAYS[index % 4])
    write_boosters(recorder)
    write_early_stopping(recorder)
    recorder.end()


if __name__ == "__main__":
    main()
