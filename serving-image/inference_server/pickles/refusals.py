"""Why estimators of scikit-learn are not served: the words of messages, and of the table in docs/models.md."""

from __future__ import annotations

from inference_server.model_error import ModelError
from inference_server.pickles.numpy_functions import NUMPY_FUNCTIONS

_FITTED_ROWS_ONLY = (
    "it says something of the rows that it was fitted with, and has no predict for others; "
    "train a classifier on its labels, or use KMeans"
)
_NO_PREDICT = "it has no predict"
_DOCUMENTS = "it takes documents or dicts, not rows of columns"
_SPARSE = "its columns are a sparse matrix, which is not read"
_NOT_READ = "no file of it has been compared"

_GROUPS: dict[str, str] = {
    _FITTED_ROWS_ONLY: (
        "AgglomerativeClustering ClassicalMDS DBSCAN HDBSCAN MDS OPTICS SpectralBiclustering SpectralClustering "
        "SpectralCoclustering SpectralEmbedding TSNE"
    ),
    _NO_PREDICT: (
        "EmpiricalCovariance GraphicalLasso GraphicalLassoCV KernelDensity LedoitWolf MinCovDet OAS ShrunkCovariance"
    ),
    "it finds neighbours; KNeighborsClassifier and KNeighborsRegressor predict by them": "NearestNeighbors",
    "trained with novelty=False it has none; train it with novelty=True": "LocalOutlierFactor",
    _DOCUMENTS: "DictVectorizer FeatureHasher PatchExtractor",
    _SPARSE: "KNeighborsTransformer RadiusNeighborsTransformer RandomTreesEmbedding",
    (
        "predict asks its scorer, which is not read; save FixedThresholdClassifier(FrozenEstimator(model.estimator_), "
        "threshold=model.best_threshold_), fitted"
    ): "TunedThresholdClassifierCV",
    "it makes several labels of lists, and no columns": "MultiLabelBinarizer",
    _NOT_READ: (
        "AdditiveChi2Sampler BernoulliRBM DictionaryLearning FeatureAgglomeration GaussianRandomProjection Isomap "
        "KernelCenterer KernelPCA LatentDirichletAllocation LocallyLinearEmbedding MiniBatchDictionaryLearning "
        "MiniBatchNMF MiniBatchSparsePCA NMF NeighborhoodComponentsAnalysis PLSSVD PolynomialCountSketch "
        "SkewedChi2Sampler SparseCoder SparsePCA SparseRandomProjection SplineTransformer"
    ),
}

# By the name of the class.
REFUSALS: dict[str, str] = {name: reason for reason, names in _GROUPS.items() for name in names.split()}


def without_predict(name: str) -> str:
    """Return the message for a model that cannot predict."""
    why = f": {REFUSALS[name]}" if name in REFUSALS else ""
    return f"The model file holds a {name}, which has no predict method{why}."


def damaged(name: str, error: Exception) -> ModelError:
    """Return the error for a file that is no whole pickle; ``error`` is what reading it raised."""
    return ModelError(
        f"{name} cannot be read ({type(error).__name__}): it is damaged, or was not written by pickle "
        "protocol 2 to 5 or joblib, on scikit-learn's usual estimators."
    )


def not_listed(module: str, name: str) -> ModelError:
    """Return the error for a name that is on no list, with what to do."""
    told = f"The model file names {module}.{name}"[:200]
    because = f": {REFUSALS[name]}" if module.startswith("sklearn.") and name in REFUSALS else ""
    return ModelError(f"{told}, which is not on the list of what may be loaded{because}. {_advice(module)}")


def _advice(module: str) -> str:
    if module.startswith("numpy"):
        return f"Of numpy's functions a FunctionTransformer may hold these: {', '.join(sorted(NUMPY_FUNCTIONS))}."
    if module.startswith("scipy.sparse"):
        return (
            "Estimators that keep the rows of training as they are (support vector machines and neighbours) are not "
            "served behind text vectorizers: take a linear model (LinearSVC, LogisticRegression), or naive Bayes."
        )
    listed = "estimators of scikit-learn on that list (serving-image/inference_server/pickles/allow_list.py)"
    if module.startswith("sklearn"):
        return f"Use {listed}."
    return f"Use {listed}, without functions and classes of your own."
