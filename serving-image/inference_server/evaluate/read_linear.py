"""Linear and logistic models: coefficients times columns, plus the intercept."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np

from inference_server.evaluate import finish
from inference_server.evaluate.evaluator import Sums
from inference_server.evaluate.fields import Fields
from inference_server.evaluate.finish import Finish, Probabilities
from inference_server.evaluate.linear_kernel import address, doubles, integers, linear_library
from inference_server.evaluate.refuse import refuse
from inference_server.not_covered import NotCovered

REGRESSORS = [
    "ARDRegression",
    "BayesianRidge",
    "ElasticNet",
    "ElasticNetCV",
    "GammaRegressor",
    "HuberRegressor",
    "Lars",
    "LarsCV",
    "Lasso",
    "LassoCV",
    "LassoLars",
    "LassoLarsCV",
    "LassoLarsIC",
    "LinearRegression",
    "LinearSVR",
    "MultiTaskElasticNet",
    "MultiTaskElasticNetCV",
    "MultiTaskLasso",
    "MultiTaskLassoCV",
    "OrthogonalMatchingPursuit",
    "OrthogonalMatchingPursuitCV",
    "PassiveAggressiveRegressor",
    "PoissonRegressor",
    "QuantileRegressor",
    "Ridge",
    "RidgeCV",
    "SGDRegressor",
    "TheilSenRegressor",
    "TweedieRegressor",
]
CLASSIFIERS = [
    "LinearDiscriminantAnalysis",
    "LinearSVC",
    "LogisticRegression",
    "LogisticRegressionCV",
    "PassiveAggressiveClassifier",
    "Perceptron",
    "RidgeClassifier",
    "RidgeClassifierCV",
    "SGDClassifier",
]
_LOGARITHMIC = ("GammaRegressor", "PoissonRegressor")


@dataclass(frozen=True)
class LinearSums:
    """Rows x columns of float64 to rows x classes; ``coefficients``: classes x columns."""

    coefficients: np.ndarray
    intercept: np.ndarray

    def __call__(self, table: np.ndarray) -> np.ndarray:
        if self._compiled is None or table.ndim != 2 or table.dtype != np.float64:
            refuse(table)
            return table @ self.coefficients.T + self.intercept
        add_up, *own = self._compiled
        classes, width = self.coefficients.shape
        if table.shape[1] != width:
            raise ValueError(f"rows of {width} float64 are needed")
        table = np.ascontiguousarray(table)
        out = doubles(len(table) * classes)()
        # Of finite values a sum may be infinite too.
        if not add_up(address(table), len(table), width, *own, classes, out):
            refuse(table)
        return np.frombuffer(out).reshape(-1, classes)

    def __post_init__(self) -> None:
        # Now: the first request must not wait for a compiler.
        _ = self._compiled

    @functools.cached_property
    def _compiled(self) -> tuple[Any, ...] | None:
        library = linear_library()
        if library is None:
            return None
        intercept = np.zeros(len(self.coefficients))
        intercept += self.intercept
        return library.add_up, self.coefficients.tobytes(), intercept.tobytes()


def read_linear_regressor(fields: Fields, width: int) -> tuple[Sums, Finish]:
    """Read one target, or several: a row of coefficients for each."""
    coefficients = fields.numbers("coef_")
    if coefficients.ndim == 2 and coefficients.shape[1] == width and not _is_logarithmic(fields):
        return _multiply(coefficients, fields.numbers("intercept_")), finish.several_values
    if coefficients.shape != (width,):
        raise NotCovered(f"a {fields.name} whose coefficients do not fit its columns")
    ending = finish.exponentials if _is_logarithmic(fields) else finish.values
    return _multiply(coefficients.reshape(1, width), fields.numbers("intercept_")), ending


def read_classes(fields: Fields) -> np.ndarray | list[np.ndarray]:
    """The classes, or those of each of several outputs; until scikit-learn 1.7 RidgeClassifier had them elsewhere."""
    if _is_multilabel(fields):
        return [np.array([0, 1])] * len(Fields(fields.any("_label_binarizer")).labels("classes_"))
    if isinstance(fields.any("classes_", None), list):
        return fields.label_lists("classes_")
    if fields.has("classes_") or not fields.has("_label_binarizer"):
        return fields.labels("classes_")
    return Fields(fields.any("_label_binarizer")).labels("classes_")


def _is_logarithmic(fields: Fields) -> bool:
    if fields.name != "TweedieRegressor":
        return fields.name in _LOGARITHMIC
    link = fields.any("link")
    return link == "log" or (link == "auto" and fields.number("power") > 0)


def _is_multilabel(fields: Fields) -> bool:
    """Tell whether a RidgeClassifier was trained on a table of labels that a row has or has not."""
    if not fields.has("_label_binarizer"):
        return False
    binarizer = Fields(fields.any("_label_binarizer"))
    if binarizer.any("sparse_input_", False) is not False:
        raise NotCovered(f"a {fields.name} trained on a sparse table of labels")
    return binarizer.any("y_type_") == "multilabel-indicator"


def read_linear_classifier(fields: Fields, width: int) -> tuple[Sums, Finish]:
    """Read two classes (one row of coefficients) or several (a row each)."""
    if _is_multilabel(fields):
        coefficients = fields.numbers("coef_", (len(read_classes(fields)), width))
        return _multiply(coefficients, fields.numbers("intercept_")), finish.several_signs
    class_count = len(read_classes(fields))
    rows = 1 if class_count == 2 else class_count
    coefficients = fields.numbers("coef_")
    # RidgeClassifierCV of two classes drops the dimension.
    coefficients = coefficients.reshape(1, -1) if coefficients.ndim == rows == 1 else coefficients
    if coefficients.shape != (rows, width):
        raise NotCovered(f"a {fields.name} whose coefficients do not fit its classes")
    sums = _multiply(coefficients, fields.numbers("intercept_"))
    return sums, _ending(fields, rows)


def _ending(fields: Fields, rows: int) -> Finish:
    if fields.name.startswith("Logistic"):
        return _probabilities(fields, rows)
    if fields.name == "LinearDiscriminantAnalysis":
        fields.class_count_of_several()
        return finish.sigmoid(1.0, "positive") if rows == 1 else finish.softmax("sum")
    if fields.name == "SGDClassifier" and fields.any("loss") in ("log_loss", "log"):
        return finish.sigmoid(1.0, "positive") if rows == 1 else finish.one_against_rest
    if fields.name == "SGDClassifier" and fields.any("loss") == "modified_huber":
        raise NotCovered("a SGDClassifier with the loss modified_huber")
    return finish.signs


def _probabilities(fields: Fields, rows: int) -> Finish:
    # scikit-learn 1.8 has one way for two classes and one for several; before, multi_class chose.
    multiclass: Any = fields.any("multi_class", None) if fields.version < (1, 8) else "auto"
    one_by_one = ["liblinear", "newton-cholesky"] if fields.version < (1, 6) else ["liblinear"]
    separate = multiclass in ("ovr", "warn") or (
        multiclass in ("auto", "deprecated")
        and (rows == 1 or (fields.version < (1, 8) and fields.any("solver") in one_by_one))
    )
    if separate:
        return _logistic_of_two if rows == 1 else finish.one_against_rest
    return finish.binary_softmax if rows == 1 else finish.softmax("sum")


_IN_NUMPY = finish.sigmoid(1.0, "positive")


def _logistic_of_two(sums: np.ndarray) -> tuple[np.ndarray, Probabilities]:
    """Two classes out of one column, as ``finish.sigmoid``, whose exponential may differ in the last bit."""
    library, count = linear_library(), len(sums)
    if library is None or count == 1:
        return _IN_NUMPY(sums)
    shares, answers = doubles(2 * count)(), integers(count)()
    library.share(address(sums), count, shares, answers)
    return np.frombuffer(answers, np.int64), np.frombuffer(shares).reshape(-1, 2)


def _multiply(coefficients: np.ndarray, intercept: np.ndarray) -> LinearSums:
    if intercept.shape not in ((), (1,), (len(coefficients),)):
        raise NotCovered("a linear model whose intercept does not fit its coefficients")
    if not (np.isfinite(coefficients).all() and np.isfinite(intercept).all()):
        raise NotCovered("a linear model with coefficients that are not finite")
    return LinearSums(coefficients, intercept)
