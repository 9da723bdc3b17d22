"""pack(model, X, y): a model in memory into an archive that the server answers as the author's library does."""

from __future__ import annotations

import json
import pickle
import tarfile
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from mixed_models import served_by_scikit_learn
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_diabetes, load_iris
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from inference_server.load_model import load_model
from inference_server.routes.answer_invocation import Invocation, answer_invocation
from inference_server.trusted.scikit_learns import packages_of
from sagemaker_deployer.pack import Packed, Problems, check, pack


def frame(count: int = 300) -> pd.DataFrame:
    random = np.random.default_rng(0)
    rows = pd.DataFrame(
        {
            "amount": random.lognormal(3, 1, count).round(2),
            "city": random.choice(["oslo", "lima", "rome"], count),
            "age": random.integers(18, 90, count).astype(float),
        }
    )
    rows.loc[random.random(count) < 0.1, "age"] = np.nan
    return rows


def verdicts(rows: pd.DataFrame) -> np.ndarray:
    return np.where((rows["amount"] > 20) & (rows["city"] != "rome"), "fraud", "fine")


def fraud():
    columns = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), ["city"]),
        (make_pipeline(SimpleImputer(), StandardScaler()), ["amount", "age"]),
    )
    return make_pipeline(columns, LogisticRegression())


def unpack(packed: Packed, folder: Path) -> dict:
    with tarfile.open(packed.path) as archive:
        archive.extractall(folder, filter="data")
    return {path.name: json.loads(path.read_text()) for path in folder.glob("*.json")}


def rows_of(golden: dict) -> list[list]:
    return [
        row
        for case in golden["cases"]
        if case["expect"]["status"] == 200
        for row in case["request"]["body"]["instances"]
    ]


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fraud")
    X = frame()
    estimator = fraud().fit(X, verdicts(X))
    found = pack(estimator, X, verdicts(X), folder / "model.tar.gz")
    return found, unpack(found, folder / "unpacked"), folder / "unpacked", estimator


def test_golden_answers_are_those_of_the_authors_library(packed):
    _, files, folder, estimator = packed
    rows = rows_of(files["golden.json"])
    expected = estimator.predict(pd.DataFrame(rows, columns=["amount", "city", "age"]))
    cases = [case for case in files["golden.json"]["cases"] if case["expect"]["status"] == 200]
    said = [one["predicted_class"] for case in cases for one in case["expect"]["json"]["predictions"]]
    assert said == expected.tolist()
    model = load_model(folder)
    for case in files["golden.json"]["cases"]:
        answer = answer_invocation(
            model, Invocation("application/json", "", json.dumps(case["request"]["body"]).encode())
        )
        assert answer.status == (400 if case["expect"]["status"] == "4xx" else 200)


def test_made_rows_cover_classes_categories_and_gaps_and_are_none_of_the_data(packed):
    _, files, _, _ = packed
    rows = rows_of(files["golden.json"])
    names = [case["name"] for case in files["golden.json"]["cases"]]
    assert {"class fine", "class fraud"} <= set(names)
    assert {row[1] for row in rows} == {"oslo", "lima", "rome"}
    assert any(row[2] is None for row in rows)
    held = {tuple(map(str, row)) for row in frame().itertuples(index=False)}
    assert not held & {tuple(map(str, row)) for row in rows}


def test_rows_of_the_data_are_taken_only_where_the_author_says_so(tmp_path):
    X = frame()
    found = pack(fraud().fit(X, verdicts(X)), X, path=tmp_path / "model.tar.gz", golden_from_data=True)
    rows = rows_of(unpack(found, tmp_path / "a")["golden.json"])
    held = {tuple(None if cell != cell else cell for cell in row) for row in X.itertuples(index=False)}
    assert rows
    assert {tuple(row) for row in rows} <= held
    assert any("stored in the archive" in note for note in found.notes)


def test_the_baseline_has_quantiles_shares_and_missing_values(packed):
    _, files, _, _ = packed
    X, baseline = frame(), files["baseline.json"]
    amount, city, age = baseline["features"]
    assert baseline["rows"] == 300
    assert np.allclose(amount["quantiles"], np.quantile(X["amount"], np.linspace(0, 1, 21)), rtol=1e-5)
    assert dict(city["shares"]) == pytest.approx(X["city"].value_counts(normalize=True).to_dict(), rel=1e-5)
    assert age["missing"] == pytest.approx(X["age"].isna().mean(), rel=1e-5)
    assert dict(baseline["targets"]["shares"])["fraud"] == pytest.approx((verdicts(X) == "fraud").mean(), rel=1e-5)
    assert dict(baseline["predictions"]["shares"]).keys() == {"fine", "fraud"}


def test_free_texts_get_into_no_file(tmp_path):
    X = frame()
    X["note"] = [f"private {index}" for index in range(len(X))]
    estimator = fraud().fit(X, verdicts(X))
    files = unpack(pack(estimator, X, path=tmp_path / "model.tar.gz"), tmp_path / "a")
    assert files["model.json"]["features"][3] == {"name": "note", "type": "text"}
    written = {name: json.dumps(content) for name, content in files.items()}
    assert not [name for name, text in written.items() if "private 1" in text]


def test_equal_input_gives_equal_bytes(tmp_path, packed):
    found, _, _, estimator = packed
    again = pack(estimator, frame(), verdicts(frame()), tmp_path / "model.tar.gz")
    assert again.sha256 == found.sha256


def test_check_writes_nothing(tmp_path, packed):
    found = check(packed[3], frame(), path=tmp_path / "model.tar.gz")
    assert found.golden_cases > 2
    assert found.sha256 is None
    assert not list(tmp_path.iterdir())


def test_arrays_lists_and_regressions(tmp_path):
    X, y = load_diabetes(return_X_y=True)
    files = unpack(pack(LinearRegression().fit(X, y), X.tolist(), y, tmp_path / "a.tar.gz"), tmp_path / "a")
    assert [case["name"] for case in files["golden.json"]["cases"]] == ["low, middle and high", "too-few-features"]
    assert len(files["baseline.json"]["targets"]["quantiles"]) == 21
    assert len(files["baseline.json"]["predictions"]["quantiles"]) == 21


def test_names_of_an_array_are_the_authors(tmp_path):
    X, y = load_iris(return_X_y=True)
    names = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
    found = check(RandomForestClassifier(5).fit(X, y), X, y, class_names=["a", "b", "c"], feature_names=names)
    assert found.description["featureNames"] == names
    assert found.description["classNames"] == ["a", "b", "c"]


def test_categories_of_pandas(tmp_path):
    X = frame()
    X["city"] = X["city"].astype("category")
    estimator = HistGradientBoostingClassifier(categorical_features="from_dtype", max_iter=20).fit(X, verdicts(X))
    found = check(estimator, X, verdicts(X))
    assert found.description["parity"]["servedBy"] == "evaluator"
    assert found.description["parity"]["labelsFlipped"] == 0


def test_what_only_scikit_learn_can_serve_says_so(tmp_path):
    from mixed_models import NAMES, as_frame, draw, fit

    estimator = fit(served_by_scikit_learn()["support vectors"])
    found = pack(estimator, as_frame(draw(200, seed=0)), path=tmp_path / "model.tar.gz")
    assert found.description["parity"]["servedBy"] == "scikit-learn"
    assert found.description["featureNames"] == NAMES
    load_model_folder = tmp_path / "a"
    unpack(found, load_model_folder)
    assert load_model(load_model_folder).example is not None


def double(values):
    return values * 2


@pytest.mark.parametrize(
    ("model", "rows", "message"),
    [
        (lambda X: fraud(), frame(), "not fitted"),
        (lambda X: fraud().fit(X, verdicts(X)), frame()[["amount"]], "X: lacks 'city', 'age', which the model"),
        (
            lambda X: fraud().fit(X, verdicts(X)),
            frame().assign(city=pd.Timestamp("2026-01-01")),
            "'city' is of type datetime",
        ),
        (lambda X: fraud().fit(X, verdicts(X)), frame().iloc[:0], "X: holds no row"),
        (lambda X: RandomForestClassifier(2).fit(X[["age"]], verdicts(X)), np.zeros((5, 2)), "rows of 1 columns"),
        (
            lambda X: make_pipeline(FunctionTransformer(lambda v: v), LinearRegression()).fit(
                X[["amount"]], X["amount"]
            ),
            frame(),
            "cannot be pickled",
        ),
        (
            lambda X: make_pipeline(FunctionTransformer(double), LinearRegression()).fit(X[["amount"]], X["amount"]),
            frame(),
            "is not on the list",
        ),
        (lambda X: object(), frame(), "has no predict"),
        (lambda X: "no-such-file.pkl", frame(), "no such file"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(tmp_path, model, rows, message):
    with pytest.raises(Problems, match=message):
        pack(model(frame()), rows, path=tmp_path / "model.tar.gz")
    assert not list(tmp_path.iterdir())


def test_authors_see_no_warnings_of_other_libraries(tmp_path, capfd):
    X, y = load_iris(return_X_y=True, as_frame=True)
    estimator = RandomForestClassifier(5).fit(X, y)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        pack(estimator, X.to_numpy(), y, tmp_path / "model.tar.gz")
    assert not caught
    assert capfd.readouterr() == ("", "")


def test_how_the_image_serves_it_is_said_in_the_servers_words(tmp_path, packed, caplog):
    caplog.set_level("INFO", "inference_server")
    load_model(packed[2])
    assert packed[0].served == "LogisticRegression of scikit-learn 1.8, evaluated by the server itself"
    assert packed[0].served in caplog.text
    estimator = KNeighborsClassifier(algorithm="brute").fit(*load_iris(return_X_y=True))
    assert check(estimator).served.startswith("served by scikit-learn 1.8, because the server does not evaluate")


def test_what_the_image_has_no_scikit_learn_for_is_refused(tmp_path):
    estimator = KNeighborsClassifier(algorithm="brute").fit(*load_iris(return_X_y=True))
    written = pickle.dumps(estimator).replace(b"1.8.0", b"1.4.2")
    (tmp_path / "model.pkl").write_bytes(written)
    with pytest.raises(Problems, match=r"written by scikit-learn 1\.4\.2, this server has 1\.5,"):
        check(tmp_path / "model.pkl")


@pytest.mark.parametrize("kind", ["classifier", "pipeline", "booster"])
def test_xgboost_in_memory_is_compared_with_itself(kind):
    xgboost = pytest.importorskip("xgboost", reason="xgboost is not installed")
    X = frame()[["amount", "age"]]
    y = (X["amount"] > 20).astype(int)
    estimator = xgboost.XGBClassifier(n_estimators=5, n_jobs=1)
    fitted = (make_pipeline(StandardScaler(), estimator) if kind == "pipeline" else estimator).fit(X, y)
    found = check(fitted.get_booster() if kind == "booster" else fitted, X, y)
    assert found.description["parity"]["labelsFlipped"] == 0
    assert found.description["versions"]["xgboost"] == xgboost.__version__
    assert "of XGBoost" in found.served


@pytest.mark.parametrize("kind", ["classifier", "booster"])
def test_lightgbm_in_memory_with_categories_of_texts(kind):
    lightgbm = pytest.importorskip("lightgbm", reason="lightgbm is not installed")
    X = frame()
    X["city"] = X["city"].astype("category")
    fitted = lightgbm.LGBMClassifier(n_estimators=5, n_jobs=1, verbose=-1).fit(X, verdicts(X))
    found = check(fitted.booster_ if kind == "booster" else fitted, X, verdicts(X))
    assert found.description["parity"]["labelsFlipped"] == 0
    assert {"name": "city", "type": "category", "categories": ["lima", "oslo", "rome"]} in found.description["features"]


def test_a_file_of_another_minor_is_packed_by_that_minor_where_it_is_here(tmp_path):
    if not packages_of("1.6").is_dir():
        pytest.skip("scikit-learn 1.6 has no wheel for this Python, or was not prepared")
    model = Path(__file__).parent / "written-models" / "scikit-learn-1.6" / "support-vectors.pkl"
    found = pack(model, path=tmp_path / "model.tar.gz")
    assert found.served.startswith("served by scikit-learn 1.6, because")
    assert found.golden_cases >= 2


def test_the_tolerance_of_large_predictions_is_relative(tmp_path):
    X, y = load_diabetes(return_X_y=True)
    files = unpack(pack(LinearRegression().fit(X, y * 1e9), X, path=tmp_path / "a.tar.gz"), tmp_path / "a")
    case = files["golden.json"]["cases"][0]["expect"]
    largest = max(abs(answer["prediction"]) for answer in case["json"]["predictions"])
    assert case["tolerance"] == pytest.approx(1e-6 * largest, rel=0.01)
    assert largest > 1e9


def test_rows_by_name_are_a_table():
    X = frame()
    rows = X.astype(object).where(X.notna(), None).to_dict("records")
    found = check(fraud().fit(X, verdicts(X)), rows, golden=rows[:2])
    assert found.description["features"][1] == {
        "name": "city",
        "type": "category",
        "categories": ["lima", "oslo", "rome"],
    }
    assert found.golden_cases == 2 + 1
