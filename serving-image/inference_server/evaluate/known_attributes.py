"""The attributes that estimators of scikit-learn 1.2 to 1.9 have in files, by tests/record_attributes.py.

What predictions depend on is read; an attribute that is not here might be one more (``check_attributes``).
"""

EVERYWHERE = "_metadata_request _sklearn_output_config _sklearn_version feature_names_in_ n_features_in_"

ATTRIBUTES: dict[str, str] = {
    "ARDRegression": (
        "X_offset_ X_scale_ alpha_ alpha_1 alpha_2 coef_ compute_score copy_X fit_intercept intercept_ "
        "lambda_ lambda_1 lambda_2 max_iter n_iter n_iter_ scores_ sigma_ threshold_lambda tol verbose"
    ),
    "AdaBoostClassifier": (
        "algorithm base_estimator classes_ estimator estimator_ estimator_errors_ estimator_params "
        "estimator_weights_ estimators_ learning_rate n_classes_ n_estimators random_state"
    ),
    "AdaBoostRegressor": (
        "base_estimator estimator estimator_ estimator_errors_ estimator_params estimator_weights_ "
        "estimators_ learning_rate loss n_estimators random_state"
    ),
    "BaggingClassifier": (
        "_max_features _max_samples _n_samples _sample_weight _seeds base_estimator bootstrap "
        "bootstrap_features classes_ estimator estimator_ estimator_params estimators_ estimators_features_ "
        "max_features max_samples n_classes_ n_estimators n_jobs oob_decision_function_ oob_score oob_score_ "
        "random_state verbose warm_start"
    ),
    "BaggingRegressor": (
        "_max_features _max_samples _n_samples _sample_weight _seeds base_estimator bootstrap "
        "bootstrap_features estimator estimator_ estimator_params estimators_ estimators_features_ "
        "max_features max_samples n_estimators n_jobs oob_prediction_ oob_score oob_score_ random_state "
        "verbose warm_start"
    ),
    "BayesianRidge": (
        "X_offset_ X_scale_ alpha_ alpha_1 alpha_2 alpha_init coef_ compute_score copy_X fit_intercept "
        "intercept_ lambda_ lambda_1 lambda_2 lambda_init max_iter n_iter n_iter_ scores_ sigma_ tol verbose"
    ),
    "BernoulliNB": (
        "alpha binarize class_count_ class_log_prior_ class_prior classes_ feature_count_ feature_log_prob_ "
        "fit_prior force_alpha"
    ),
    "Binarizer": ("copy threshold"),
    "CalibratedClassifierCV": ("base_estimator calibrated_classifiers_ classes_ cv ensemble estimator method n_jobs"),
    "ColumnTransformer": (
        "_columns _n_features _name_to_fitted_passthrough _remainder _transformer_to_input_indices "
        "_transformers_feature_names_out force_int_remainder_cols n_jobs output_indices_ remainder "
        "sparse_output_ sparse_threshold transformer_weights transformers transformers_ verbose "
        "verbose_feature_names_out"
    ),
    "ComplementNB": (
        "alpha class_count_ class_log_prior_ class_prior classes_ feature_all_ feature_count_ "
        "feature_log_prob_ fit_prior force_alpha norm"
    ),
    "DecisionTreeClassifier": (
        "ccp_alpha class_weight classes_ criterion max_depth max_features max_features_ max_leaf_nodes "
        "min_impurity_decrease min_samples_leaf min_samples_split min_weight_fraction_leaf monotonic_cst "
        "n_classes_ n_outputs_ random_state splitter tree_"
    ),
    "DecisionTreeRegressor": (
        "ccp_alpha class_weight classes_ criterion max_depth max_features max_features_ max_leaf_nodes "
        "min_impurity_decrease min_samples_leaf min_samples_split min_weight_fraction_leaf monotonic_cst "
        "n_classes_ n_outputs_ random_state splitter tree_"
    ),
    "DummyClassifier": (
        "_strategy class_prior_ classes_ constant n_classes_ n_outputs_ random_state sparse_output_ strategy"
    ),
    "DummyRegressor": ("constant constant_ n_outputs_ quantile strategy"),
    "ElasticNet": (
        "alpha coef_ copy_X dual_gap_ fit_intercept intercept_ l1_ratio max_iter n_iter_ positive precompute "
        "random_state selection tol warm_start"
    ),
    "ElasticNetCV": (
        "_alphas alpha_ alphas alphas_ coef_ copy_X cv dual_gap_ eps fit_intercept intercept_ l1_ratio "
        "l1_ratio_ max_iter mse_path_ n_alphas n_iter_ n_jobs positive precompute random_state selection tol "
        "verbose"
    ),
    "ExtraTreeClassifier": (
        "ccp_alpha class_weight classes_ criterion max_depth max_features max_features_ max_leaf_nodes "
        "min_impurity_decrease min_samples_leaf min_samples_split min_weight_fraction_leaf monotonic_cst "
        "n_classes_ n_outputs_ random_state splitter tree_"
    ),
    "ExtraTreeRegressor": (
        "ccp_alpha class_weight classes_ criterion max_depth max_features max_features_ max_leaf_nodes "
        "min_impurity_decrease min_samples_leaf min_samples_split min_weight_fraction_leaf monotonic_cst "
        "n_classes_ n_outputs_ random_state splitter tree_"
    ),
    "ExtraTreesClassifier": (
        "_n_samples _n_samples_bootstrap _sample_weight base_estimator bootstrap ccp_alpha class_weight "
        "classes_ criterion estimator estimator_ estimator_params estimators_ max_depth max_features "
        "max_leaf_nodes max_samples min_impurity_decrease min_samples_leaf min_samples_split "
        "min_weight_fraction_leaf monotonic_cst n_classes_ n_estimators n_jobs n_outputs_ "
        "oob_decision_function_ oob_score oob_score_ random_state verbose warm_start"
    ),
    "ExtraTreesRegressor": (
        "_n_samples _n_samples_bootstrap _sample_weight base_estimator bootstrap ccp_alpha class_weight "
        "classes_ criterion estimator estimator_ estimator_params estimators_ max_depth max_features "
        "max_leaf_nodes max_samples min_impurity_decrease min_samples_leaf min_samples_split "
        "min_weight_fraction_leaf monotonic_cst n_classes_ n_estimators n_jobs n_outputs_ oob_prediction_ "
        "oob_score oob_score_ random_state verbose warm_start"
    ),
    "FeatureUnion": (
        "_transformers_feature_names_out n_jobs transformer_list transformer_weights verbose verbose_feature_names_out"
    ),
    "FixedThresholdClassifier": ("classes_ estimator estimator_ pos_label response_method threshold"),
    "FrozenEstimator": ("estimator"),
    "FunctionTransformer": (
        "accept_sparse check_inverse feature_names_out func inv_kw_args inverse_func kw_args validate"
    ),
    "GammaRegressor": (
        "_base_loss alpha coef_ fit_intercept intercept_ max_iter n_iter_ solver tol verbose warm_start"
    ),
    "GaussianNB": ("class_count_ class_prior_ classes_ epsilon_ priors theta_ var_ var_smoothing"),
    "GenericUnivariateSelect": ("mode param pvalues_ score_func scores_"),
    "GradientBoostingClassifier": (
        "_loss _n_classes _rng alpha base_estimator ccp_alpha classes_ criterion estimator estimator_ "
        "estimator_params estimators_ init init_ learning_rate loss max_depth max_features max_features_ "
        "max_leaf_nodes min_impurity_decrease min_samples_leaf min_samples_split min_weight_fraction_leaf "
        "n_classes_ n_estimators n_estimators_ n_iter_no_change n_trees_per_iteration_ oob_improvement_ "
        "oob_score_ oob_scores_ random_state subsample tol train_score_ validation_fraction verbose "
        "warm_start"
    ),
    "GradientBoostingRegressor": (
        "_loss _rng alpha base_estimator ccp_alpha criterion estimator estimator_ estimator_params "
        "estimators_ init init_ learning_rate loss max_depth max_features max_features_ max_leaf_nodes "
        "min_impurity_decrease min_samples_leaf min_samples_split min_weight_fraction_leaf n_estimators "
        "n_estimators_ n_iter_no_change n_trees_per_iteration_ oob_improvement_ oob_score_ oob_scores_ "
        "random_state subsample tol train_score_ validation_fraction verbose warm_start"
    ),
    "HistGradientBoostingClassifier": (
        "_baseline_prediction _bin_mapper _feature_subsample_rng _fitted_with_sw _in_fit "
        "_is_categorical_remapped _label_encoder _loss _n_features _predictors _preprocessor _random_seed "
        "_scorer _use_validation_data categorical_features class_weight classes_ do_early_stopping_ "
        "early_stopping interaction_cst is_categorical_ l2_regularization learning_rate loss max_bins "
        "max_depth max_features max_iter max_leaf_nodes min_samples_leaf monotonic_cst n_iter_no_change "
        "n_trees_per_iteration_ random_state scoring tol train_score_ validation_fraction validation_score_ "
        "verbose warm_start"
    ),
    "HistGradientBoostingRegressor": (
        "_baseline_prediction _bin_mapper _feature_subsample_rng _fitted_with_sw _in_fit "
        "_is_categorical_remapped _loss _n_features _predictors _preprocessor _random_seed _scorer "
        "_use_validation_data categorical_features do_early_stopping_ early_stopping interaction_cst "
        "is_categorical_ l2_regularization learning_rate loss max_bins max_depth max_features max_iter "
        "max_leaf_nodes min_samples_leaf monotonic_cst n_iter_no_change n_trees_per_iteration_ quantile "
        "random_state scoring tol train_score_ validation_fraction validation_score_ verbose warm_start"
    ),
    "HuberRegressor": ("alpha coef_ epsilon fit_intercept intercept_ max_iter n_iter_ outliers_ scale_ tol warm_start"),
    "IncrementalPCA": (
        "batch_size batch_size_ components_ copy explained_variance_ explained_variance_ratio_ mean_ "
        "n_components n_components_ n_samples_seen_ noise_variance_ singular_values_ var_ whiten"
    ),
    "IsolationForest": (
        "_average_path_length_per_tree _decision_path_lengths _max_features _max_samples _n_samples "
        "_sample_weight _seeds base_estimator bootstrap bootstrap_features contamination estimator estimator_ "
        "estimator_params estimators_ estimators_features_ max_features max_samples max_samples_ n_estimators "
        "n_jobs offset_ oob_score random_state verbose warm_start"
    ),
    "IsotonicRegression": (
        "X_max_ X_min_ X_thresholds_ f_ increasing increasing_ out_of_bounds y_max y_min y_thresholds_"
    ),
    "KBinsDiscretizer": (
        "_encoder bin_edges_ dtype encode n_bins n_bins_ quantile_method random_state strategy subsample"
    ),
    "LabelBinarizer": ("classes_ neg_label pos_label sparse_input_ sparse_output y_type_"),
    "Lars": (
        "active_ alphas_ coef_ coef_path_ copy_X eps fit_intercept fit_path intercept_ jitter n_iter_ "
        "n_nonzero_coefs normalize precompute random_state verbose"
    ),
    "LarsCV": (
        "active_ alpha_ alphas_ coef_ coef_path_ copy_X cv cv_alphas_ eps fit_intercept fit_path intercept_ "
        "jitter max_iter max_n_alphas mse_path_ n_iter_ n_jobs n_nonzero_coefs normalize precompute "
        "random_state verbose"
    ),
    "Lasso": (
        "alpha coef_ copy_X dual_gap_ fit_intercept intercept_ l1_ratio max_iter n_iter_ positive precompute "
        "random_state selection tol warm_start"
    ),
    "LassoCV": (
        "_alphas alpha_ alphas alphas_ coef_ copy_X cv dual_gap_ eps fit_intercept intercept_ l1_ratio_ "
        "max_iter mse_path_ n_alphas n_iter_ n_jobs positive precompute random_state selection tol verbose"
    ),
    "LassoLars": (
        "active_ alpha alphas_ coef_ coef_path_ copy_X eps fit_intercept fit_path intercept_ jitter max_iter "
        "n_iter_ n_nonzero_coefs normalize positive precompute random_state verbose"
    ),
    "LassoLarsCV": (
        "active_ alpha_ alphas_ coef_ coef_path_ copy_X cv cv_alphas_ eps fit_intercept fit_path intercept_ "
        "jitter max_iter max_n_alphas mse_path_ n_iter_ n_jobs n_nonzero_coefs normalize positive precompute "
        "random_state verbose"
    ),
    "LassoLarsIC": (
        "active_ alpha alpha_ alphas_ coef_ coef_path_ copy_X criterion criterion_ eps fit_intercept fit_path "
        "intercept_ jitter max_iter n_iter_ n_nonzero_coefs noise_variance noise_variance_ normalize positive "
        "precompute random_state verbose"
    ),
    "LinearDiscriminantAnalysis": (
        "_max_components _n_features_out classes_ coef_ covariance_ covariance_estimator "
        "explained_variance_ratio_ intercept_ means_ n_components priors priors_ scalings_ shrinkage solver "
        "store_covariance tol xbar_"
    ),
    "LinearRegression": ("coef_ copy_X fit_intercept intercept_ n_jobs positive rank_ singular_ tol"),
    "LinearSVC": (
        "C class_weight classes_ coef_ dual fit_intercept intercept_ intercept_scaling loss max_iter "
        "multi_class n_iter_ penalty random_state tol verbose"
    ),
    "LinearSVR": (
        "C coef_ dual epsilon fit_intercept intercept_ intercept_scaling loss max_iter n_iter_ random_state tol verbose"
    ),
    "LogisticRegression": (
        "C _callback_fit_ctx _skl_callbacks _skl_callbacks_to_teardown class_weight classes_ coef_ dual "
        "fit_intercept intercept_ intercept_scaling l1_ratio max_iter multi_class n_iter_ n_jobs penalty "
        "random_state solver tol verbose warm_start"
    ),
    "LogisticRegressionCV": (
        "C C_ Cs Cs_ _callback_fit_ctx _skl_callbacks _skl_callbacks_to_teardown class_weight classes_ coef_ "
        "coefs_paths_ cv dual fit_intercept intercept_ intercept_scaling l1_ratio l1_ratio_ l1_ratios "
        "l1_ratios_ max_iter multi_class n_iter_ n_jobs penalty random_state refit scores_ scoring solver tol "
        "use_legacy_attributes verbose warm_start"
    ),
    "MLPClassifier": (
        "_best_coefs _best_intercepts _coef_indptr _intercept_indptr _label_binarizer _no_improvement_count "
        "_optimizer _random_state activation alpha batch_size best_loss_ best_validation_score_ beta_1 beta_2 "
        "classes_ coefs_ early_stopping epsilon hidden_layer_sizes intercepts_ learning_rate "
        "learning_rate_init loss loss_ loss_curve_ max_fun max_iter momentum n_iter_ n_iter_no_change "
        "n_layers_ n_outputs_ nesterovs_momentum out_activation_ power_t random_state shuffle solver t_ tol "
        "validation_fraction validation_scores_ verbose warm_start"
    ),
    "MLPRegressor": (
        "_best_coefs _best_intercepts _coef_indptr _intercept_indptr _no_improvement_count _optimizer "
        "_random_state activation alpha batch_size best_loss_ best_validation_score_ beta_1 beta_2 coefs_ "
        "early_stopping epsilon hidden_layer_sizes intercepts_ learning_rate learning_rate_init loss loss_ "
        "loss_curve_ max_fun max_iter momentum n_iter_ n_iter_no_change n_layers_ n_outputs_ "
        "nesterovs_momentum out_activation_ power_t random_state shuffle solver t_ tol validation_fraction "
        "validation_scores_ verbose warm_start"
    ),
    "MaxAbsScaler": ("clip copy max_abs_ n_samples_seen_ scale_"),
    "MinMaxScaler": ("clip copy data_max_ data_min_ data_range_ feature_range min_ n_samples_seen_ scale_"),
    "MissingIndicator": ("_n_features _precomputed error_on_new features features_ missing_values sparse"),
    "MultiTaskElasticNet": (
        "alpha coef_ copy_X dual_gap_ eps_ fit_intercept intercept_ l1_ratio max_iter n_iter_ positive "
        "precompute random_state selection tol warm_start"
    ),
    "MultiTaskElasticNetCV": (
        "_alphas alpha_ alphas alphas_ coef_ copy_X cv dual_gap_ eps fit_intercept intercept_ l1_ratio "
        "l1_ratio_ max_iter mse_path_ n_alphas n_iter_ n_jobs positive precompute random_state selection tol "
        "verbose"
    ),
    "MultiTaskLasso": (
        "alpha coef_ copy_X dual_gap_ eps_ fit_intercept intercept_ l1_ratio max_iter n_iter_ positive "
        "precompute random_state selection tol warm_start"
    ),
    "MultiTaskLassoCV": (
        "_alphas alpha_ alphas alphas_ coef_ copy_X cv dual_gap_ eps fit_intercept intercept_ l1_ratio_ "
        "max_iter mse_path_ n_alphas n_iter_ n_jobs positive precompute random_state selection tol verbose"
    ),
    "MultinomialNB": (
        "alpha class_count_ class_log_prior_ class_prior classes_ feature_count_ feature_log_prob_ fit_prior "
        "force_alpha"
    ),
    "Normalizer": ("copy norm"),
    "OneHotEncoder": (
        "_default_to_infrequent_mappings _drop_idx_after_grouping _infrequent_enabled _infrequent_indices "
        "_n_features_outs categories categories_ drop drop_idx_ dtype feature_name_combiner handle_unknown "
        "max_categories min_frequency sparse sparse_output"
    ),
    "OrdinalEncoder": (
        "_default_to_infrequent_mappings _infrequent_enabled _infrequent_indices _missing_indices categories "
        "categories_ dtype encoded_missing_value handle_unknown max_categories min_frequency unknown_value"
    ),
    "OrthogonalMatchingPursuit": (
        "coef_ fit_intercept intercept_ n_iter_ n_nonzero_coefs n_nonzero_coefs_ normalize precompute tol"
    ),
    "OrthogonalMatchingPursuitCV": (
        "coef_ copy cv fit_intercept intercept_ max_iter n_iter_ n_jobs n_nonzero_coefs_ normalize verbose"
    ),
    "PCA": (
        "_fit_svd_solver components_ copy explained_variance_ explained_variance_ratio_ iterated_power mean_ "
        "n_components n_components_ n_oversamples n_samples_ noise_variance_ power_iteration_normalizer "
        "random_state singular_values_ svd_solver tol whiten"
    ),
    "PassiveAggressiveClassifier": (
        "C X_val _average_coef _average_intercept _expanded_class_weight _loss_function_ _standard_coef "
        "_standard_intercept alpha average class_weight classes_ coef_ early_stopping epsilon estimator eta0 "
        "fit_intercept intercept_ l1_ratio learning_rate loss loss_function_ max_iter n_iter_ "
        "n_iter_no_change n_jobs nu offset_ penalty power_t random_state sample_weight_val shuffle t_ tol "
        "validation_fraction verbose warm_start y_val"
    ),
    "PassiveAggressiveRegressor": (
        "C X_val _average_coef _average_intercept _expanded_class_weight _loss_function_ _standard_coef "
        "_standard_intercept alpha average class_weight coef_ early_stopping epsilon estimator eta0 "
        "fit_intercept intercept_ l1_ratio learning_rate loss loss_function_ max_iter n_iter_ "
        "n_iter_no_change n_jobs nu offset_ penalty power_t random_state sample_weight_val shuffle t_ tol "
        "validation_fraction verbose warm_start y_val"
    ),
    "Perceptron": (
        "C X_val _average_coef _average_intercept _expanded_class_weight _loss_function_ _standard_coef "
        "_standard_intercept alpha average class_weight classes_ coef_ early_stopping epsilon estimator eta0 "
        "fit_intercept intercept_ l1_ratio learning_rate loss loss_function_ max_iter n_iter_ "
        "n_iter_no_change n_jobs nu offset_ penalty power_t random_state sample_weight_val shuffle t_ tol "
        "validation_fraction verbose warm_start y_val"
    ),
    "Pipeline": ("_callback_fit_ctx _skl_callbacks _skl_callbacks_to_teardown memory steps transform_input verbose"),
    "PoissonRegressor": (
        "_base_loss alpha coef_ fit_intercept intercept_ max_iter n_iter_ solver tol verbose warm_start"
    ),
    "PolynomialFeatures": (
        "_max_degree _min_degree _n_out_full degree include_bias interaction_only n_output_features_ order"
    ),
    "PowerTransformer": ("_scaler copy lambdas_ method standardize"),
    "QuantileRegressor": ("alpha coef_ fit_intercept intercept_ n_iter_ quantile solver solver_options"),
    "QuantileTransformer": (
        "copy ignore_implicit_zeros n_quantiles n_quantiles_ output_distribution quantiles_ random_state "
        "references_ subsample"
    ),
    "RFE": (
        "estimator estimator_ importance_getter n_features_ n_features_to_select ranking_ scores_ step "
        "step_n_features_ step_ranking_ step_scores_ step_support_ support_ verbose"
    ),
    "RFECV": (
        "cv cv_results_ estimator estimator_ importance_getter min_features_to_select n_features_ "
        "n_features_to_select n_jobs ranking_ scores_ scoring step step_n_features_ step_ranking_ "
        "step_scores_ step_support_ support_ verbose"
    ),
    "RandomForestClassifier": (
        "_n_samples _n_samples_bootstrap _sample_weight base_estimator bootstrap ccp_alpha class_weight "
        "classes_ criterion estimator estimator_ estimator_params estimators_ max_depth max_features "
        "max_leaf_nodes max_samples min_impurity_decrease min_samples_leaf min_samples_split "
        "min_weight_fraction_leaf monotonic_cst n_classes_ n_estimators n_jobs n_outputs_ "
        "oob_decision_function_ oob_score oob_score_ random_state verbose warm_start"
    ),
    "RandomForestRegressor": (
        "_n_samples _n_samples_bootstrap _sample_weight base_estimator bootstrap ccp_alpha class_weight "
        "classes_ criterion estimator estimator_ estimator_params estimators_ max_depth max_features "
        "max_leaf_nodes max_samples min_impurity_decrease min_samples_leaf min_samples_split "
        "min_weight_fraction_leaf monotonic_cst n_classes_ n_estimators n_jobs n_outputs_ oob_prediction_ "
        "oob_score oob_score_ random_state verbose warm_start"
    ),
    "Ridge": ("alpha coef_ copy_X fit_intercept intercept_ max_iter n_iter_ positive random_state solver solver_ tol"),
    "RidgeCV": (
        "_store_cv_results alpha_ alpha_per_target alphas best_score_ coef_ cv cv_results_ cv_values_ "
        "fit_intercept gcv_mode intercept_ scoring store_cv_results store_cv_values"
    ),
    "RidgeClassifier": (
        "_label_binarizer alpha class_weight classes_ coef_ copy_X fit_intercept intercept_ max_iter n_iter_ "
        "positive random_state solver solver_ tol"
    ),
    "RidgeClassifierCV": (
        "_label_binarizer _store_cv_results alpha_ alpha_per_target alphas best_score_ class_weight classes_ "
        "coef_ cv cv_results_ cv_values_ fit_intercept gcv_mode intercept_ scoring store_cv_results "
        "store_cv_values"
    ),
    "RobustScaler": ("center_ copy quantile_range scale_ unit_variance with_centering with_scaling"),
    "SGDClassifier": (
        "C X_val _average_coef _average_intercept _expanded_class_weight _loss_function_ _standard_coef "
        "_standard_intercept alpha average class_weight classes_ coef_ early_stopping epsilon estimator eta0 "
        "fit_intercept intercept_ l1_ratio learning_rate loss loss_function_ max_iter n_iter_ "
        "n_iter_no_change n_jobs nu offset_ penalty power_t random_state sample_weight_val shuffle t_ tol "
        "validation_fraction verbose warm_start y_val"
    ),
    "SGDRegressor": (
        "C X_val _average_coef _average_intercept _expanded_class_weight _loss_function_ _standard_coef "
        "_standard_intercept alpha average class_weight coef_ early_stopping epsilon estimator eta0 "
        "fit_intercept intercept_ l1_ratio learning_rate loss loss_function_ max_iter n_iter_ "
        "n_iter_no_change n_jobs nu offset_ penalty power_t random_state sample_weight_val shuffle t_ tol "
        "validation_fraction verbose warm_start y_val"
    ),
    "SelectFdr": ("alpha pvalues_ score_func scores_"),
    "SelectFpr": ("alpha pvalues_ score_func scores_"),
    "SelectFwe": ("alpha pvalues_ score_func scores_"),
    "SelectKBest": ("k pvalues_ score_func scores_"),
    "SelectPercentile": ("percentile pvalues_ score_func scores_"),
    "SequentialFeatureSelector": (
        "cv direction estimator n_features_to_select n_features_to_select_ n_jobs scoring support_ tol"
    ),
    "SimpleImputer": (
        "_fill_dtype _fit_dtype add_indicator copy fill_value indicator_ keep_empty_features missing_values "
        "statistics_ strategy verbose"
    ),
    "StackingClassifier": (
        "_label_encoder _n_feature_outs classes_ cv estimators estimators_ final_estimator final_estimator_ "
        "n_jobs named_estimators_ passthrough stack_method stack_method_ verbose"
    ),
    "StackingRegressor": (
        "_n_feature_outs cv estimators estimators_ final_estimator final_estimator_ n_jobs named_estimators_ "
        "passthrough stack_method stack_method_ verbose"
    ),
    "StandardScaler": (
        "_callback_fit_ctx _skl_callbacks _skl_callbacks_to_teardown copy mean_ n_samples_seen_ scale_ var_ "
        "with_mean with_std"
    ),
    "TargetEncoder": (
        "_default_to_infrequent_mappings _infrequent_enabled _infrequent_indices categories categories_ "
        "classes_ cv encodings_ random_state shuffle smooth target_mean_ target_type target_type_"
    ),
    "TheilSenRegressor": (
        "breakdown_ coef_ copy_X fit_intercept intercept_ max_iter max_subpopulation n_iter_ n_jobs "
        "n_subpopulation_ n_subsamples random_state tol verbose"
    ),
    "TransformedTargetRegressor": (
        "_training_dim check_inverse func inverse_func regressor regressor_ transformer transformer_"
    ),
    "Tree": ("max_depth node_count nodes values"),
    "TreePredictor": ("binned_left_cat_bitsets nodes raw_left_cat_bitsets"),
    "TruncatedSVD": (
        "algorithm components_ explained_variance_ explained_variance_ratio_ n_components n_iter "
        "n_oversamples power_iteration_normalizer random_state singular_values_ tol"
    ),
    "TunedThresholdClassifierCV": (
        "_curve_scorer best_score_ best_threshold_ classes_ cv cv_results_ estimator estimator_ n_jobs "
        "random_state refit response_method scoring store_cv_results thresholds"
    ),
    "TweedieRegressor": (
        "_base_loss alpha coef_ fit_intercept intercept_ link max_iter n_iter_ power solver tol verbose warm_start"
    ),
    "VarianceThreshold": ("threshold variances_"),
    "VotingClassifier": (
        "classes_ estimators estimators_ flatten_transform le_ n_jobs named_estimators_ verbose voting weights"
    ),
    "VotingRegressor": ("estimators estimators_ n_jobs named_estimators_ verbose weights"),
    "_BinMapper": (
        "bin_thresholds_ is_categorical is_categorical_ known_categories missing_values_bin_idx_ n_bins "
        "n_bins_non_missing_ n_threads random_state subsample"
    ),
    "_CalibratedClassifier": ("calibrators classes estimator method"),
    "_SigmoidCalibration": ("a_ b_"),
}
