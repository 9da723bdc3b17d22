"""Models of XGBoost and LightGBM to compare with: name -> (rows, answers, unfitted estimator, settings of fit)."""

from __future__ import annotations

from typing import Any

import numpy as np
from covered_models import load_data

_LIGHT: dict[str, Any] = {"n_estimators": 12, "verbose": -1, "n_jobs": 1}
_EXTREME: dict[str, Any] = {"n_estimators": 12, "n_jobs": 1}


def xgboost_models() -> dict[str, tuple[np.ndarray, np.ndarray, Any, dict[str, Any]]]:
    """Every objective that is read, missing values, categories, early stopping, forests."""
    from xgboost import XGBClassifier, XGBRegressor, XGBRFClassifier

    cancer, diabetes, iris, wine = load_data("cancer"), load_data("diabetes"), load_data("iris"), load_data("wine")
    holes, codes = load_data("holes"), load_data("categories-holes")
    small, share = (diabetes[0], diabetes[1] / 50), (diabetes[0], diabetes[1] / 400)
    early = {"eval_set": [(cancer[0][300:], cancer[1][300:])], "verbose": False}
    kinds = {"tree_method": "hist", "enable_categorical": True, "feature_types": ["c", "c", "c", "q"]}
    return {
        "two classes": (*cancer, XGBClassifier(**_EXTREME), {}),
        "three classes": (*iris, XGBClassifier(**_EXTREME), {}),
        "softmax": (*wine, XGBClassifier(objective="multi:softmax", **_EXTREME), {}),
        "hinge": (*cancer, XGBClassifier(objective="binary:hinge", **_EXTREME), {}),
        "holes": (*holes, XGBClassifier(num_parallel_tree=2, **_EXTREME), {}),
        "dart": (*iris, XGBClassifier(booster="dart", rate_drop=0.4, random_state=1, **_EXTREME), {}),
        "forest": (*wine, XGBRFClassifier(n_estimators=20), {}),
        "categories": (*codes, XGBClassifier(max_cat_to_onehot=2, **kinds, **_EXTREME), {}),
        "one category against the rest": (*codes, XGBClassifier(max_cat_to_onehot=99, **kinds, **_EXTREME), {}),
        "early stopping": (*cancer, XGBClassifier(n_estimators=80, early_stopping_rounds=3), early),
        "base score": (*cancer, XGBClassifier(base_score=0.3, **_EXTREME), {}),
        "regression": (*diabetes, XGBRegressor(**_EXTREME), {}),
        "pruned regression": (*diabetes, XGBRegressor(gamma=9.0, tree_method="exact", max_depth=9, **_EXTREME), {}),
        "logistic regression": (*share, XGBRegressor(objective="reg:logistic", **_EXTREME), {}),
        "quantile": (*small, XGBRegressor(objective="reg:quantileerror", quantile_alpha=0.7, **_EXTREME), {}),
        **{
            name: (*small, XGBRegressor(objective=name, **_EXTREME), {})
            for name in (
                *("count:poisson", "reg:gamma", "reg:tweedie", "reg:absoluteerror", "reg:pseudohubererror"),
                *("reg:squaredlogerror", "survival:cox"),
            )
        },
    }


def lightgbm_models() -> dict[str, tuple[np.ndarray, np.ndarray, Any, dict[str, Any]]]:
    """Every objective and kind of boosting that is read, the three kinds of missing values, categories."""
    from lightgbm import LGBMClassifier, LGBMRegressor

    cancer, diabetes, iris = load_data("cancer"), load_data("diabetes"), load_data("iris")
    holes, codes = load_data("holes"), load_data("categories-holes")
    zeros = holes[0].copy()
    zeros[np.random.default_rng(1).random(zeros.shape) < 0.2] = 0.0
    small, share = (diabetes[0], diabetes[1] / 50), (diabetes[0], diabetes[1] / 400)
    forest = {"boosting_type": "rf", "bagging_freq": 1, "bagging_fraction": 0.7}
    return {
        "two classes": (*cancer, LGBMClassifier(**_LIGHT), {}),
        "three classes": (*iris, LGBMClassifier(**_LIGHT), {}),
        "one against all": (*iris, LGBMClassifier(objective="multiclassova", **_LIGHT), {}),
        "steep sigmoid": (*cancer, LGBMClassifier(objective="binary", sigmoid=2.0, **_LIGHT), {}),
        "holes": (*holes, LGBMClassifier(**_LIGHT), {}),
        "zero is missing": (zeros, holes[1], LGBMClassifier(zero_as_missing=True, **_LIGHT), {}),
        "nothing is missing": (zeros, holes[1], LGBMClassifier(use_missing=False, **_LIGHT), {}),
        "categories": (*codes, LGBMClassifier(**_LIGHT), {"categorical_feature": [0, 1, 2]}),
        "forest": (*cancer, LGBMClassifier(**forest, **_LIGHT), {}),
        "forest of three": (*iris, LGBMClassifier(**forest, **_LIGHT), {}),
        "dart": (*cancer, LGBMClassifier(boosting_type="dart", **_LIGHT), {}),
        "square roots": (*small, LGBMRegressor(reg_sqrt=True, **_LIGHT), {}),
        "cross entropy": (*share, LGBMRegressor(objective="cross_entropy", **_LIGHT), {}),
        **{
            name: (*small, LGBMRegressor(objective=name, **_LIGHT), {})
            for name in (
                *("regression", "regression_l1", "huber", "fair", "quantile", "mape", "poisson", "gamma", "tweedie"),
            )
        },
    }
