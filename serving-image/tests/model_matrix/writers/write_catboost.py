"""Writes CatBoost's models: its own format, JSON, and pickles; runs with CatBoost 1.2."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import catboost
import joblib
import rows
from catboost import CatBoostClassifier, CatBoostRanker, CatBoostRegressor, Pool
from recording import Recorder, Rows, save_pickle, start
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

SETTINGS = {"iterations": 6, "depth": 3, "thread_count": 1, "random_seed": 1, "verbose": False}
SETTINGS["allow_writing_files"] = False


def filled_texts() -> rows.Data:
    """Texts, of which CatBoost takes no gaps, and numbers with gaps."""
    data = rows.texts()
    for one in ("rows", "asked"):
        table = getattr(data, one).table[["amount", "city", "age", "level"]].copy()
        table["city"] = table["city"].astype(object).fillna("unknown")
        table["level"] = table["level"].astype(object)
        setattr(data, one, Rows("texts and gaps", table))
    return data


def estimators() -> dict[str, tuple[rows.Data, str, Any, dict[str, Any]]]:
    """Return the kinds: data, what is learnt, the estimator, settings of its fit."""
    array, names = rows.numbers(), rows.numbers("names")
    gaps, texts = rows.numbers(gaps=0.1), filled_texts()
    lossguide = {"grow_policy": "Lossguide", "max_leaves": 6}
    return {
        "three classes": (array, "texts_of_three", CatBoostClassifier(**SETTINGS), {}),
        "two classes": (names, "two", CatBoostClassifier(**SETTINGS), {}),
        "two classes of gaps": (gaps, "texts_of_two", CatBoostClassifier(**SETTINGS), {}),
        "gaps as the largest": (gaps, "two", CatBoostClassifier(nan_mode="Max", **SETTINGS), {}),
        "one against the rest": (
            array,
            "three",
            CatBoostClassifier(loss_function="MultiClassOneVsAll", **SETTINGS),
            {},
        ),
        "a number": (names, "number", CatBoostRegressor(**SETTINGS), {}),
        "absolute error": (array, "number", CatBoostRegressor(loss_function="MAE", **SETTINGS), {}),
        "quantile": (array, "number", CatBoostRegressor(loss_function="Quantile:alpha=0.8", **SETTINGS), {}),
        "counts": (array, "counts", CatBoostRegressor(loss_function="Poisson", **SETTINGS), {}),
        "tweedie": (
            array,
            "positive",
            CatBoostRegressor(loss_function="Tweedie:variance_power=1.5", **SETTINGS),
            {},
        ),
        "several numbers": (array, "several", CatBoostRegressor(loss_function="MultiRMSE", **SETTINGS), {}),
        "ranking": (array, "counts", CatBoostRanker(loss_function="YetiRank", **SETTINGS), {"group_id": array.groups}),
        "monotone": (array, "number", CatBoostRegressor(monotone_constraints=[1, 0, -1, 0], **SETTINGS), {}),
        "by leaves": (array, "two", CatBoostClassifier(**SETTINGS, **lossguide), {}),
        "by depth": (array, "number", CatBoostRegressor(grow_policy="Depthwise", **SETTINGS), {}),
        "categories": (texts, "two", CatBoostClassifier(**SETTINGS), {"cat_features": ["city", "level"]}),
        "categories, one-hot": (
            texts,
            "number",
            CatBoostRegressor(one_hot_max_size=10, **SETTINGS),
            {"cat_features": ["city", "level"]},
        ),
    }


def ask_with(estimator: Any) -> Callable[[Any], tuple[Any, Any]]:
    classifies = hasattr(estimator, "predict_proba")

    def ask(table: Any) -> tuple[Any, Any]:
        found = estimator.predict(table)
        shares = estimator.predict_proba(table) if classifies else None
        # Of several classes, CatBoost's labels are a column.
        return found.ravel() if classifies else found, shares

    return ask


def write(recorder: Recorder, name: str, data: rows.Data, estimator: Any, ways: dict[str, Any], kind: str) -> None:
    classes = list(estimator.classes_) if hasattr(estimator, "predict_proba") else None
    recorder.write_each(name, estimator, ways, ask_with(estimator), data.asked, kind=kind, classes=classes)


def main() -> None:
    """Write every kind as .cbm and JSON, and most as pickle or joblib file too."""
    warnings.simplefilter("ignore")
    recorder = start("catboost", catboost.__version__)
    pickles = [{".pkl": save_pickle}, {".joblib": lambda model, path: joblib.dump(model, path, compress=3)}]
    for index, (name, (data, learnt, estimator, more)) in enumerate(estimators().items()):
        if not recorder.wants_any(name, [".cbm", ".json", *pickles[index % 2]]):
            continue
        estimator.fit(Pool(data.rows.table, getattr(data, learnt), **more))
        # Statistics of categories go into its JSON only with the rows that they are of.
        pool = Pool(data.rows.table, getattr(data, learnt), **more) if "cat_features" in more else None
        ways = {
            ".cbm": lambda model, path: model.save_model(str(path)),
            ".json": lambda model, path, pool=pool: model.save_model(str(path), format="json", pool=pool),
        }
        write(recorder, name, data, estimator, ways, f"{name}, save_model")
        write(recorder, name, data, estimator, pickles[index % 2], name)
    data = rows.numbers()
    pipeline = make_pipeline(StandardScaler(), CatBoostClassifier(**SETTINGS)).fit(data.rows.table, data.three)
    write(recorder, "pipeline", data, pipeline, pickles[1], "pipeline")
    recorder.end()


if __name__ == "__main__":
    main()
