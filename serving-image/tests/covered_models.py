"""The models that the server evaluates itself, for every scikit-learn from 1.2 on; run by ``all_minors`` in each.

As a command it writes each model as pickle and joblib file with what that scikit-learn answers:
``python covered_models.py train|answer FOLDER`` with scikit-learn, numpy and nothing else on the path.
"""

from __future__ import annotations

import pickle
import sys
import warnings
from pathlib import Path

import joblib
import numpy as np
from several_models import load_several, several_models
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris, load_wine
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.feature_selection import VarianceThreshold
from sklearn.impute import SimpleImputer
from sklearn.linear_model import (
    ElasticNet,
    LinearRegression,
    LogisticRegression,
    Perceptron,
    PoissonRegressor,
    Ridge,
    RidgeClassifier,
    RidgeClassifierCV,
    SGDClassifier,
    SGDRegressor,
    TweedieRegressor,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    Binarizer,
    MaxAbsScaler,
    MinMaxScaler,
    Normalizer,
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    RobustScaler,
    StandardScaler,
)
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor, ExtraTreeClassifier

DATA = {"iris": load_iris, "wine": load_wine, "cancer": load_breast_cancer, "diabetes": load_diabetes}


def load_data(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return rows and answers.

    "holes": wine with NaN. "codes": iris, its first two columns rounded to integers. "categories": numbers of
    categories in three of four columns; "categories-holes": with NaN.
    """
    if name.startswith("several"):
        return load_several(name)
    if name.startswith("categories"):
        return _make_categories(holes=name.endswith("holes"))
    x, y = DATA.get(name.split("-")[0], load_iris if name == "codes" else load_wine)(return_X_y=True)
    x = x.copy()
    if name == "holes":
        x[np.random.default_rng(0).random(x.shape) < 0.1] = np.nan
    if name == "codes":
        x[:, :2] = np.floor(x[:, :2])
    if name == "diabetes-positive":
        y = y / 50
    if name == "iris-text":
        y = np.array(["cat", "dog", "eel"])[y]
    return x, y


def _make_categories(holes: bool) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    count = 700
    columns = [random.integers(*bounds, count) for bounds in ((0, 30), (0, 4), (3, 9))]
    x = np.column_stack([*columns, random.normal(size=count)])
    y = ((x[:, 0] % 7 < 3) ^ (x[:, 1] == 1)).astype(int) + (x[:, 3] > 1)
    if holes:
        x[random.random(x.shape) < 0.06] = np.nan
    return x, y


def load_rows(name: str) -> np.ndarray:
    """Return rows to ask: those of training and, of categories, some that training has not seen."""
    x = load_data(name)[0]
    if not name.startswith("categories"):
        return x
    values = [-1, -0.5, 0, 0.5, 1, 2, 3, 3.5, 5, 7, 8, 9, 29, 30, 31, 70]
    strange = np.random.default_rng(1).choice([*values, np.nan] if name.endswith("holes") else values, size=(900, 4))
    return np.concatenate([x, strange])


def _encoded(encoder: object, final: object) -> object:
    columns = ColumnTransformer([("categories", encoder, [0, 1, 2])], remainder=SimpleImputer())
    return make_pipeline(columns, final)


def covered_models() -> dict[str, tuple[str, object]]:
    """Return each model's name, data and unfitted estimator."""
    columns = ColumnTransformer(
        [
            ("hot", OneHotEncoder(handle_unknown="ignore"), [0]),
            ("ordinal", OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1), [1]),
            ("scaled", make_pipeline(SimpleImputer(), StandardScaler()), slice(2, 3)),
        ],
        remainder="passthrough",
    )
    models = several_models()
    for data in ("iris", "wine", "cancer", "iris-text"):
        models |= {
            f"forest {data}": (data, RandomForestClassifier(30, random_state=1)),
            f"extra trees {data}": (data, ExtraTreesClassifier(20, random_state=1)),
            f"tree {data}": (data, DecisionTreeClassifier(random_state=1)),
            f"boosting {data}": (data, GradientBoostingClassifier(n_estimators=15, random_state=1)),
            f"histogram boosting {data}": (data, HistGradientBoostingClassifier(max_iter=15)),
            f"logistic {data}": (data, make_pipeline(StandardScaler(), LogisticRegression())),
        }
    return models | {
        "weighted forest": ("cancer", RandomForestClassifier(20, class_weight="balanced", max_leaf_nodes=12)),
        "extra tree": ("wine", ExtraTreeClassifier(random_state=1)),
        "exponential boosting": ("cancer", GradientBoostingClassifier(loss="exponential", n_estimators=15)),
        "boosting from zero": ("wine", GradientBoostingClassifier(init="zero", n_estimators=9)),
        "boosting of a half": ("iris", GradientBoostingClassifier(n_estimators=9, subsample=0.5, learning_rate=0.3)),
        "forest regression": ("diabetes", RandomForestRegressor(20, random_state=1)),
        "extra trees regression": ("diabetes", ExtraTreesRegressor(10, random_state=1)),
        "tree regression": ("diabetes", DecisionTreeRegressor(random_state=1)),
        "boosting regression": ("diabetes", GradientBoostingRegressor(n_estimators=20, random_state=1)),
        "huber boosting": ("diabetes", GradientBoostingRegressor(loss="huber", n_estimators=20, random_state=1)),
        "histogram boosting regression": ("diabetes", HistGradientBoostingRegressor(max_iter=20)),
        "poisson histogram boosting": ("diabetes-positive", HistGradientBoostingRegressor(loss="poisson", max_iter=9)),
        "histogram boosting of holes": ("holes", HistGradientBoostingClassifier(max_iter=15)),
        "histogram boosting regression of holes": ("holes", HistGradientBoostingRegressor(max_iter=15)),
        "imputed forest": ("holes", make_pipeline(SimpleImputer(strategy="median"), RandomForestClassifier(9))),
        "linear": ("diabetes", LinearRegression()),
        "ridge of products": ("diabetes", make_pipeline(PolynomialFeatures(3, include_bias=False), Ridge())),
        "ridge of interactions": ("iris", make_pipeline(PolynomialFeatures((2, 3), interaction_only=True), Ridge())),
        "elastic net": ("diabetes", make_pipeline(MaxAbsScaler(), ElasticNet())),
        "gradient descent": ("diabetes", make_pipeline(RobustScaler(), SGDRegressor(random_state=1))),
        "poisson": ("diabetes-positive", PoissonRegressor()),
        "one against rest": ("wine", make_pipeline(MinMaxScaler(clip=True), LogisticRegression(solver="liblinear")))
        if _minor() < 8
        else ("cancer", make_pipeline(MinMaxScaler(clip=True), LogisticRegression(solver="liblinear"))),
        "perceptron": ("wine", make_pipeline(StandardScaler(), Perceptron(random_state=1))),
        "support vectors": ("cancer", make_pipeline(StandardScaler(), LinearSVC(random_state=1))),
        "hinges by gradient descent": (
            "wine",
            make_pipeline(StandardScaler(), SGDClassifier(random_state=1)),
        ),
        "logistic by gradient descent": ("wine", make_pipeline(StandardScaler(), SGDClassifier("log_loss"))),
        "logistic of two by gradient descent": ("cancer", make_pipeline(StandardScaler(), SGDClassifier("log_loss"))),
        "ridge classifier": ("wine", RidgeClassifier()),
        "ridge classifier of two": ("cancer", RidgeClassifierCV()),
        "discriminant analysis": ("wine", LinearDiscriminantAnalysis()),
        "discriminant analysis of two": ("cancer", LinearDiscriminantAnalysis()),
        "tweedie": ("diabetes-positive", TweedieRegressor(power=1.5)),
        "normalized": ("wine", make_pipeline(Normalizer(), VarianceThreshold(1e-6), LogisticRegression())),
        "binary": ("iris", make_pipeline(Binarizer(threshold=2.5), DecisionTreeClassifier(random_state=1))),
        "histogram boosting of categories": (
            "categories-holes",
            HistGradientBoostingClassifier(max_iter=12, categorical_features=[0, 2]),
        ),
        "histogram boosting regression of categories": (
            "categories",
            HistGradientBoostingRegressor(max_iter=12, categorical_features=[True, True, False, False]),
        ),
        "dropped categories": (
            "categories-holes",
            _encoded(OneHotEncoder(drop="first", handle_unknown="ignore"), LogisticRegression()),
        ),
        "dropped of two": (
            "categories",
            _encoded(OneHotEncoder(drop="if_binary", handle_unknown="ignore"), LogisticRegression()),
        ),
        "infrequent categories": (
            "categories-holes",
            _encoded(OneHotEncoder(min_frequency=25, handle_unknown="infrequent_if_exist"), LogisticRegression()),
        ),
        "most frequent categories": (
            "categories",
            _encoded(OneHotEncoder(max_categories=5, drop="first", handle_unknown="ignore"), RandomForestClassifier(9)),
        ),
        "numbered categories": (
            "categories-holes",
            _encoded(
                OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-5, encoded_missing_value=-2),
                RandomForestClassifier(9, random_state=1),
            ),
        ),
        "indicated holes": ("holes", make_pipeline(SimpleImputer(add_indicator=True), RandomForestClassifier(9))),
        "columns": ("codes", make_pipeline(columns, LogisticRegression())),
        "columns forest": ("codes", make_pipeline(columns, RandomForestClassifier(9, random_state=1))),
        **(
            {
                "tree of holes": ("holes", DecisionTreeClassifier(random_state=1)),
                "multinomial of two": (
                    "cancer",
                    make_pipeline(StandardScaler(), LogisticRegression(multi_class="multinomial")),
                ),
            }
            if _minor() in (3, 4, 5, 6)
            else {}
        ),
        **(
            {
                "numbered infrequent categories": (
                    "categories-holes",
                    _encoded(
                        OrdinalEncoder(max_categories=5, handle_unknown="use_encoded_value", unknown_value=np.nan),
                        HistGradientBoostingClassifier(max_iter=9),
                    ),
                )
            }
            if _minor() >= 3
            else {}
        ),
        **(
            {
                "unknown categories with a warning": (
                    "categories",
                    _encoded(OneHotEncoder(max_categories=5, handle_unknown="warn"), LogisticRegression()),
                )
            }
            if _minor() >= 6
            else {}
        ),
        **({"forest of holes": ("holes", RandomForestClassifier(20, random_state=1))} if _minor() >= 4 else {}),
        **({"extra trees of holes": ("holes", ExtraTreesClassifier(9, random_state=1))} if _minor() >= 6 else {}),
    }


# By identity, which an estimator keeps as long as it is in here.
_fitted: dict[int, tuple[object, str]] = {}


def fit(data: str, estimator: object) -> object:
    """Fit the estimator, once; warnings of young or old settings are not what is tested."""
    if _fitted.get(id(estimator)) != (estimator, data):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            estimator.fit(*load_data(data))
        _fitted[id(estimator)] = (estimator, data)
    return estimator


def answers(estimator: object, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
    """Return what scikit-learn predicts, and its probabilities, or None."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return estimator.predict(rows), estimator.predict_proba(rows) if hasattr(estimator, "predict_proba") else None


def _minor() -> int:
    import sklearn

    return int(sklearn.__version__.split(".")[1])


def train(output: Path) -> None:
    """Write each model in two formats, with its name and typical rows; ``answer`` asks them later."""
    from member_models import member_models

    for index, (name, (data, estimator)) in enumerate((covered_models() | member_models()).items()):
        folder = output / str(index)
        folder.mkdir(parents=True, exist_ok=True)
        estimator = fit(data, estimator)
        (folder / "model.pkl").write_bytes(pickle.dumps(estimator, protocol=2 + index % 4))
        joblib.dump(estimator, folder / "model.joblib", compress=index % 2 * 3)
        (folder / "name").write_text(name)
        np.save(folder / "typical.npy", load_rows(data))


def answer(output: Path) -> None:
    """Ask each model the rows that lie beside it (rows.npy)."""
    for folder in output.iterdir():
        if not (folder / "rows.npy").exists():
            continue
        predicted, probabilities = answers(joblib.load(folder / "model.joblib"), np.load(folder / "rows.npy"))
        np.save(folder / "predicted.npy", predicted)
        if isinstance(probabilities, list):  # of several outputs
            probabilities = np.concatenate(probabilities, axis=1)
        if probabilities is not None:
            np.save(folder / "probabilities.npy", probabilities)


if __name__ == "__main__":
    {"train": train, "answer": answer}[sys.argv[1]](Path(sys.argv[2]))
