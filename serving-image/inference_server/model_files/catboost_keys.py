"""Which keys CatBoost's JSON has, and what each is to the reader; any other is refused by name. Found in files of 1.2.

catboost/libs/model/model_export/json_model_helpers.cpp writes them; a .cbm file has the same in fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inference_server.model_files.known_keys import Known
from inference_server.not_covered import NotCovered

READS = (
    "It reads what CatBoost 1.2 writes of trees of numbers and of categories that trees compare as such: "
    "train with one of these, for example after pip install 'catboost<1.3'."
)
_SPLIT: Known = dict.fromkeys(
    [
        # Used.
        *("split_type", "border", "float_feature_index", "cat_feature_index", "value"),
        # What the features say too, and of statistics, which are refused.
        *("split_index", "ctr_target_border_idx"),
    ]
)
_OBLIVIOUS: Known = {"splits": [_SPLIT], "leaf_values": None, "leaf_weights": None}
# Names of places, used; whether training saw gaps, which nan_value_treatment says too.
_FLOAT: Known = dict.fromkeys(
    ["feature_index", "flat_feature_index", "feature_id", "feature_name", "borders", "has_nans", "nan_value_treatment"]
)
_CATEGORY: Known = dict.fromkeys(["feature_index", "flat_feature_index", "feature_id", "feature_name", "values"])
MODEL: Known = {
    "features_info": {
        "float_features": [_FLOAT],
        "categorical_features": [_CATEGORY],
        "cat_features_hash": [dict.fromkeys(["hash", "value"])],
        # Statistics of categories: refused where a tree asks for them.
        "ctrs": None,
    },
    # The loss function and the classes are used; the rest is about the training (check_notes).
    "model_info": None,
    "oblivious_trees": [_OBLIVIOUS],
    # Of their own shape: their reader knows their keys.
    "trees": None,
    "scale_and_bias": None,
    "ctr_data": None,
}
FREE_SPLIT = _SPLIT
STATISTICS = (
    "CatBoost's statistics of categories (CTR): train with one_hot_max_size, which is at most 255, above the number of "
    "values of each category"
)

# Of an author's own notes too, which have any name.
_OF_PREDICTION = ("binclass_probability_threshold",)


def check_notes(notes: Mapping[str, Any]) -> None:
    """Raise ``NotCovered`` for notes of the model (InfoMap) that change what the estimators answer."""
    for name in _OF_PREDICTION:
        if name in notes:
            raise NotCovered(f"CatBoost's {name} (set in the model after the training)")


def loss_of(parameters: Any) -> str:
    """Return the name of the loss function, out of the note ``params``."""
    loss = parameters["loss_function"]
    name = loss["type"] if isinstance(loss, dict) else loss
    return str(name).partition(":")[0]


def version_of(notes: Mapping[str, Any]) -> str:
    """Return who wrote the file, for the log."""
    for line in str(notes.get("catboost_version_info", "")).splitlines():
        name, _, tag = line.strip().partition(": ")
        if name == "Branch" and tag.startswith("tags/v"):
            return f"CatBoost {tag[6:30]}"
    return "CatBoost"
