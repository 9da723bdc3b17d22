"""CatBoost's model and its estimators for scikit-learn, pickled by CatBoost 1.2.

``CatBoost.__getstate__`` (core.py) has the bytes of a .cbm file as ``__model``, beside the settings of the training.
"""

from __future__ import annotations

from dataclasses import replace

from inference_server.evaluate.evaluator import Evaluator
from inference_server.evaluate.fields import Fields
from inference_server.model_files.read_cbm import read_cbm
from inference_server.not_covered import NotCovered
from inference_server.pickles.unresolved_values import Instance

# Of the constructors: how it trains. The model is trained already, and holds of them what predict asks for.
_OF_TRAINING = (
    "allow_const_label allow_writing_files approx_on_full_history auto_class_weights bagging_temperature "
    "best_model_min_trees boost_from_average boosting_type bootstrap_type border_count callback cat_features "
    "class_names class_weights classes_count colsample_bylevel combinations_ctr counter_calc_method ctr_description "
    "ctr_history_unit ctr_leaf_count_limit ctr_target_border_count custom_loss custom_metric data_partition depth "
    "dev_efb_max_buckets dev_score_calc_obj_block_size device_config devices dictionaries diffusion_temperature "
    "early_stopping_rounds embedding_features eta eval_fraction eval_metric feature_border_type feature_calcers "
    "feature_weights final_ctr_computation_mode first_feature_use_penalties fixed_binary_splits fold_len_multiplier "
    "fold_permutation_block gpu_cat_features_storage gpu_ram_part grow_policy has_time ignored_features "
    "input_borders iterations l2_leaf_reg langevin leaf_estimation_backtracking leaf_estimation_iterations "
    "leaf_estimation_method learning_rate logging_level loss_function max_bin max_ctr_complexity max_depth "
    "max_leaves metadata metric_period min_child_samples min_data_in_leaf model_shrink_mode model_shrink_rate "
    "model_size_reg monotone_constraints mvs_reg n_estimators name nan_mode num_boost_round num_leaves num_trees "
    "objective od_pval od_type od_wait one_hot_max_size output_borders penalties_coefficient per_feature_ctr "
    "per_float_feature_quantization per_object_feature_penalties pinned_memory_size posterior_sampling "
    "random_score_type random_seed random_state random_strength reg_lambda rsm sampling_frequency sampling_unit "
    "save_snapshot scale_pos_weight score_function silent simple_ctr snapshot_file snapshot_interval "
    "sparse_features_conflict_fraction store_all_simple_ctr subsample target_border task_type text_features "
    "text_processing thread_count tokenizers train_dir use_best_model used_ram_limit verbose"
)
# What CatBoost found out about the features and the evaluation sets.
_NOTES = "_prediction_values_change _loss_value_change _test_eval _test_evals"
_MODEL = "__model"
_KNOWN = frozenset(f"{_OF_TRAINING} {_NOTES} {_MODEL}".split())


def read_pickled_catboost(value: Instance) -> Evaluator:
    """Return the evaluator of CatBoostClassifier, CatBoostRegressor or CatBoostRanker, or of CatBoost itself."""
    fields = Fields(value)
    unknown = sorted(str(name)[:60] for name in value.state.keys() - _KNOWN)
    if unknown:
        raise NotCovered(f"CatBoost's {fields.name} with attributes that 1.2 does not give it ({unknown[:5]})")
    content = fields.any(_MODEL, None)
    if not isinstance(content, bytes):
        raise NotCovered(f"a {fields.name} that was not trained")
    evaluator = read_cbm(content, with_ending=fields.name != "CatBoost")
    if fields.name == "CatBoost":
        return replace(evaluator, name="CatBoost")
    if (evaluator.classes_ is not None) != (fields.name == "CatBoostClassifier"):
        raise NotCovered(f"a {fields.name} of {evaluator.name}")
    return replace(evaluator, name=fields.name)
