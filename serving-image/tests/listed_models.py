"""A small model of each estimator on the allow list, which ``record_minors`` fits with each minor from 1.5 on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from sklearn import (
    calibration,
    cluster,
    compose,
    covariance,
    cross_decomposition,
    decomposition,
    discriminant_analysis,
    dummy,
    ensemble,
    feature_selection,
    impute,
    isotonic,
    kernel_approximation,
    kernel_ridge,
    linear_model,
    mixture,
    multiclass,
    naive_bayes,
    neighbors,
    neural_network,
    pipeline,
    preprocessing,
    svm,
    tree,
)
from sklearn.datasets import load_diabetes, load_iris

Data = tuple[Any, np.ndarray]
LINEAR = (
    "ARDRegression BayesianRidge ElasticNet ElasticNetCV GammaRegressor HuberRegressor Lars LarsCV Lasso LassoCV "
    "LassoLars LassoLarsCV LassoLarsIC LinearRegression OrthogonalMatchingPursuit OrthogonalMatchingPursuitCV "
    "PassiveAggressiveRegressor PoissonRegressor QuantileRegressor Ridge RidgeCV SGDRegressor TheilSenRegressor "
    "TweedieRegressor"
)
PREPROCESSING = (
    "Binarizer MaxAbsScaler MinMaxScaler Normalizer PolynomialFeatures PowerTransformer RobustScaler "
    "StandardScaler FunctionTransformer"
)
# Whose states are others where there are two classes.
OF_TWO = ("adaptive boosting", "boosting", "calibrated", "gradient descent log_loss", "histogram boosting", "logistic")
OF_TWO += ("one against rest", "ridge", "support vectors")
_FEW = {"n_estimators": 4, "random_state": 1}


def _iris() -> Data:
    rows, labels = load_iris(return_X_y=True)
    return rows[::2].copy(), labels[::2]


def _two() -> Data:
    rows, labels = _iris()
    return rows[25:], np.array(["cat", "dog", "eel"])[labels[25:]]


def _numbers() -> Data:
    rows, answers = load_diabetes(return_X_y=True)
    return rows[:120, :5].copy(), answers[:120]


def _counts() -> Data:
    rows, labels = _iris()
    return np.floor(rows), labels


def _holes() -> Data:
    rows, labels = _iris()
    rows = rows.copy()
    rows[np.random.default_rng(0).random(rows.shape) < 0.1] = np.nan
    return rows, labels


def _frame() -> Data:
    import pandas

    rows, labels = _two()
    frame = pandas.DataFrame(rows[:, :3], columns=["length", "width", "height"])
    frame["city"] = np.array(["oslo", "rome", "bern"], dtype=object)[(rows[:, 3] * 10).astype(int) % 3]
    return frame, labels


def classifiers() -> Iterator[tuple[str, Any]]:
    """Yield classifiers, of three classes and of two texts."""
    logistic = linear_model.LogisticRegression()
    stump = tree.DecisionTreeClassifier(max_depth=2, random_state=1)
    yield "bagging", ensemble.BaggingClassifier(stump, max_features=3, **_FEW)
    yield "calibrated", calibration.CalibratedClassifierCV(naive_bayes.GaussianNB(), cv=2)
    yield "calibrated isotonic", calibration.CalibratedClassifierCV(stump, method="isotonic", cv=2, ensemble=False)
    yield "linear discriminant", discriminant_analysis.LinearDiscriminantAnalysis()
    yield "quadratic discriminant", discriminant_analysis.QuadraticDiscriminantAnalysis()
    yield "dummy", dummy.DummyClassifier()
    yield "extra trees", ensemble.ExtraTreesClassifier(max_depth=4, **_FEW)
    yield "forest", ensemble.RandomForestClassifier(max_depth=4, **_FEW)
    yield "boosting", ensemble.GradientBoostingClassifier(max_depth=2, **_FEW)
    yield "histogram boosting", ensemble.HistGradientBoostingClassifier(max_iter=4)
    yield "stacking", ensemble.StackingClassifier([("a", stump), ("b", logistic)], cv=2)
    yield "voting", ensemble.VotingClassifier([("a", stump), ("b", logistic)], voting="soft")
    yield "hard voting", ensemble.VotingClassifier([("a", stump), ("b", logistic)])
    yield "adaptive boosting", ensemble.AdaBoostClassifier(stump, **_FEW)
    yield "logistic", logistic
    yield "logistic by validation", linear_model.LogisticRegressionCV(Cs=2, cv=2, max_iter=300)
    yield "passive aggressive", linear_model.PassiveAggressiveClassifier(random_state=1)
    yield "perceptron", linear_model.Perceptron(random_state=1)
    yield "ridge", linear_model.RidgeClassifier()
    yield "ridge by validation", linear_model.RidgeClassifierCV()
    yield "gradient descent", linear_model.SGDClassifier(random_state=1)
    for loss in ("log_loss", "modified_huber", "squared_hinge", "perceptron", "squared_error", "huber"):
        yield f"gradient descent {loss}", linear_model.SGDClassifier(loss, random_state=1)
    yield "one against one", multiclass.OneVsOneClassifier(stump)
    yield "one against rest", multiclass.OneVsRestClassifier(logistic)
    for name in ("BernoulliNB", "CategoricalNB", "ComplementNB", "GaussianNB", "MultinomialNB"):
        yield f"bayes {name}", getattr(naive_bayes, name)(**({"min_categories": 9} if name == "CategoricalNB" else {}))
    yield "neighbours", neighbors.KNeighborsClassifier(algorithm="brute")
    yield "near neighbours", neighbors.RadiusNeighborsClassifier(9.0, algorithm="brute")
    yield "centroids", neighbors.NearestCentroid()
    yield "network", neural_network.MLPClassifier([5], max_iter=20, random_state=1)
    yield "network by lbfgs", neural_network.MLPClassifier([3], max_iter=20, random_state=1, solver="lbfgs")
    yield "network by descent", neural_network.MLPClassifier([3], max_iter=20, random_state=1, solver="sgd")
    yield "support vectors", svm.SVC()
    yield "nu support vectors", svm.NuSVC(kernel="poly")
    yield "linear support vectors", svm.LinearSVC(random_state=1)
    yield "tree", tree.DecisionTreeClassifier(max_depth=4, random_state=1)
    yield "extra tree", tree.ExtraTreeClassifier(max_depth=4, random_state=1)


def regressors() -> Iterator[tuple[str, Any]]:
    """Yield regressors; the answers that they are given are positive."""
    stump = tree.DecisionTreeRegressor(max_depth=2, random_state=1)
    linear = linear_model.LinearRegression()
    scaler = preprocessing.StandardScaler()
    yield "target", compose.TransformedTargetRegressor(linear, transformer=scaler)
    yield "partial least squares", cross_decomposition.PLSRegression()
    yield "dummy regression", dummy.DummyRegressor(strategy="median")
    yield "bagging regression", ensemble.BaggingRegressor(stump, **_FEW)
    yield "extra trees regression", ensemble.ExtraTreesRegressor(max_depth=4, **_FEW)
    yield "forest regression", ensemble.RandomForestRegressor(max_depth=4, **_FEW)
    for loss in ("squared_error", "absolute_error", "huber", "quantile"):
        yield f"boosting {loss}", ensemble.GradientBoostingRegressor(loss=loss, max_depth=2, **_FEW)
    for loss in ("squared_error", "absolute_error", "gamma", "poisson"):
        yield f"histogram boosting {loss}", ensemble.HistGradientBoostingRegressor(loss=loss, max_iter=4)
    yield (
        "histogram boosting quantile",
        ensemble.HistGradientBoostingRegressor(loss="quantile", quantile=0.3, max_iter=4),
    )
    yield "stacking regression", ensemble.StackingRegressor([("a", stump), ("b", linear)], cv=2)
    yield "voting regression", ensemble.VotingRegressor([("a", stump), ("b", linear)])
    yield "adaptive boosting regression", ensemble.AdaBoostRegressor(stump, **_FEW)
    yield "kernel ridge", kernel_ridge.KernelRidge(kernel="rbf")
    for name in LINEAR.split():
        settings = {"TweedieRegressor": {"power": 1.5}, "SGDRegressor": {"loss": "epsilon_insensitive"}}.get(name, {})
        yield name, getattr(linear_model, name)(**settings)
    for loss in ("huber", "squared_epsilon_insensitive", "squared_error"):
        yield f"descent {loss}", linear_model.SGDRegressor(loss, random_state=1)
    yield "neighbours regression", neighbors.KNeighborsRegressor(algorithm="brute")
    yield "near neighbours regression", neighbors.RadiusNeighborsRegressor(9.0, algorithm="brute")
    yield "network regression", neural_network.MLPRegressor(hidden_layer_sizes=[3], max_iter=20, random_state=1)
    yield "support vector regression", svm.SVR()
    yield "nu support vector regression", svm.NuSVR()
    yield "linear support vector regression", svm.LinearSVR(random_state=1)
    yield "tree regression", tree.DecisionTreeRegressor(max_depth=4, random_state=1)
    yield "poisson tree", tree.DecisionTreeRegressor(criterion="friedman_mse", max_depth=3, random_state=1)
    yield "extra tree regression", tree.ExtraTreeRegressor(max_depth=4, random_state=1)


def unsupervised() -> Iterator[tuple[str, Any]]:
    """Yield what needs no answers."""
    yield "means", cluster.KMeans(3, n_init=1, random_state=1)
    yield "means of batches", cluster.MiniBatchKMeans(3, n_init=1, random_state=1)
    yield "envelope", covariance.EllipticEnvelope(random_state=1)
    yield "isolation forest", ensemble.IsolationForest(max_samples=20, **_FEW)
    yield "mixture", mixture.GaussianMixture(2, random_state=1)
    yield "one class by descent", linear_model.SGDOneClassSVM(random_state=1)
    yield "one class", svm.OneClassSVM()


def transformers() -> Iterator[tuple[str, Any]]:
    """Yield transformers of numbers without gaps."""
    logistic = linear_model.LogisticRegression()
    for name in ("FactorAnalysis", "FastICA", "IncrementalPCA", "PCA", "TruncatedSVD"):
        yield name, getattr(decomposition, name)(2)
    yield "whitened", decomposition.PCA(0.9, whiten=True, svd_solver="full")
    for name in ("GenericUnivariateSelect", "SelectFdr", "SelectFpr", "SelectFwe"):
        yield name, getattr(feature_selection, name)()
    yield "best two", feature_selection.SelectKBest(feature_selection.mutual_info_classif, k=2)
    yield "best by chi2", feature_selection.SelectPercentile(feature_selection.chi2, percentile=60)
    yield "chosen by a model", feature_selection.SelectFromModel(logistic)
    yield "eliminated", feature_selection.RFE(logistic, n_features_to_select=2)
    yield "eliminated by validation", feature_selection.RFECV(logistic, cv=2)
    yield "variance", feature_selection.VarianceThreshold(0.2)
    yield "nystroem", kernel_approximation.Nystroem(n_components=5, random_state=1)
    yield "sampler", kernel_approximation.RBFSampler(n_components=5, random_state=1)
    yield "union", pipeline.FeatureUnion([("a", decomposition.PCA(2)), ("b", preprocessing.StandardScaler())])
    for name in PREPROCESSING.split():
        yield name, getattr(preprocessing, name)()
    yield "quantiles", preprocessing.QuantileTransformer(n_quantiles=10)
    yield "bins", preprocessing.KBinsDiscretizer(3, encode="onehot-dense", strategy="uniform")
    yield "ordinal bins", preprocessing.KBinsDiscretizer(3, encode="ordinal")


def imputers() -> Iterator[tuple[str, Any]]:
    """Yield what fills gaps."""
    yield "simple", impute.SimpleImputer(add_indicator=True)
    yield "most frequent", impute.SimpleImputer(strategy="most_frequent", keep_empty_features=True)
    yield "by neighbours", impute.KNNImputer(n_neighbors=3)
    yield "indicator", pipeline.FeatureUnion([("a", impute.SimpleImputer()), ("b", impute.MissingIndicator())])


def models_of_frames() -> Iterator[tuple[str, Any]]:
    """Yield what chooses its columns by their names, or by their types."""
    scaled = ("scaled", preprocessing.StandardScaler(), ["length", "width"])
    coded = {
        "hot": preprocessing.OneHotEncoder(handle_unknown="ignore"),
        "ordinal": preprocessing.OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1),
        "target": preprocessing.TargetEncoder(cv=2, random_state=1),
    }
    for name, encoder in coded.items():
        for remainder in ("drop", "passthrough"):
            columns = compose.ColumnTransformer([scaled, (name, encoder, ["city"])], remainder=remainder)
            yield f"{name} {remainder}", pipeline.make_pipeline(columns, svm.SVC())
    numbers = compose.make_column_selector(dtype_include=np.number)
    texts = compose.make_column_selector(pattern="city")
    columns = compose.ColumnTransformer([("n", preprocessing.RobustScaler(), numbers), ("t", coded["hot"], texts)])
    yield "by types", pipeline.make_pipeline(columns, naive_bayes.GaussianNB())
    rest = compose.ColumnTransformer([("hot", coded["hot"], [3])], remainder=preprocessing.StandardScaler())
    yield "by places", pipeline.make_pipeline(rest, svm.SVC())
    frame_out = preprocessing.StandardScaler().set_output(transform="pandas")
    only = compose.ColumnTransformer([("scaled", frame_out, ["length", "width"])], verbose_feature_names_out=False)
    yield "pandas between", pipeline.make_pipeline(only, ensemble.HistGradientBoostingClassifier(max_iter=3))
    yield (
        "categories of a frame",
        pipeline.make_pipeline(
            compose.ColumnTransformer([("o", coded["ordinal"], ["city"])], remainder="passthrough"),
            ensemble.HistGradientBoostingClassifier(max_iter=3, categorical_features=[0]),
        ),
    )


def listed_models() -> Iterator[tuple[str, Any, Data]]:
    """Yield the name, the unfitted estimator and the data of each."""
    for name, estimator in classifiers():
        yield name, estimator, _counts() if name.startswith("bayes") else _iris()
        if name in OF_TWO:
            yield f"{name} of two", estimator, _two()
    for name, estimator in regressors():
        yield name, estimator, _numbers()
    for name, estimator in unsupervised():
        yield name, estimator, _iris()
    for name, estimator in transformers():
        yield f"pipeline {name}", pipeline.make_pipeline(estimator, svm.SVC()), _iris()
    for name, estimator in imputers():
        yield f"pipeline {name}", pipeline.make_pipeline(estimator, svm.SVC()), _holes()
    yield "histogram boosting of holes", ensemble.HistGradientBoostingClassifier(max_iter=4), _holes()
    yield (
        "histogram boosting of categories",
        ensemble.HistGradientBoostingClassifier(max_iter=4, categorical_features=[0]),
        _counts(),
    )
    rows, answers = _numbers()
    yield "isotonic", isotonic.IsotonicRegression(), (rows[:, :1].copy(), answers)
    for name, estimator in models_of_frames():
        yield f"frame {name}", estimator, _frame()
