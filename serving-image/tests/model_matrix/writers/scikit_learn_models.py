"""The kinds of scikit-learn models on numbers that people save: ``models(minor)`` gives them unfitted, by name."""

from __future__ import annotations

from typing import Any

from recording import DOUBLES, TREES
from sklearn.calibration import CalibratedClassifierCV
from sklearn.cluster import KMeans, MiniBatchKMeans
from sklearn.cross_decomposition import PLSRegression
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis, QuadraticDiscriminantAnalysis
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import (
    AdaBoostClassifier,
    AdaBoostRegressor,
    BaggingClassifier,
    BaggingRegressor,
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    IsolationForest,
    RandomForestClassifier,
    RandomForestRegressor,
    StackingClassifier,
    StackingRegressor,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import (
    BayesianRidge,
    ElasticNet,
    GammaRegressor,
    HuberRegressor,
    Lasso,
    LassoCV,
    LinearRegression,
    LogisticRegression,
    LogisticRegressionCV,
    PoissonRegressor,
    Ridge,
    RidgeClassifier,
    RidgeCV,
    SGDClassifier,
    SGDRegressor,
)
from sklearn.mixture import GaussianMixture
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import MultiOutputClassifier, MultiOutputRegressor
from sklearn.naive_bayes import BernoulliNB, ComplementNB, GaussianNB, MultinomialNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, SVR, LinearSVC, LinearSVR, NuSVC, OneClassSVM
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

# name -> (rows of `rows.py`, what is learnt, the estimator, how near the server must be)
Models = dict[str, tuple[str, str, Any, float]]
_SEED = {"random_state": 1}


def _scaled(estimator: Any) -> Any:
    return make_pipeline(StandardScaler(), estimator)


def trees(minor: int) -> Models:
    small, forest = {"max_leaf_nodes": 8, **_SEED}, {"n_estimators": 6, "max_leaf_nodes": 8, **_SEED}
    hist = {"max_iter": 6, "min_samples_leaf": 8, **_SEED}
    coded = {"categorical_features": [0, 1], **hist}
    found: Models = {
        "decision tree": ("array", "three", DecisionTreeClassifier(**small), TREES),
        "decision tree of numbers": ("names", "number", DecisionTreeRegressor(**small), TREES),
        "random forest": ("array", "texts_of_three", RandomForestClassifier(**forest), TREES),
        "random forest of names": ("names", "two", RandomForestClassifier(class_weight="balanced", **forest), TREES),
        "random forest of numbers": ("names", "number", RandomForestRegressor(**forest), TREES),
        "random forest of several numbers": ("array", "several", RandomForestRegressor(**forest), TREES),
        "random forest of several classes": ("array", "several_classes", RandomForestClassifier(**forest), TREES),
        "extra trees": ("array", "three", ExtraTreesClassifier(**forest), TREES),
        "extra trees of numbers": ("array", "number", ExtraTreesRegressor(**forest), TREES),
        "gradient boosting": ("array", "three", GradientBoostingClassifier(n_estimators=5, **small), DOUBLES),
        "gradient boosting of two": ("names", "texts_of_two", GradientBoostingClassifier(n_estimators=6), DOUBLES),
        "gradient boosting of numbers": ("array", "number", GradientBoostingRegressor(n_estimators=6), DOUBLES),
        "gradient boosting of quantiles": (
            "array",
            "number",
            GradientBoostingRegressor(n_estimators=6, loss="quantile", alpha=0.8),
            DOUBLES,
        ),
        "histogram boosting": ("array", "three", HistGradientBoostingClassifier(**hist), DOUBLES),
        "histogram boosting of gaps": ("gaps", "texts_of_two", HistGradientBoostingClassifier(**hist), DOUBLES),
        "histogram boosting of categories": ("codes", "two", HistGradientBoostingClassifier(**coded), DOUBLES),
        "histogram boosting of numbers": ("names and gaps", "number", HistGradientBoostingRegressor(**hist), DOUBLES),
        "histogram boosting of counts": (
            "codes and gaps",
            "counts",
            HistGradientBoostingRegressor(loss="poisson", **coded),
            DOUBLES,
        ),
        "histogram boosting that stopped early": (
            "array",
            "two",
            HistGradientBoostingClassifier(early_stopping=True, n_iter_no_change=2, max_leaf_nodes=4, **_SEED),
            DOUBLES,
        ),
        "histogram boosting with monotony": (
            "array",
            "number",
            HistGradientBoostingRegressor(monotonic_cst=[1, 0, -1, 0], **hist),
            DOUBLES,
        ),
        "isolation forest": ("array", "", IsolationForest(n_estimators=9, max_samples=32, **_SEED), DOUBLES),
        "isolation forest with contamination": (
            "names",
            "",
            IsolationForest(n_estimators=9, max_samples=32, contamination=0.1, max_features=0.5, **_SEED),
            DOUBLES,
        ),
    }
    if minor >= 3:
        found["decision tree of gaps"] = ("gaps", "three", DecisionTreeClassifier(**small), TREES)
    if minor >= 4:
        found["random forest of gaps"] = ("gaps", "texts_of_two", RandomForestClassifier(**forest), TREES)
        found["random forest of numbers and gaps"] = (
            "names and gaps",
            "number",
            RandomForestRegressor(**forest),
            TREES,
        )
    if minor >= 6:
        found["extra trees of gaps"] = ("gaps", "two", ExtraTreesClassifier(**forest), TREES)
    return found


def linear(minor: int) -> Models:
    logistic = LogisticRegression
    found: Models = {
        "logistic regression": ("array", "texts_of_three", _scaled(logistic()), DOUBLES),
        "logistic regression of two": ("names", "texts_of_two", _scaled(logistic()), DOUBLES),
        "logistic regression alone": ("codes", "three", logistic(max_iter=500), DOUBLES),
        "logistic regression with liblinear": ("array", "two", _scaled(logistic(solver="liblinear")), DOUBLES),
        "logistic regression with chosen C": (
            "array",
            "two",
            _scaled(LogisticRegressionCV(Cs=3, cv=3, **({"use_legacy_attributes": True} if minor >= 8 else {}))),
            DOUBLES,
        ),
        "linear regression": ("names", "number", LinearRegression(), DOUBLES),
        "linear regression of several numbers": ("array", "several", LinearRegression(), DOUBLES),
        "ridge": ("array", "number", _scaled(Ridge()), DOUBLES),
        "ridge with chosen alpha": ("array", "number", RidgeCV(), DOUBLES),
        "ridge of several numbers": ("array", "several", Ridge(), DOUBLES),
        "lasso": ("array", "number", _scaled(Lasso(0.1)), DOUBLES),
        "lasso with chosen alpha": ("array", "number", _scaled(LassoCV(cv=3)), DOUBLES),
        "elastic net": ("names", "number", _scaled(ElasticNet(0.1)), DOUBLES),
        "bayesian ridge": ("array", "number", BayesianRidge(), DOUBLES),
        "huber": ("array", "number", _scaled(HuberRegressor()), DOUBLES),
        "poisson regression": ("array", "counts", _scaled(PoissonRegressor()), DOUBLES),
        "gamma regression": ("array", "positive", _scaled(GammaRegressor()), DOUBLES),
        "partial least squares": ("array", "number", PLSRegression(2), DOUBLES),
        "ridge classifier": ("array", "three", RidgeClassifier(), DOUBLES),
        "gradient descent": ("array", "three", _scaled(SGDClassifier(loss="log_loss", **_SEED)), DOUBLES),
        "gradient descent with hinges": ("array", "texts_of_two", _scaled(SGDClassifier(**_SEED)), DOUBLES),
        "gradient descent, modified huber": (
            "array",
            "two",
            _scaled(SGDClassifier(loss="modified_huber", **_SEED)),
            DOUBLES,
        ),
        "gradient descent of numbers": ("array", "number", _scaled(SGDRegressor(**_SEED)), DOUBLES),
        "linear support vectors": ("array", "three", _scaled(LinearSVC(**_SEED)), DOUBLES),
        "linear support vectors of numbers": ("array", "number", _scaled(LinearSVR(**_SEED)), DOUBLES),
        "linear discriminant analysis": ("array", "three", LinearDiscriminantAnalysis(), DOUBLES),
        "quadratic discriminant analysis": ("array", "three", QuadraticDiscriminantAnalysis(), DOUBLES),
        "dummy classifier": ("array", "three", DummyClassifier(), DOUBLES),
        "dummy regressor": ("array", "number", DummyRegressor(), DOUBLES),
        "isotonic": ("one column", "number", IsotonicRegression(out_of_bounds="clip"), DOUBLES),
    }
    return found


def others(minor: int) -> Models:
    forest = {"n_estimators": 4, "max_leaf_nodes": 6, **_SEED}
    stump = DecisionTreeClassifier(max_depth=2, **_SEED)
    layers = {"hidden_layer_sizes": (6,), "max_iter": 60, **_SEED}
    # SAMME.R was the default until 1.5, and is gone in 1.8.
    same = {"algorithm": "SAMME"} if minor < 6 else {}
    # Trains again on all rows where it is not told otherwise: `probability` is deprecated in 1.9.
    pair = [("forest", RandomForestClassifier(**forest)), ("logistic", _scaled(LogisticRegression()))]
    number_pair = [("forest", RandomForestRegressor(**forest)), ("ridge", _scaled(Ridge()))]
    found: Models = {
        "support vectors": ("array", "three", _scaled(SVC()), DOUBLES),
        "support vectors with probabilities": ("array", "texts_of_two", _scaled(SVC(probability=True, **_SEED)), 1e-9),
        "support vectors, linear": ("names", "two", _scaled(SVC(kernel="linear")), DOUBLES),
        "support vectors, polynomial": ("array", "three", _scaled(SVC(kernel="poly", degree=2)), DOUBLES),
        "nu support vectors": ("array", "two", _scaled(NuSVC(nu=0.3)), DOUBLES),
        "support vectors of numbers": ("array", "number", _scaled(SVR()), DOUBLES),
        "one class of support vectors": ("array", "", _scaled(OneClassSVM(nu=0.2)), DOUBLES),
        "neighbours": ("array", "three", _scaled(KNeighborsClassifier()), DOUBLES),
        "neighbours by distance": ("array", "two", KNeighborsClassifier(7, weights="distance"), DOUBLES),
        "neighbours, brute": ("names", "texts_of_three", KNeighborsClassifier(algorithm="brute"), DOUBLES),
        "neighbours of numbers": ("array", "number", KNeighborsRegressor(3), DOUBLES),
        "gaussian naive bayes": ("array", "three", GaussianNB(), DOUBLES),
        "multinomial naive bayes": ("counts", "three", MultinomialNB(), DOUBLES),
        "complement naive bayes": ("counts", "two", ComplementNB(), DOUBLES),
        "bernoulli naive bayes": ("counts", "two", BernoulliNB(binarize=1.5), DOUBLES),
        "neural network": ("array", "three", _scaled(MLPClassifier(**layers)), DOUBLES),
        "neural network of two": ("array", "two", _scaled(MLPClassifier(activation="tanh", **layers)), DOUBLES),
        "neural network of numbers": ("names", "number", _scaled(MLPRegressor(**layers)), DOUBLES),
        "adaboost": ("array", "three", AdaBoostClassifier(stump, n_estimators=5, **same, **_SEED), DOUBLES),
        "adaboost of two": ("array", "two", AdaBoostClassifier(n_estimators=5, **same, **_SEED), DOUBLES),
        "adaboost of numbers": ("array", "number", AdaBoostRegressor(n_estimators=5, **_SEED), DOUBLES),
        "bagging": ("array", "three", BaggingClassifier(stump, n_estimators=4, max_features=0.7, **_SEED), DOUBLES),
        "bagging of numbers": ("array", "number", BaggingRegressor(Ridge(), n_estimators=4, **_SEED), DOUBLES),
        "voting": ("array", "three", VotingClassifier(pair, voting="soft", weights=[1, 2]), DOUBLES),
        "voting, hard": ("array", "texts_of_three", VotingClassifier(pair), DOUBLES),
        "voting of numbers": ("array", "number", VotingRegressor(number_pair), DOUBLES),
        "stacking": ("array", "three", StackingClassifier(pair, cv=3), DOUBLES),
        "stacking with passthrough": ("names", "two", StackingClassifier(pair, cv=3, passthrough=True), DOUBLES),
        "stacking of numbers": ("array", "number", StackingRegressor(number_pair, cv=3), DOUBLES),
        "calibration, sigmoid": ("array", "three", CalibratedClassifierCV(_scaled(LinearSVC(**_SEED)), cv=3), DOUBLES),
        "calibration, isotonic": (
            "array",
            "two",
            CalibratedClassifierCV(RandomForestClassifier(**forest), method="isotonic", cv=3),
            DOUBLES,
        ),
        "one against the rest": ("array", "three", OneVsRestClassifier(_scaled(LogisticRegression())), DOUBLES),
        "several classes": ("array", "several_classes", MultiOutputClassifier(stump), DOUBLES),
        "several numbers": ("array", "several", MultiOutputRegressor(Ridge()), DOUBLES),
        "clusters": ("array", "", _scaled(KMeans(3, n_init=2, **_SEED)), DOUBLES),
        "clusters by small batches": ("array", "", MiniBatchKMeans(3, n_init=2, **_SEED), DOUBLES),
        "mixture of gaussians": ("array", "", GaussianMixture(2, **_SEED), DOUBLES),
        "gaussian process": ("array", "number", _scaled(GaussianProcessRegressor(alpha=0.5)), 1e-9),
    }
    return found


def models(minor: int) -> Models:
    """Return every kind of this file, for scikit-learn 1.``minor``."""
    return {**trees(minor), **linear(minor), **others(minor)}
