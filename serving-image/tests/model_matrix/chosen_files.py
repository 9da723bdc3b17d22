"""Which of the written files are committed for `npm test`: small ones, of each way to save and to be answered."""

from __future__ import annotations

from pathlib import Path

COMMITTED = Path(__file__).parent.parent / "written-models"
LARGEST_BYTES = 30_000

# Names of files without their ending, which differs with the version.
CHOSEN_FILES: dict[str, list[str]] = {
    "scikit-learn": [
        "random-forest",
        "histogram-boosting-of-categories",
        "logistic-regression",
        "support-vectors",
        "gaussian-naive-bayes",
        "adaboost",
        "voting",
        "one-hot",
        "one-hot-infrequent",
        "selected-by-type",
        "searched",
        "bins",
    ],
    "xgboost": ["two-classes", "dart", "types-of-columns", "pipeline-of-texts"],
    "lightgbm": ["two-classes", "categories-of-pandas"],
    "catboost": ["two-classes-of-gaps", "categories-one-hot"],
    "onnx": ["random-forest", "gradient-boosting", "logistic-regression", "linear-regression", "one-hot-sparse"],
}
