"""Records models of CatBoost in all of their forms, and what CatBoost answers.

``python tests/catboost_models.py`` in an environment with CatBoost 1.2, scikit-learn and pandas: writes into
catboost-models/ what ``test_catboost`` compares the server with. CatBoost's wheels are too large for every test run.
"""

from __future__ import annotations

import base64
import json
import lzma
import pickle
import tempfile
from pathlib import Path
from typing import Any

import catboost
import numpy as np
import pandas
from catboost import CatBoost, CatBoostClassifier, CatBoostRanker, CatBoostRegressor, Pool
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

FOLDER = Path(__file__).with_name("catboost-models")
SMALL: dict[str, Any] = {"iterations": 4, "depth": 3, "verbose": 0, "thread_count": 1, "allow_writing_files": False}
_RANDOM = np.random.default_rng(5)
ROWS = _RANDOM.normal(size=(200, 3)).round(2)
ROWS[::9, 1] = np.nan
THREE = np.digitize(ROWS[:, 0], [-0.5, 0.5])
TWO = (ROWS[:, 0] + ROWS[:, 2] > 0.3).astype(int)
TOWNS = np.array(["oslo", "bergen", "ærøskøbing", "a town whose name is longer than sixteen letters"])
KINDS = _RANDOM.integers(4, size=200)
FRAME = pandas.DataFrame({"size": ROWS[:, 0], "town": TOWNS[KINDS], "step": KINDS % 3 * 10})
ASKED = np.concatenate([ROWS[:12], np.full((1, 3), np.nan), np.full((1, 3), 1e30), np.full((1, 3), -1e30)])


def main() -> None:
    """Write the models by sixes, so that each file is small."""
    FOLDER.mkdir(exist_ok=True)
    models = train()
    for number in range(0, len(models), 6):
        write(FOLDER / f"1.2-{number // 6}.json", dict(list(models.items())[number : number + 6]))
    (FOLDER / "hashes.json").write_text(json.dumps(hashes()) + "\n")


def train() -> dict[str, Any]:
    """Name -> a trained model."""
    one_hot = {"cat_features": ["town", "step"], "one_hot_max_size": 10}
    towns = FRAME[["size", "town"]]
    found = {
        "two classes": CatBoostClassifier(**SMALL).fit(ROWS, np.array(["no", "yes"])[TWO]),
        "three classes": CatBoostClassifier(**SMALL).fit(ROWS, THREE),
        "one against all": CatBoostClassifier(loss_function="MultiClassOneVsAll", **SMALL).fit(ROWS, THREE),
        "cross entropy": CatBoostClassifier(loss_function="CrossEntropy", **SMALL).fit(ROWS, TWO),
        "booleans": CatBoostClassifier(**SMALL).fit(ROWS, TWO > 0),
        "numbers as classes": CatBoostClassifier(**SMALL).fit(ROWS, TWO * 0.5),
        "regression": CatBoostRegressor(**SMALL).fit(ROWS, ROWS[:, 0]),
        "gaps above": CatBoostRegressor(nan_mode="Max", **SMALL).fit(ROWS, np.nan_to_num(ROWS[:, 1], nan=2.0)),
        "counts": CatBoostRegressor(loss_function="Poisson", **SMALL).fit(ROWS, THREE),
        "tweedie": CatBoostRegressor(loss_function="Tweedie:variance_power=1.5", **SMALL).fit(ROWS, THREE),
        "quantile": CatBoostRegressor(loss_function="Quantile:alpha=0.3", **SMALL).fit(ROWS, ROWS[:, 0]),
        "ranking": CatBoostRanker(loss_function="YetiRank", **SMALL).fit(ROWS, TWO, group_id=np.arange(200) // 10),
        "leaf by leaf": CatBoostRegressor(grow_policy="Lossguide", max_leaves=6, **SMALL).fit(ROWS, ROWS[:, 0]),
        "level by level": CatBoostClassifier(grow_policy="Depthwise", **SMALL).fit(ROWS, THREE),
        "several numbers": CatBoostRegressor(loss_function="MultiRMSE", **SMALL).fit(ROWS, ROWS[:, [0, 2]]),
        "sums": CatBoost({"loss_function": "Logloss", **SMALL}).fit(ROWS, TWO),
        "categories": CatBoostRegressor(**one_hot, **SMALL).fit(FRAME, KINDS + FRAME["size"]),
        "statistics": CatBoostClassifier(cat_features=["town"], **SMALL).fit(towns, KINDS % 2),
        "uncertainty": CatBoostRegressor(loss_function="RMSEWithUncertainty", **SMALL).fit(ROWS, ROWS[:, 0]),
        "pipeline": make_pipeline(StandardScaler(), CatBoostClassifier(**SMALL)).fit(ROWS, THREE),
        "several in a pipeline": make_pipeline(
            StandardScaler(), CatBoostRegressor(loss_function="MultiRMSE", **SMALL)
        ).fit(ROWS, ROWS[:, [0, 2]]),
    }
    scaled = CatBoostRegressor(**SMALL).fit(ROWS, ROWS[:, 0])
    scaled.set_scale_and_bias(2.5, [-1.25])
    threshold = CatBoostClassifier(**SMALL).fit(ROWS, TWO)
    threshold.set_probability_threshold(0.8)
    return found | {"scaled": scaled, "threshold": threshold}


def hashes() -> dict[str, int]:
    """The hashes of texts of every length that is mixed in its own way, out of the JSON of a model that knows them."""
    sizes = (0, 1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 32, 33, 63, 64, 65, 130, 250)
    texts = [("oslo bergen ærø " * 20)[:size] for size in sizes]
    frame = pandas.DataFrame({"text": texts * 3})
    model = CatBoostRegressor(cat_features=["text"], **SMALL).fit(frame, np.arange(len(frame)))
    known = json.loads(saved(model, frame)["json"])["features_info"]["cat_features_hash"]
    return {one["value"]: one["hash"] for one in known}


def write(file: Path, models: dict[str, Any]) -> None:
    """Write the models, packed together, and of each the rows and the answers."""
    found: dict[str, Any] = {"version": catboost.__version__, "contents": "", "models": {}}
    whole = b""
    for index, (name, model) in enumerate(models.items()):
        forms = {"pickle": pickle.dumps(model, protocol=2 + index % 3)}
        if not name.endswith("pipeline"):
            forms |= saved(model, {"categories": FRAME, "statistics": FRAME[["size", "town"]]}.get(name))
        whole += b"".join(forms.values())
        sizes = {form: len(content) for form, content in forms.items()}
        found["models"][name] = {"sizes": sizes, **answers(name, model)}
    found["contents"] = base64.b64encode(lzma.compress(whole, preset=9)).decode()
    file.write_text(json.dumps(found, separators=(",", ":")) + "\n")


def saved(model: Any, frame: Any) -> dict[str, bytes]:
    """Return the content of both forms; JSON of a model with categories needs the data."""
    pool = {} if frame is None else {"pool": Pool(frame, cat_features=[name for name in frame if name != "size"])}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model"
        model.save_model(str(path), format="cbm")
        found = {"cbm": path.read_bytes()}
        model.save_model(str(path), format="json", **pool)
        # Without the spaces, and what nobody reads.
        found["json"] = json.dumps(json.loads(path.read_text()), separators=(",", ":")).encode()
        return found


def answers(name: str, model: Any) -> dict[str, Any]:
    """Ask a model; a category that it has not seen is among the rows."""
    asked: Any = ASKED
    if name in ("categories", "statistics"):
        asked = FRAME[:15].copy()
        asked.loc[asked.index[::5], "town"] = "paris"
        asked = asked if name == "categories" else asked[["size", "town"]]
    rows = asked.values.tolist() if isinstance(asked, pandas.DataFrame) else asked.tolist()
    found = {
        "rows": [[None if cell != cell else cell for cell in row] for row in rows],
        "predicted": np.asarray(model.predict(asked)).tolist(),
    }
    if hasattr(model, "predict_proba"):
        found["probabilities"] = model.predict_proba(asked).tolist()
    return found


if __name__ == "__main__":
    main()
