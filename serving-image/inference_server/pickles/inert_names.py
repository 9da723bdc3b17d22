"""The names that may stand in the file of a model that the server evaluates itself.

None of them is resolved. A name that is not here sends the file to scikit-learn's reader, whose own
list (``allow_list``) decides.
"""

from __future__ import annotations

from inference_server.pickles.allow_list import ESTIMATORS, NAMES_ONLY, SEARCHES, is_listed
from inference_server.pickles.numpy_functions import is_numpy_function
from inference_server.pickles.unused_names import UNUSED

_OTHERS: dict[str, str] = {
    # As protocol 2 calls builtins.
    "__builtin__": "bool bytearray bytes float int object set slice",
    "_codecs": "encode",
    # Cython's own module names, as scikit-learn 1.4 to 1.9 write them.
    "_loss": "",
    "builtins": "bytearray bytes set slice",
    "collections": "OrderedDict defaultdict",
    "functools": "partial",
    "joblib.numpy_pickle": "NumpyArrayWrapper",
    "numpy": "dtype",
    "numpy.core": "_ufunc_reconstruct",
    # The list of columns that a person gives a ColumnTransformer.
    "pandas": "Index StringDtype",
    "pandas._libs.arrays": "__pyx_unpickle_NDArrayBacked",
    "pandas.arrays": "StringArray",
    "pandas.core.indexes.base": "Index _new_Index",
    "numpy._core.multiarray": "_reconstruct scalar",
    "numpy._core.numeric": "_frombuffer",
    "numpy.core.multiarray": "_reconstruct scalar",
    "numpy.core.numeric": "_frombuffer",
    "sklearn._loss._loss": "",
    # scikit-learn 1.2 and 1.3.
    "sklearn.ensemble._gb_losses": (
        "BinomialDeviance ExponentialLoss HuberLossFunction LeastAbsoluteError LeastSquaresError MultinomialDeviance "
        "QuantileLossFunction"
    ),
    "sklearn.model_selection._classification_threshold": "TunedThresholdClassifierCV",
    "sklearn.tree._tree": "Tree",
    # Libraries whose models lie in their own format within the pickle (model_files/read_wrapped.py).
    "catboost.core": "CatBoost CatBoostClassifier CatBoostRanker CatBoostRegressor",
    "lightgbm.basic": "Booster",
    "lightgbm.sklearn": "LGBMClassifier LGBMModel LGBMRanker LGBMRegressor",
    "xgboost.callback": "EarlyStopping EvaluationMonitor",
    "xgboost.compat": "XGBoostLabelEncoder",
    "xgboost.core": "Booster",
    "xgboost.sklearn": "XGBClassifier XGBModel XGBRFClassifier XGBRFRegressor XGBRanker XGBRegressor",
}
_LOSSES = (
    "AbsoluteError ExponentialLoss HalfBinomialLoss HalfGammaLoss HalfMultinomialLoss HalfPoissonLoss "
    "HalfSquaredError HalfTweedieLoss HalfTweedieLossIdentity HuberLoss PinballLoss"
)
for _module in ("_loss", "sklearn._loss._loss"):
    _OTHERS[_module] = " ".join(f"Cy{loss} __pyx_unpickle_Cy{loss}" for loss in _LOSSES.split())


def is_inert(module: str, name: str) -> bool:
    """Tell whether a name may stand in a file that the server reads without scikit-learn."""
    listed = any(is_listed(table, module, name) for table in (ESTIMATORS, NAMES_ONLY, SEARCHES, UNUSED, _OTHERS))
    return listed or is_numpy_function(module, name)
