"""Records pickles of XGBoost and LightGBM of many versions, and what their estimators answer.

``python tests/pickled_libraries.py`` in an environment with one of them, scikit-learn and pandas: writes a file for
each library into pickled-libraries/, which ``test_pickled_libraries`` compares the server with. Recorded: XGBoost 1.2
(the old binary format), 1.6, 1.7, 2.1, 3.1, 3.3 and 3.4; LightGBM 3.3, 4.0, 4.3, 4.5 and 4.7.
"""

from __future__ import annotations

import base64
import importlib
import json
import lzma
import pickle
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

FOLDER = Path(__file__).with_name("pickled-libraries")
_RANDOM = np.random.default_rng(3)
ROWS = _RANDOM.normal(size=(90, 3)).round(2)
CLASSES = np.digitize(ROWS[:, 0] + ROWS[:, 1] ** 2, [0.3, 1.2])
TOWNS = np.array(["oslo", "bergen", "x"])
FRAME = pandas.DataFrame(
    {"size": ROWS[:, 1], "town": pandas.Categorical(TOWNS[CLASSES]), "sea": np.where(ROWS[:, 2] > 0, "near", "far")}
).astype({"sea": "category"})
GROUPS = [30, 30, 30]


def main() -> None:
    """Write a file for each of the libraries that is installed."""
    warnings.simplefilter("ignore")
    for library, train in (("xgboost", xgboost_models), ("lightgbm", lightgbm_models)):
        try:
            version = importlib.import_module(library).__version__
        except ImportError:
            continue
        write(FOLDER / f"{library}-{'.'.join(version.split('.')[:2])}.json", train())


def xgboost_models() -> dict[str, tuple[Any, Any]]:
    """Name -> a trained model, and the rows to ask it for."""
    import xgboost
    from xgboost import XGBClassifier, XGBRanker, XGBRegressor, XGBRFRegressor

    small = {"n_estimators": 3, "max_depth": 2, "n_jobs": 1}
    gaps = ROWS[:15].copy()
    gaps[::4, 1], gaps[::5, 2], gaps[::3, 0] = np.nan, -1.0, 0.0
    marked = ROWS.copy()
    marked[ROWS[:, 0] > 0.8, 0], marked[::7, 1] = -1.0, np.nan
    found = {
        "booster": (
            xgboost.train({"booster": "dart", "rate_drop": 0.5, "max_depth": 2}, xgboost.DMatrix(ROWS, CLASSES), 4),
            ROWS[:15],
        ),
        "three classes": (XGBClassifier(**small).fit(ROWS, CLASSES), gaps),
        "marked as missing": (XGBClassifier(missing=-1.0, **small).fit(marked, CLASSES > 0), marked[:15]),
        "hinge": (XGBClassifier(objective="binary:hinge", **small).fit(ROWS, CLASSES // 2), ROWS[:15]),
        "forest": (XGBRFRegressor(**small).fit(ROWS, ROWS[:, 0]), ROWS[:15]),
        "counts": (XGBRegressor(objective="count:poisson", **small).fit(ROWS, CLASSES), gaps),
        "share": (XGBRegressor(objective="binary:logistic", **small).fit(ROWS, CLASSES // 2), gaps),
        "ranking": (XGBRanker(objective="rank:pairwise", **small).fit(ROWS, CLASSES, group=GROUPS), ROWS[:15]),
        "pipeline": (make_pipeline(StandardScaler(), XGBClassifier(**small)).fit(ROWS, CLASSES), ROWS[:15]),
    }
    shown = {"eval_set": [(ROWS[:30], np.roll(CLASSES, 1)[:30])], "verbose": False}
    try:
        stopped = XGBClassifier(n_estimators=40, max_depth=2, n_jobs=1, early_stopping_rounds=1).fit(
            ROWS, CLASSES, **shown
        )
    except TypeError:  # until XGBoost 1.5
        stopped = XGBClassifier(n_estimators=40, max_depth=2).fit(ROWS, CLASSES, early_stopping_rounds=1, **shown)
    found["early stopping"] = (stopped, ROWS[:15])
    if tuple(map(int, xgboost.__version__.split(".")[:2])) >= (1, 7):
        coded = XGBRegressor(tree_method="hist", enable_categorical=True, max_cat_to_onehot=1, **small)
        found["categories"] = (coded.fit(FRAME, ROWS[:, 0]), FRAME[:15])
    return found


def lightgbm_models() -> dict[str, tuple[Any, Any]]:
    """Do the same."""
    import lightgbm
    from lightgbm import LGBMClassifier, LGBMRanker, LGBMRegressor

    small: dict[str, Any] = {"n_estimators": 3, "num_leaves": 4, "min_child_samples": 5, "verbose": -1, "n_jobs": 1}
    gaps = ROWS[:15].copy()
    gaps[::4, 1], gaps[::5, 2] = np.nan, 0.0
    shown = {"eval_set": [(ROWS[:30], TOWNS[np.roll(CLASSES, 1)][:30])], "callbacks": [lightgbm.early_stopping(1)]}
    coded = LGBMRegressor(cat_smooth=1, min_data_per_group=5, **small).fit(FRAME, ROWS[:, 0])
    unknown = FRAME[:15].copy()
    unknown["town"] = pandas.Categorical(np.where(np.arange(15) % 5 == 0, "paris", FRAME["town"][:15].astype(str)))
    settings = {"objective": "multiclass", "num_class": 3, "num_leaves": 4, "verbose": -1, "num_threads": 1}
    data = lightgbm.Dataset(ROWS, CLASSES)
    # It keeps the rounds after the best one.
    kept = lightgbm.train(
        settings,
        data,
        40,
        valid_sets=[lightgbm.Dataset(ROWS[:30], np.roll(CLASSES, 1)[:30], reference=data)],
        callbacks=[lightgbm.early_stopping(2, verbose=False)],
        keep_training_booster=True,
    )
    return {
        "kept booster": (kept, gaps),
        "booster": (lightgbm.train(settings, lightgbm.Dataset(ROWS, CLASSES), 3), gaps),
        "three classes": (LGBMClassifier(**small).fit(ROWS, TOWNS[CLASSES]), gaps),
        "two classes": (LGBMClassifier(class_weight="balanced", **small).fit(ROWS, CLASSES // 2), gaps),
        "forest": (
            LGBMRegressor(boosting_type="rf", subsample=0.7, subsample_freq=1, **small).fit(ROWS, ROWS[:, 0]),
            ROWS[:15],
        ),
        "counts": (LGBMRegressor(objective="poisson", **small).fit(ROWS, CLASSES), gaps),
        "share": (LGBMRegressor(objective="binary", **small).fit(ROWS, CLASSES // 2), gaps),
        "ranking": (LGBMRanker(**small).fit(ROWS, CLASSES, group=GROUPS), ROWS[:15]),
        "pipeline": (make_pipeline(StandardScaler(), LGBMClassifier(**small)).fit(ROWS, CLASSES), ROWS[:15]),
        "early stopping": (
            LGBMClassifier(**small | {"n_estimators": 40}).fit(ROWS, TOWNS[CLASSES], **shown),
            ROWS[:15],
        ),
        "categories": (coded, unknown),
    }


def write(file: Path, models: dict[str, tuple[Any, Any]]) -> None:
    """Write the pickles, in one protocol after the other, with rows and answers; packed together, they are small."""
    found: dict[str, Any] = {"pickles": "", "models": {}}
    whole = b""
    for index, (name, (model, rows)) in enumerate(models.items()):
        content = pickle.dumps(model, protocol=2 + index % 3)
        whole += content
        found["models"][name] = {"size": len(content), **answers(model, rows)}
    found["pickles"] = base64.b64encode(lzma.compress(whole, preset=9)).decode()
    file.write_text(json.dumps(found, separators=(",", ":")) + "\n")


def answers(model: Any, rows: Any) -> dict[str, Any]:
    """Ask a model, and return the rows as a request has them, and the answers."""
    asked = rows
    if type(model).__module__.startswith("xgboost") and type(model).__name__ == "Booster":
        import xgboost

        asked = xgboost.DMatrix(rows)
    sent = rows.values.tolist() if isinstance(rows, pandas.DataFrame) else rows.tolist()
    found = {
        "rows": [[None if cell != cell else cell for cell in row] for row in sent],
        "predicted": np.asarray(model.predict(asked)).tolist(),
    }
    if isinstance(rows, pandas.DataFrame):
        columns = [rows["size"]]
        for name in ("town", "sea"):
            codes = pandas.Categorical(rows[name], categories=FRAME[name].cat.categories).codes
            columns.append(np.where(codes < 0, np.nan, codes))
        found["codes"] = [[None if cell != cell else cell for cell in row] for row in np.stack(columns, 1).tolist()]
    if hasattr(model, "predict_proba"):
        found["probabilities"] = np.asarray(model.predict_proba(asked), dtype=float).tolist()
    return found


if __name__ == "__main__":
    main()
