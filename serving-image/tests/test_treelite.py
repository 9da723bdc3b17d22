"""A third implementation of trees beside ours and the library's: treelite 4.8.1, on rows that sit on the thresholds.

Where it differs from the library that wrote the model, ``DIFFERS`` says so by name, and the test holds it to that: the
server agrees with the library (``test_other_formats``, ``test_evaluate``).
"""

from __future__ import annotations

import pickle
from collections.abc import Callable

import numpy as np
import pytest
from covered_models import covered_models, fit, load_rows
from other_models import lightgbm_models, xgboost_models

treelite = pytest.importorskip("treelite", reason="treelite is not installed")
pytest.importorskip("xgboost", reason="xgboost is not installed")
pytest.importorskip("lightgbm", reason="lightgbm is not installed")

from inference_server.evaluate.compile_model import compile_model  # noqa: E402
from inference_server.model_files.read_evaluator import read_evaluator  # noqa: E402
from inference_server.pickles.read_inert import read_inert  # noqa: E402
from sagemaker_deployer.pack.parity.adversarial_rows import adversarial_rows  # noqa: E402

EXTREME, LIGHT, COVERED = xgboost_models(), lightgbm_models(), covered_models()
MOST_ROWS = 1000
OF_XGBOOST = ["two classes", "three classes", "holes", "dart", "categories", "regression", "count:poisson", "quantile"]
OF_LIGHTGBM = ["two classes", "three classes", "holes", "zero is missing", "categories", "dart", "regression"]
OF_SCIKIT_LEARN = [
    "forest iris",
    "extra trees iris",
    "forest regression",
    "boosting iris",
    "boosting regression",
    "histogram boosting iris",
    "several: forest of labels",
    "several: extra trees of numbers",
]
# Model -> what treelite does otherwise, and on which rows.
DIFFERS: dict[str, tuple[str, Callable[[np.ndarray], np.ndarray]]] = {
    "LightGBM: zero is missing": (
        "it does not read LightGBM's zero_as_missing",
        lambda rows: np.isnan(rows) | (np.abs(rows) <= 1e-34),
    ),
    "LightGBM: categories": (
        "LightGBM rounds a category between -1 and 0 to 0, treelite takes it for none",
        lambda rows: (rows > -1) & (rows < 0),
    ),
}
# Its softmax is in float32.
SINGLE = ("boosting iris", "histogram boosting iris")


def rows_for(evaluator, rows: np.ndarray, dtype: type) -> np.ndarray:
    """Return rows that both read alike: treelite compares the numbers as they come."""
    table = adversarial_rows(evaluator, rows)
    table = table[np.random.default_rng(1).permutation(len(table))[:MOST_ROWS]]
    with np.errstate(over="ignore"):
        return table.astype(dtype)


def margins(model, rows: np.ndarray, **settings: bool) -> np.ndarray:
    found = treelite.gtil.predict(model, rows, nthread=1, **settings)
    return found.reshape(len(rows), -1)


def assert_agrees(name: str, rows: np.ndarray, found: np.ndarray, expected: np.ndarray, tolerance: float) -> None:
    differs = ~np.isclose(found, expected.reshape(found.shape), rtol=tolerance, atol=tolerance)
    wrong = differs.reshape(len(rows), -1).any(axis=1)
    if name not in DIFFERS:
        assert not wrong.any(), rows[wrong][:3]
        return
    reason, concerns = DIFFERS[name]
    assert wrong.any(), f"no longer true of treelite: {reason}"
    assert concerns(rows)[wrong].any(axis=1).all()


@pytest.mark.parametrize("name", OF_XGBOOST)
def test_xgboost(tmp_path, name):
    rows, answered, estimator, settings = EXTREME[name]
    estimator.fit(rows, answered, **settings).save_model(tmp_path / "model.ubj")
    evaluator = read_evaluator(tmp_path / "model.ubj")
    table = rows_for(evaluator, rows, np.float32)
    model = treelite.frontend.load_xgboost_model(str(tmp_path / "model.ubj"), format_choice="ubjson")
    # In float32, and in another order: the sums of other leaves differ by more.
    assert_agrees(name, table, margins(model, table, pred_margin=True), evaluator.sums(table.astype(np.float64)), 1e-5)


@pytest.mark.parametrize("strategy", ["one_output_per_tree", "multi_output_tree"])
def test_xgboost_of_several_targets(tmp_path, strategy):
    import xgboost

    rows, answered, _, _ = EXTREME["regression"]
    estimator = xgboost.XGBRegressor(n_estimators=9, n_jobs=1, multi_strategy=strategy)
    estimator.fit(rows, np.stack([answered, -answered], axis=1)).save_model(tmp_path / "model.json")
    evaluator = read_evaluator(tmp_path / "model.json", "model.xgb.json")
    table = rows_for(evaluator, rows, np.float32)
    model = treelite.frontend.load_xgboost_model(str(tmp_path / "model.json"), format_choice="json")
    sums = evaluator.sums(table.astype(np.float64))
    assert_agrees(strategy, table, margins(model, table, pred_margin=True), sums, 1e-5)


@pytest.mark.parametrize("name", OF_LIGHTGBM)
def test_lightgbm(tmp_path, name):
    rows, answered, estimator, settings = LIGHT[name]
    booster = estimator.fit(rows, answered, **settings).booster_
    booster.save_model(tmp_path / "model.lgb.txt")
    evaluator = read_evaluator(tmp_path / "model.lgb.txt")
    table = rows_for(evaluator, rows, np.float64)
    model = treelite.frontend.from_lightgbm(booster)
    found = margins(model, table, pred_margin=True)
    assert_agrees(f"LightGBM: {name}", table, found, evaluator.sums(table), 1e-12)


@pytest.mark.parametrize("name", OF_SCIKIT_LEARN)
def test_scikit_learn(name):
    data, estimator = COVERED[name]
    evaluator = compile_model(read_inert(pickle.dumps(fit(data, estimator))))
    table = rows_for(evaluator, load_rows(data), np.float64)
    if evaluator.sums.single_precision:
        table = table.astype(np.float32).astype(np.float64)
    if not evaluator.sums.missing_allowed:
        table = table[~np.isnan(table).any(axis=1)]
    model = treelite.sklearn.import_model(estimator)
    found = treelite.gtil.predict(model, table, nthread=1)
    answered, shares = evaluator.answer(table)
    if isinstance(shares, list):  # of several outputs each as wide as the widest
        expected = np.zeros(found.shape)
        for place, one in enumerate(shares):
            expected[:, place, : one.shape[1]] = one
    else:
        expected = answered if shares is None else shares
    assert_agrees(name, table, found, expected, 1e-6 if name in SINGLE else 1e-12)
