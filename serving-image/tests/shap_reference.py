"""Records SHAP values of the shap package, XGBoost and LightGBM, and checks the server against the packages themselves.

In an environment with requirements.txt, requirements-engines.txt and ``shap==0.51.0``:
``python tests/shap_reference.py check`` compares every covered model that shap supports, and the recorded values;
``write`` records them again. Exit status 1 where a number differs by more than 1e-10, or, of XGBoost, which
computes in float32, by more than 1e-6 of the largest.
"""

from __future__ import annotations

import json
import pickle
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import joblib
import lightgbm
import numpy as np
import shap
import xgboost
from covered_models import covered_models, fit, load_data
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from inference_server.evaluate.compile_model import compile_model
from inference_server.evaluate.trees import Trees
from inference_server.explain.tree_shap import TreeShap
from inference_server.load_model import read_evaluator
from inference_server.model import Model
from inference_server.pickles.read_inert import read_inert

FOLDER = Path(__file__).parent / "shap-reference"
TOLERANCE = 1e-10
RECORDED = {
    "tree": ("wine", DecisionTreeClassifier(max_depth=6, random_state=3)),
    "forest": ("iris", RandomForestClassifier(12, random_state=3)),
    "deep-forest": ("cancer", RandomForestClassifier(4, random_state=3)),
    "extra-trees": ("wine", ExtraTreesClassifier(4, random_state=3)),
    "forest-regression": ("diabetes", RandomForestRegressor(6, max_depth=7, random_state=3)),
    "boosting": ("cancer", GradientBoostingClassifier(n_estimators=12, random_state=3)),
    "boosting-regression": ("diabetes", GradientBoostingRegressor(n_estimators=12, random_state=3)),
    "histogram-boosting": ("wine", HistGradientBoostingClassifier(max_iter=6)),
    "histogram-boosting-of-holes": ("holes", HistGradientBoostingClassifier(max_iter=4)),
    "histogram-boosting-regression": ("diabetes", HistGradientBoostingRegressor(max_iter=8)),
    "logistic": ("iris", make_pipeline(StandardScaler(), LogisticRegression())),
    "logistic-of-two": ("cancer", make_pipeline(StandardScaler(), LogisticRegression())),
    "ridge": ("diabetes", make_pipeline(StandardScaler(), Ridge())),
}
_ROWS = 6


def explain_with_package(estimator: object, rows: np.ndarray, typical: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return rows x columns x features, and the base of each column."""
    final, prepare = estimator, lambda table: table
    if hasattr(estimator, "steps"):
        final, prepare = estimator[-1], lambda table: np.asarray(estimator[:-1].transform(table))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if hasattr(final, "coef_"):
            # The masker samples a hundred rows unless told otherwise.
            masker = shap.maskers.Independent(prepare(typical), max_samples=len(typical))
            explainer = shap.LinearExplainer(final, masker)
            values = explainer.shap_values(prepare(rows))
        else:
            explainer = shap.TreeExplainer(final, feature_perturbation="tree_path_dependent")
            values = explainer.shap_values(prepare(rows), check_additivity=False)
    values = np.asarray(values)
    values = values[:, None] if values.ndim == 2 else values.transpose(0, 2, 1)
    return values, np.atleast_1d(explainer.expected_value)


def engines() -> Iterator[tuple[str, np.ndarray, np.ndarray, float]]:
    """Write a model file of XGBoost and LightGBM each; yield its name, rows, contributions and the tolerance."""
    for data in ("iris", "diabetes", "holes", "codes"):
        rows, answers = load_data(data)
        asked = rows[:: len(rows) // _ROWS][:_ROWS]
        regression = data == "diabetes"
        if data != "codes":
            kind = xgboost.XGBRegressor if regression else xgboost.XGBClassifier
            trained = kind(n_estimators=6, max_depth=4).fit(rows, answers)
            trained.save_model(FOLDER / f"{data}.ubj")
            found = trained.get_booster().predict(xgboost.DMatrix(asked), pred_contribs=True)
            yield f"{data}.ubj", asked, found, 1e-6 * float(np.abs(found).max())
        kind = lightgbm.LGBMRegressor if regression else lightgbm.LGBMClassifier
        trained = kind(n_estimators=6, min_child_samples=5, min_data_per_group=5, verbose=-1)
        trained.fit(rows, answers, categorical_feature=[0, 1] if data == "codes" else "auto")
        (FOLDER / f"{data}.lgb.txt").write_text(trained.booster_.model_to_string())
        yield f"{data}.lgb.txt", asked, trained.booster_.predict(asked, pred_contrib=True), TOLERANCE


def both_classes(values: np.ndarray, base: np.ndarray, wanted: int) -> tuple[np.ndarray, np.ndarray]:
    """The package gives one of two classes where they mirror each other."""
    if values.shape[1] == wanted:
        return values, base
    return np.concatenate([-values, values], axis=1), np.concatenate([-base, base])


def write() -> None:
    """Record the values."""
    FOLDER.mkdir(exist_ok=True)
    recorded = {
        name: describe(name, rows, *split(found, rows.shape[1]), tolerance)
        for name, rows, found, tolerance in engines()
    }
    for name, (data, estimator) in RECORDED.items():
        fit(data, estimator)
        file = FOLDER / f"{name}.joblib"
        joblib.dump(estimator, file, compress=("xz", 9))
        typical = load_data(data)[0]
        rows = typical[:: len(typical) // _ROWS][:_ROWS]
        model = Model(read_evaluator(file))
        wanted = 1 if model.class_names is None else len(model.class_names)
        values, base = both_classes(*explain_with_package(estimator, rows, typical), wanted)
        recorded[name] = describe(file.name, rows, values, base, TOLERANCE)
    (FOLDER / "values.json").write_text(json.dumps(recorded) + "\n")


def split(contributions: np.ndarray, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Both libraries put a base behind the features of each class."""
    each = np.asarray(contributions, dtype=np.float64).reshape(len(contributions), -1, width + 1)
    return each[:, :, :-1], each[0, :, -1]


def describe(file: str, rows: np.ndarray, values: np.ndarray, base: np.ndarray, tolerance: float) -> dict[str, object]:
    """Return the entry of values.json."""
    return {
        "file": file,
        "rows": [[None if np.isnan(one) else one for one in row] for row in rows.tolist()],
        "base": base.tolist(),
        "values": values.tolist(),
        "tolerance": tolerance,
    }


def check() -> int:
    """Return the exit status."""
    worst, failed = 0.0, False
    recorded = json.loads((FOLDER / "values.json").read_text())
    for name, one in recorded.items():
        rows = np.array(one["rows"], dtype=np.float64)
        _, found = Model(read_evaluator(FOLDER / one["file"])).explainer.values(rows)
        if name not in RECORDED:
            difference = np.abs(found - np.array(one["values"])).max()
            print(f"{name}: {difference:.1e}, tolerance {one['tolerance']:.0e}")
            failed |= bool(difference > one["tolerance"])
            continue
        estimator = joblib.load(FOLDER / one["file"])
        typical = load_data(RECORDED[name][0])[0]
        values, _ = both_classes(*explain_with_package(estimator, rows, typical), found.shape[1])
        difference = max(np.abs(found - values).max(), np.abs(found - np.array(one["values"])).max())
        print(f"{name}: {difference:.1e}")
        worst = max(worst, difference)
    for name, (data, estimator) in covered_models().items():
        fit(data, estimator)
        evaluator = compile_model(read_inert(pickle.dumps(estimator)))
        if not isinstance(evaluator.sums, Trees):
            continue
        typical = load_data(data)[0]
        rows = typical[::3]
        try:
            values, _ = explain_with_package(estimator, rows, typical)
        except Exception as reason:
            if "only supported for binary classification" not in str(reason):
                raise
            print(f"{name}: the package does not support it")
            continue
        table = rows
        for step in evaluator.steps:
            table = step(table)
        shap_values = TreeShap(evaluator.sums)
        for found in (shap_values(table), shap_values.explain_with_numpy(table)):
            difference = np.abs(found.transpose(0, 2, 1) - values).max()
            worst = max(worst, difference)
        print(f"{name}: {difference:.1e}")
    print(f"largest difference {worst:.1e}")
    return 1 if failed or worst > TOLERANCE else 0


if __name__ == "__main__":
    if sys.argv[1] == "write":
        write()
    sys.exit(check())
