"""Why estimators of scikit-learn are not served: the words of messages, and of the table in docs/models.md."""

from __future__ import annotations

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
