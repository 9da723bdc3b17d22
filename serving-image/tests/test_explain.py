"""Explanations: against Shapley's own definition, the shap package's recorded values, and over HTTP."""

from __future__ import annotations

import itertools
import json
import math
import pickle
from pathlib import Path

import httpx
import numpy as np
import pytest
from covered_models import covered_models, fit, load_data
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, PolynomialFeatures, StandardScaler
from sklearn.tree import DecisionTreeRegressor
from walkers import walker_of

from inference_server.evaluate import prepare_columns, trace_columns
from inference_server.evaluate.compile_model import compile_model
from inference_server.evaluate.finish import expit
from inference_server.evaluate.trees import Trees
from inference_server.explain import explainer, tree_shap
from inference_server.explain.not_explained import NotExplained
from inference_server.explain.tree_shap import TreeShap
from inference_server.invalid_input import InvalidInput
from inference_server.load_model import read_evaluator
from inference_server.model import Model
from inference_server.pickles.read_inert import read_inert
from inference_server.routes.answer_invocation import Invocation, answer_invocation

REFERENCE = Path(__file__).parent / "shap-reference"
# Those of several outputs are refused (below).
MODELS = {name: model for name, model in covered_models().items() if not name.startswith("several")}


walker = walker_of(tree_shap)


def evaluator_of(estimator):
    return compile_model(read_inert(pickle.dumps(estimator)))


def shapley_values(trees: Trees, row: np.ndarray) -> np.ndarray:
    """Shapley's definition, subset by subset: features x columns."""
    row = trees.read_table(row[None])[0]
    features = range(trees.feature_count)
    worth = {
        subset: answer_knowing(trees, row, subset)
        for size in range(trees.feature_count + 1)
        for subset in itertools.combinations(features, size)
    }
    values = np.zeros((trees.feature_count, len(trees.start)))
    for feature in features:
        for subset, without in worth.items():
            if feature in subset:
                continue
            size, count = len(subset), trees.feature_count
            weight = math.factorial(size) * math.factorial(count - size - 1) / math.factorial(count)
            values[feature] += weight * (worth[tuple(sorted((*subset, feature)))] - without)
    return values


def answer_knowing(trees: Trees, row: np.ndarray, known: tuple[int, ...]) -> np.ndarray:
    """What the trees answer on average for rows of which only some features are known."""

    def below(index: int, width: int) -> np.ndarray:
        node = trees.nodes[index]
        if node["feature"] < 0:
            return trees.values[node["left"] : node["left"] + width]
        if node["feature"] in known:
            value = row[node["feature"]]
            left = node["missing_left"] if np.isnan(value) else value <= node["threshold"]
            return below(node["left"] if left else node["right"], width)
        sides = [(trees.covers[side], below(side, width)) for side in (node["left"], node["right"])]
        return sum(cover * answer for cover, answer in sides) / trees.covers[index]

    out = trees.start.copy()
    for tree in trees.trees:
        out[tree["column"] : tree["column"] + tree["width"]] += below(tree["root"], int(tree["width"]))
    return out / trees.divisor


SMALL = {
    "a forest": RandomForestClassifier(4, random_state=2),
    "extra trees": ExtraTreesClassifier(3, random_state=2),
    "a weighted forest": RandomForestClassifier(3, class_weight={0: 1.0, 1: 2.5, 2: 0.3}, random_state=2),
    "boosting of three classes": GradientBoostingClassifier(n_estimators=4, random_state=2),
    "deep boosting of three classes": GradientBoostingClassifier(n_estimators=2, max_depth=None, random_state=2),
    "boosting of numbers": GradientBoostingRegressor(n_estimators=5, random_state=2),
    "histogram boosting of three classes": HistGradientBoostingClassifier(max_iter=3),
    "a tree": DecisionTreeRegressor(random_state=2),
}


@pytest.mark.parametrize("name", SMALL)
def test_values_are_shapleys(name, walker):
    rows, answers = load_data("iris")
    evaluator = evaluator_of(SMALL[name].fit(rows, answers))
    shap = TreeShap(evaluator.sums)
    assert shap.is_compiled == (walker == "compiled")
    asked = np.concatenate([rows[::30], rows[:3] * [1, -2, 30, 0.5]])
    found = shap(asked)
    for row, values in zip(asked, found, strict=True):
        assert np.abs(values - shapley_values(evaluator.sums, row)).max() < 1e-12
    assert np.abs(shap.base - answer_knowing(evaluator.sums, asked[0], ())).max() < 1e-12


def test_missing_values_go_the_walkers_way(walker):
    rows, answers = load_data("iris")
    rows = rows.copy()
    rows[::4, 2] = np.nan
    sums = evaluator_of(HistGradientBoostingClassifier(max_iter=2).fit(rows, answers)).sums
    for row in rows[:8]:
        assert np.abs(TreeShap(sums)(row[None])[0] - shapley_values(sums, row)).max() < 1e-12


@pytest.mark.parametrize("name", json.loads((REFERENCE / "values.json").read_text()))
def test_values_are_those_of_the_packages(name, walker):
    """shap, XGBoost and LightGBM: shap_reference.py recorded them, and checks them again where these are installed."""
    expected = json.loads((REFERENCE / "values.json").read_text())[name]
    model = Model(read_evaluator(REFERENCE / expected["file"]))
    base, values = model.explainer.values(np.array(expected["rows"], dtype=np.float64))
    assert np.abs(values - np.array(expected["values"])).max() < expected["tolerance"]
    assert np.abs(np.array(base) - expected["base"]).max() < expected["tolerance"]


@pytest.mark.parametrize("name", MODELS)
def test_base_and_values_add_up_to_the_answer(name, walker):
    data, estimator = MODELS[name]
    evaluator = evaluator_of(fit(data, estimator))
    model = Model(evaluator)
    rows = load_data(data)[0][::7]
    base, values = model.explainer.values(rows)
    total = np.array(base) + values.sum(axis=2)
    scores = rows
    for step in evaluator.steps:
        scores = step(scores)
    scores = evaluator.sums(scores)
    assert np.abs(total[:, -scores.shape[1] :] - scores).max() <= 1e-11 * max(1, np.abs(scores).max())
    indexes, probabilities = evaluator.answer(rows)
    match model.explainer.explains:
        case "prediction":
            assert np.abs(total[:, 0] - indexes).max() <= 1e-11 * np.abs(indexes).max()
        case "probability":
            assert np.abs(total - probabilities).max() < 1e-12
        case "score" if model.class_names is not None:
            assert (total.argmax(axis=1) == indexes).mean() > 0.99  # a tie may be decided otherwise


def test_a_pipeline_is_explained_by_its_inputs():
    data, estimator = MODELS["columns"]
    fit(data, estimator)
    rows = load_data(data)[0][:5]
    _, values = Model(evaluator_of(estimator)).explainer.values(rows)
    table = np.asarray(estimator[:-1].transform(rows))
    # One-hot columns of input 0, then input 1, the standardized input 2, and what was passed through.
    groups = [0] * (table.shape[1] - 3) + [1, 2, 3]
    means = np.zeros(table.shape[1])  # known: that of the standardized column, 0
    for index, coefficients in enumerate(estimator[-1].coef_):
        moved = coefficients * (table - means)
        expected = np.stack([moved[:, np.equal(groups, group)].sum(axis=1) for group in range(4)], axis=1)
        assert np.abs(values[:, index] - expected).max() < 1e-12


def test_linear_models_are_explained_against_the_training_means():
    rows, answers = load_data("diabetes")
    for scaler in (StandardScaler(), make_pipeline(StandardScaler(with_mean=False), MinMaxScaler())):
        estimator = make_pipeline(scaler, Ridge()).fit(rows, answers)
        base, values = Model(evaluator_of(estimator)).explainer.values(rows[:9])
        table = estimator[:-1].transform(rows)
        expected = estimator[-1].coef_ * (table[:9] - table.mean(axis=0))
        assert np.abs(values[:, 0] - expected).max() < 1e-10
        assert base == pytest.approx([answers.mean()], abs=1e-10)


def test_products_are_named_after_their_inputs():
    rows, answers = load_data("iris")
    estimator = make_pipeline(PolynomialFeatures(2), Ridge()).fit(rows[:, :2], answers)
    found = Model(evaluator_of(estimator), feature_names=["a", "b"]).explainer.explain([[2.0, 3.0]])[0]
    one, a, b, aa, ab, bb = estimator[-1].coef_
    assert found["base_value"] == pytest.approx(one + estimator[-1].intercept_)
    assert found["shap_values"] == pytest.approx({"a": 2 * a + 4 * aa, "b": 3 * b + 9 * bb, "a * b": 6 * ab})


def test_every_transformer_that_is_read_can_be_traced():
    assert set(trace_columns.TRACERS) == set(prepare_columns._READERS)


def test_two_classes_of_one_score_mirror_each_other():
    rows, answers = load_data("cancer")
    estimator = GradientBoostingClassifier(n_estimators=3, random_state=0).fit(rows, answers)
    model = Model(evaluator_of(estimator), class_names=["no", "yes"])
    explained = model.explainer.explain(rows[:1].tolist())[0]
    assert explained["explains"] == "score"
    assert list(explained["base_values"]) == list(explained["shap_values"]) == ["no", "yes"]
    yes = explained["shap_values"]["yes"]
    assert explained["shap_values"]["no"] == {name: -value for name, value in yes.items()}
    probability = expit(np.array(explained["base_values"]["yes"] + sum(yes.values())))
    assert probability == pytest.approx(estimator.predict_proba(rows[:1])[0, 1], abs=1e-12)


def test_costs_are_bounded_and_the_answer_says_by_what(monkeypatch, walker):
    rows, answers = load_data("iris")
    model = Model(evaluator_of(RandomForestClassifier(5, random_state=0).fit(rows, answers)))
    steps = TreeShap(model.estimator.sums).steps
    monkeypatch.setattr(explainer, "MAX_STEPS" if walker == "compiled" else "MAX_STEPS_IN_NUMPY", 7 * steps + 1)
    body = json.dumps({"instances": rows[:8].tolist()}).encode()
    answer = answer_invocation(model, Invocation("application/json", "", body, explain=True))
    assert answer.status == 400
    assert "at most 7 rows can be explained in a request, not 8" in json.loads(answer.body)["error"]
    assert len(model.explainer.explain(rows[:7].tolist())) == 7


@pytest.mark.parametrize(
    "covers",
    [0.0, -1.0, np.nan, np.inf, 1e-320, 1e308],
    ids=["no rows", "fewer than none", "no number", "infinite", "nearly none", "nearly infinite"],
)
def test_senseless_numbers_of_training_rows_do_no_harm(covers, walker):
    rows, answers = load_data("iris")
    sums = evaluator_of(RandomForestClassifier(2, random_state=0).fit(rows, answers)).sums
    sums.covers[[1, 3, 4]] = covers
    if np.isfinite(covers) and covers > 0:
        assert np.isfinite(TreeShap(sums)(rows[:5])).all()
        return
    with pytest.raises(NotExplained, match="no training row reached"):
        TreeShap(sums)


def test_a_tree_of_thousands_of_levels_is_refused_or_explained(walker):
    levels = 9000
    sums = evaluator_of(DecisionTreeRegressor(max_depth=1).fit([[0.0], [1.0]], [0, 1])).sums
    nodes = np.zeros(2 * levels + 1, sums.nodes.dtype)
    inner = np.arange(0, 2 * levels, 2)
    nodes["feature"] = -1
    nodes["feature"][inner], nodes["threshold"][inner] = 0, -np.arange(levels)
    nodes["left"][inner], nodes["right"][inner] = inner + 2, inner + 1
    covers = np.ones(len(nodes))
    covers[inner] = np.arange(levels + 1, 1, -1)
    chain = Trees(**{**vars_of(sums), "nodes": nodes, "values": np.array([1.0]), "covers": covers})
    found = TreeShap(chain)(np.array([[-5.5]]))
    assert np.abs(found).max() < 1e-9  # all leaves are equal


def vars_of(sums: Trees) -> dict:
    return {name: getattr(sums, name) for name in sums.__dataclass_fields__}


def test_what_scikit_learn_serves_is_not_explained():
    model = Model(GaussianNB().fit(*load_data("iris")))
    body = b'{"instances": [[5.1, 3.5, 1.4, 0.2]]}'
    answer = answer_invocation(model, Invocation("application/json", "", body, explain=True))
    assert answer.status == 400
    assert json.loads(answer.body)["error"].startswith("This model cannot be explained: it is served by scikit-learn")


def test_explanations_have_no_csv():
    model = Model(evaluator_of(LogisticRegression(max_iter=500).fit(*load_data("iris"))))
    answer = answer_invocation(model, Invocation("text/csv", "text/csv", b"5.1,3.5,1.4,0.2\n", explain=True))
    assert answer.status == 400
    with pytest.raises(InvalidInput):
        model.explainer.explain([[0.0] * 4] * 100_000)


def ask(server, query: str, headers: dict[str, str]) -> httpx.Response:
    return httpx.post(f"{server.url}/invocations{query}", json={"instances": [[5.1, 3.5, 1.4, 0.2]]}, headers=headers)


@pytest.mark.parametrize(
    ("query", "headers", "explained"),
    [
        ("", {}, False),
        ("?explain=true", {}, True),
        ("?a=b&explain=true", {}, True),
        ("?explain=false", {"x-amzn-sagemaker-custom-attributes": "explain=true"}, False),
        ("", {"x-amzn-sagemaker-custom-attributes": "explain=true"}, True),
        ("", {"x-amzn-sagemaker-custom-attributes": "trace-id=7,explain=true"}, True),
        ("", {"x-amzn-sagemaker-custom-attributes": "trace-id=explain"}, False),
    ],
)
def test_callers_ask_by_query_or_attribute(iris_server, query, headers, explained):
    answer = ask(iris_server, query, headers)
    assert answer.status_code == 200
    prediction = answer.json()["predictions"][0]
    assert ("explanation" in prediction) == explained
    if explained:
        explanation = prediction["explanation"]
        assert explanation["explains"] == "probability"
        for name, probability in prediction["probabilities"].items():
            moved = sum(explanation["shap_values"][name].values())
            assert explanation["base_values"][name] + moved == pytest.approx(probability, abs=1e-12)
        assert list(explanation["shap_values"]["setosa"]) == list(prediction["input_features"])


def test_an_explain_that_says_neither_is_refused(iris_server):
    answer = ask(iris_server, "?explain=yes", {})
    assert answer.status_code == 400
    assert answer.json() == {"error": "explain must be true or false"}


def test_the_largest_answer_passes_through_sagemaker():
    rows, answers = load_data("iris")
    names = [f"{'a long name of a feature, ' * 4}{index}" for index in range(4)]
    model = Model(evaluator_of(RandomForestClassifier(2, random_state=0).fit(rows, answers)), feature_names=names)
    most = model.explainer.rows_allowed
    rows = np.tile(rows, (most // len(rows) + 1, 1))[:most]
    assert 2_000_000 < len(json.dumps(model.explainer.explain(rows.tolist()))) < 6_291_456
    with pytest.raises(InvalidInput, match=f"at most {most} rows"):
        model.explainer.explain(np.zeros((most + 1, 4)).tolist())
