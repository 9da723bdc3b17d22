"""What ``all_versions`` runs within each version: trains models of it, and later says what it answers."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

import numpy as np
from other_models import lightgbm_models, xgboost_models

# Came with XGBoost 2.0.
_NEWER = ("quantile",)


def main(what: str, version: str, folder: Path) -> None:
    """Train, or answer the rows.npy beside each model."""
    warnings.simplefilter("ignore")
    light = version.startswith("lightgbm")
    old = version.startswith("xgboost==1")
    for name, (rows, answered, estimator, settings) in (lightgbm_models() if light else xgboost_models()).items():
        if (old and name in _NEWER) or (light and name.startswith("forest")):  # its raw score is not divided
            continue
        estimator.fit(rows, answered, **settings)
        place = folder / name.replace(":", " ")
        place.mkdir(parents=True, exist_ok=True)
        if what == "train":
            np.save(place / "typical.npy", rows)
            if light:
                estimator.booster_.save_model(place / "model.lgb.txt")
            else:
                # XGBoost knows the format by the name.
                estimator.save_model(place / "booster.json")
                (place / "booster.json").rename(place / "model.xgb.json")
                estimator.save_model(place / "model.ubj")
        else:
            asked = np.load(place / "rows.npy")
            sums = {"raw_score": True} if light else {"output_margin": True}
            np.save(place / "sums.npy", estimator.predict(asked, **sums))
            np.save(place / "predicted.npy", estimator.predict(asked))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
