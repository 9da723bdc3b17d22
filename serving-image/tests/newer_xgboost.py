"""Records models of XGBoosts that this image's Python cannot install, and the sums that they answer.

``python tests/newer_xgboost.py`` in an environment with XGBoost and pandas: XGBoost 3.3 and later need Python 3.12.
Writes into newer-xgboost/ what ``test_strict_xgboost`` compares the server with. A minor that is newer than ``LAST`` of
xgboost_keys.py is first recorded, then compared, and then raised there.
"""

from __future__ import annotations

import json
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas
import xgboost

FOLDER = Path(__file__).with_name("newer-xgboost")
MINOR = ".".join(xgboost.__version__.split(".")[:2])


def main() -> None:
    """Write a file per model."""
    warnings.simplefilter("ignore")
    random = np.random.default_rng(3)
    rows = random.normal(size=(60, 3)).round(2)
    number, classes = rows[:, 0] + rows[:, 1] ** 2, np.digitize(rows[:, 0], [-0.5, 0.5])
    two, coded = (number > 1).astype(int), np.stack([classes, rows[:, 1]], axis=1)
    frame = pandas.DataFrame({"kind": pandas.Categorical(np.array(list("xyz"))[classes]), "size": rows[:, 1]})
    dart = {"booster": "dart", "rate_drop": 0.5}
    _write("dart", rows, xgboost.DMatrix(rows, number), dart)
    _write("dart of two classes", rows, xgboost.DMatrix(rows, two), dart | {"objective": "binary:logistic"})
    _write("two classes", rows, xgboost.DMatrix(rows, two), {"objective": "binary:logistic"})
    _write("three classes", rows, xgboost.DMatrix(rows, classes), {"objective": "multi:softprob", "num_class": 3})
    _write("one class", rows, xgboost.DMatrix(rows, np.ones(60)), {"objective": "binary:logistic"})
    _write("no trees", rows, xgboost.DMatrix(rows, two), {"objective": "binary:logistic"}, 0)
    several = {"objective": "reg:quantileerror", "quantile_alpha": [0.2, 0.8]}
    _write("several targets", rows, xgboost.DMatrix(rows, number), several)
    vector = {"objective": "multi:softprob", "num_class": 3, "multi_strategy": "multi_output_tree"}
    _write("leaves of several numbers", rows, xgboost.DMatrix(rows, classes), vector)
    _leaves_of_two_targets(rows, np.stack([number, classes], axis=1))
    close = {"objective": "reg:quantileerror", "quantile_alpha": [0.45, 0.5, 0.55]}
    _write("crossing quantiles", rows, xgboost.DMatrix(rows, number), close)
    data = xgboost.DMatrix(frame, classes % 2 + rows[:, 1], enable_categorical=True)
    _write("categories", coded, data, {"max_cat_to_onehot": 1})


def _leaves_of_two_targets(rows: np.ndarray, answers: np.ndarray) -> None:
    """Write the one model that is recorded of XGBoost 2.0 too, where such leaves have another form until 3.1."""
    vector = {"multi_strategy": "multi_output_tree", "tree_method": "hist"}
    _write("leaves of two targets", rows, xgboost.DMatrix(rows, answers), vector)


def _write(name: str, rows: np.ndarray, data: xgboost.DMatrix, settings: dict[str, Any], rounds: int = 5) -> None:
    booster = xgboost.train({"max_depth": 2, "nthread": 1, "seed": 1} | settings, data, rounds)
    with tempfile.TemporaryDirectory() as folder:
        booster.save_model(Path(folder) / "model.json")
        model = (Path(folder) / "model.json").read_text()
        again = xgboost.Booster(model_file=Path(folder) / "model.json")
    asked = xgboost.DMatrix(
        rows[:20], feature_names=again.feature_names, feature_types=again.feature_types, enable_categorical=True
    )
    recorded = {"model": json.loads(model), "rows": rows[:20].tolist()}
    recorded["sums"] = again.predict(asked, output_margin=True).tolist()
    if "quantiles" in name:
        recorded["predicted"] = again.predict(asked).tolist()
    text = json.dumps(recorded, separators=(",", ":"))
    (FOLDER / f"{MINOR}-{name.replace(' ', '-')}.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
