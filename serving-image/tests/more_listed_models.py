"""The rest of ``listed_models``: processes, clusters, several outputs, texts, estimators of estimators."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from sklearn import (
    calibration,
    cluster,
    cross_decomposition,
    ensemble,
    gaussian_process,
    linear_model,
    mixture,
    model_selection,
    multiclass,
    multioutput,
    neighbors,
    pipeline,
    semi_supervised,
    svm,
    tree,
)
from sklearn.datasets import load_iris
from sklearn.feature_extraction import text
from sklearn.gaussian_process import kernels

TEXTS = ["red apple", "green apple", "red rose", "blue sky", "green grass", "blue rose", "red sky", "green sky"]


def _minor() -> int:
    import sklearn

    return int(sklearn.__version__.split(".")[1])


def processes() -> Iterator[tuple[str, Any]]:
    """Yield Gaussian processes of numbers, with every kernel."""
    waves = kernels.ExpSineSquared() + kernels.RationalQuadratic() ** 2
    for name, kernel in {
        "of a sum": kernels.ConstantKernel() * kernels.RBF() + kernels.WhiteKernel(),
        "of Matern": kernels.Matern() + kernels.DotProduct(),
        "of waves": waves,
        "of pairs": kernels.PairwiseKernel(metric="laplacian"),
    }.items():
        yield name, gaussian_process.GaussianProcessRegressor(kernel, alpha=20, optimizer=None)


def classifiers() -> Iterator[tuple[str, Any]]:
    """Yield classifiers of one output."""
    stump = tree.DecisionTreeClassifier(max_depth=2, random_state=1)
    yield "codes", multiclass.OutputCodeClassifier(stump, random_state=1)
    for algorithm in ("kd_tree", "ball_tree"):
        yield f"neighbours by {algorithm}", neighbors.KNeighborsClassifier(algorithm=algorithm, leaf_size=9)
        yield f"near neighbours by {algorithm}", neighbors.RadiusNeighborsClassifier(9.0, algorithm=algorithm)
    yield "propagation", semi_supervised.LabelPropagation(kernel="knn", n_neighbors=5)
    yield "spreading", semi_supervised.LabelSpreading()
    yield "self training", semi_supervised.SelfTrainingClassifier(stump)
    if _minor() >= 6:
        from sklearn.frozen import FrozenEstimator

        frozen = FrozenEstimator(stump.fit(*load_iris(return_X_y=True)))
        yield "frozen", calibration.CalibratedClassifierCV(frozen, method="isotonic")
    if _minor() >= 8:
        yield "calibrated by a temperature", calibration.CalibratedClassifierCV(svm.SVC(), method="temperature", cv=2)


def more_models() -> Iterator[tuple[str, Any, tuple[Any, np.ndarray]]]:
    """Yield the name, the unfitted estimator and the data of each."""
    rows, labels = (part[::2].copy() for part in load_iris(return_X_y=True))
    two = (labels == 2).astype(int)
    pairs = np.stack([two, labels == 1], 1).astype(int)
    numbers = np.stack([rows[:, 0] + labels, rows[:, 1] - labels], 1)
    for name, estimator in processes():
        yield f"process {name}", estimator, (rows[::3], numbers[::3, 0])
    for name, estimator in classifiers():
        yield name, estimator, (rows, labels)
    process = gaussian_process.GaussianProcessClassifier(1.0 * kernels.RBF(), optimizer=None)
    yield "process", process, (rows[::5], labels[::5])
    yield "process of two", gaussian_process.GaussianProcessClassifier(optimizer=None), (rows[::3], two[::3])
    if _minor() >= 5:
        threshold = model_selection.FixedThresholdClassifier(linear_model.LogisticRegression(), threshold=0.3)
        yield "threshold", threshold, (rows, two)
    exponential = ensemble.GradientBoostingClassifier(loss="exponential", max_depth=1, n_estimators=4)
    yield "boosting exponential", exponential, (rows, two)
    yield "tweedie identity", linear_model.TweedieRegressor(power=0, link="identity"), (rows, numbers[:, 0])
    constant = np.stack([two, np.ones_like(two)], 1)
    yield "one against rest of one", multiclass.OneVsRestClassifier(linear_model.LogisticRegression()), (rows, constant)
    yield "outputs", multioutput.MultiOutputClassifier(linear_model.LogisticRegression()), (rows, pairs)
    yield "chain", multioutput.ClassifierChain(linear_model.LogisticRegression(), order=[1, 0]), (rows, pairs)
    yield "tree of outputs", tree.DecisionTreeClassifier(max_depth=3, random_state=1), (rows, pairs)
    yield "outputs regression", multioutput.MultiOutputRegressor(svm.SVR()), (rows, numbers)
    yield "chain regression", multioutput.RegressorChain(svm.SVR()), (rows, numbers)
    for name in ("MultiTaskElasticNet", "MultiTaskElasticNetCV", "MultiTaskLasso", "MultiTaskLassoCV"):
        yield name, getattr(linear_model, name)(), (rows, numbers)
    for name in ("CCA", "PLSCanonical"):
        yield name, getattr(cross_decomposition, name)(1), (rows, numbers)
    yield "ransac", linear_model.RANSACRegressor(random_state=1), (rows, numbers[:, 0])
    for name in ("kd_tree", "ball_tree"):
        yield f"neighbours regression by {name}", neighbors.KNeighborsRegressor(algorithm=name), (rows, numbers)
    yield "propagation of affinity", cluster.AffinityPropagation(random_state=1), (rows, labels)
    yield "birch", cluster.Birch(threshold=0.8, n_clusters=3), (rows, labels)
    yield "bisected means", cluster.BisectingKMeans(3, random_state=1), (rows, labels)
    yield "shifted means", cluster.MeanShift(bandwidth=1.0), (rows, labels)
    yield "mixture by Bayes", mixture.BayesianGaussianMixture(n_components=2, random_state=1), (rows, labels)
    yield "outliers", neighbors.LocalOutlierFactor(novelty=True), (rows, labels)
    tones = np.array(["warm" if "red" in one else "cold" for one in TEXTS])
    for name, reader in {
        "counts": text.CountVectorizer(),
        "hashes": text.HashingVectorizer(n_features=32),
        "frequencies": text.TfidfVectorizer(ngram_range=(1, 2)),
    }.items():
        yield f"texts {name}", pipeline.make_pipeline(reader, linear_model.LogisticRegression()), (TEXTS, tones)
    weighed = pipeline.make_pipeline(text.CountVectorizer(), text.TfidfTransformer(), svm.LinearSVC(random_state=1))
    yield "texts weighed", weighed, (TEXTS, tones)
