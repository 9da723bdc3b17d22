"""Which keys XGBoost's model files have, and what each is to the reader; any other is refused by name.

https://xgboost.readthedocs.io/en/stable/tutorials/saving_model.html links to the schema; found in files of 1.0 to 3.4.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from inference_server.model_error import ModelError
from inference_server.model_files.known_keys import Known, find_unknown, refuse_unknown

# The newest minor of which files were compared with XGBoost's own predictions.
LAST = (3, 4)
READS = (
    f"It reads what XGBoost 1.7 to {LAST[0]}.{LAST[1]} write (gbtree and dart): "
    f"train with one of these, for example after pip install 'xgboost<{LAST[0]}.{LAST[1] + 1}'."
)

_TREE: Known = dict.fromkeys(
    [
        # Used.
        *("left_children", "right_children", "split_indices", "split_conditions", "default_left", "split_type"),
        # Of leaves of several numbers, which before XGBoost 3.2 are in base_weights.
        "leaf_weights",
        *("categories", "categories_nodes", "categories_segments", "categories_sizes", "sum_hessian"),
        # What training knew of each node, which predictions do not need, and what the children say too.
        *("base_weights", "loss_changes", "leaf_child_counts", "parents", "id"),
    ]
) | {"tree_param": dict.fromkeys(["size_leaf_vector", "num_nodes", "num_deleted", "num_feature", "num_roots"])}

_MODEL: Known = {
    # num_trees and size_leaf_vector are said by the trees themselves.
    "gbtree_model_param": dict.fromkeys(["num_parallel_tree", "num_trees", "size_leaf_vector"]),
    "trees": [_TREE],
    "tree_info": None,
    "iteration_indptr": None,
    # Of dart, in XGBoost 3.4.
    "weight_drop": None,
    # Used: the categories of a DataFrame. What follows them says how they are sorted, for looking them up.
    "cats": {
        "enc": [dict.fromkeys(["offsets", "values", "type"])],
        "feature_segments": None,
        "sorted_idx": None,
    },
}

_BOOSTERS: dict[str, Known] = {
    # Since XGBoost 3.3 dart is one of these too; 3.3 has its weights here, 3.4 in the model.
    "gbtree": {"name": None, "model": _MODEL, "weight_drop": None},
    # Until XGBoost 3.2.
    "dart": {"name": None, "gbtree": {"name": None, "model": _MODEL}, "weight_drop": None},
}

# How the objectives weigh rows and errors in training; what they make of the sums depends on their names alone.
_OBJECTIVE: Known = {
    "name": None,
    "reg_loss_param": dict.fromkeys(["scale_pos_weight"]),
    "softmax_multiclass_param": dict.fromkeys(["num_class"]),
    "poisson_regression_param": dict.fromkeys(["max_delta_step"]),
    "tweedie_regression_param": dict.fromkeys(["tweedie_variance_power"]),
    "pseudo_huber_param": dict.fromkeys(["huber_slope"]),
    # Several quantiles are several targets (num_target).
    "quantile_loss_param": dict.fromkeys(["quantile_alpha"]),
    # Of XGBoost before 2.0, and since.
    "lambda_rank_param": dict.fromkeys(["num_pairsample", "fix_list_weight"]),
    "lambdarank_param": dict.fromkeys(
        [
            *("lambdarank_num_pair_per_sample", "lambdarank_pair_method", "lambdarank_unbiased"),
            *("lambdarank_bias_norm", "lambdarank_normalization", "lambdarank_score_normalization", "ndcg_exp_gain"),
        ]
    ),
    # What rankings learned of the places of clicks, to weigh the next training with.
    "ti+": None,
    "tj-": None,
}


def check_version(version: Sequence[Any]) -> None:
    """Raise ``ModelError`` for a file of a newer XGBoost than the newest that was compared with."""
    if tuple(map(int, version[:2])) > LAST:
        written = ".".join(str(int(part)) for part in version[:3])
        raise ModelError(f"The model file was written by XGBoost {written}, newer than this server knows. {READS}")


def check_keys(model: dict[str, Any], booster: str) -> None:
    """Raise ``ModelError`` for keys that no compared file has; ``booster`` is one that is read."""
    known: Known = {
        "version": None,
        "learner": {
            "feature_names": None,
            # Whether numbers are whole, or categories: the nodes say which of them are.
            "feature_types": None,
            # Notes of the model's author; early stopping's are used.
            "attributes": None,
            "learner_model_param": dict.fromkeys(
                ["base_score", "num_class", "num_feature", "num_target", "boost_from_average"]
            ),
            "gradient_booster": _BOOSTERS[booster],
            "objective": _OBJECTIVE,
        },
    }
    refuse_unknown(find_unknown(model, known), READS)
