"""Nothing of a LightGBM file is ignored unawares: lines, settings of objectives and versions that are not known."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

lightgbm = pytest.importorskip("lightgbm", reason="lightgbm is not installed")

from inference_server.model_error import ModelError  # noqa: E402
from inference_server.model_files.read_evaluator import read_evaluator  # noqa: E402

UNKNOWN = "unheard_of"
RANDOM = np.random.default_rng(2)
ROWS = RANDOM.normal(size=(120, 3)).round(2)
ROWS[:, 2] = RANDOM.integers(0, 6, 120)
NUMBERS = np.abs(ROWS[:, 0]) * 9 + 1
TWO = (NUMBERS > 6).astype(int)


def train(objective: str, answered: np.ndarray, **settings: object) -> lightgbm.Booster:
    given = {"objective": objective, "verbose": -1, "num_leaves": 5, "min_data_per_group": 5, "num_threads": 1}
    return lightgbm.train(given | settings, lightgbm.Dataset(ROWS, answered, categorical_feature=[2]), 3)


MODELS: dict[str, Callable[[], lightgbm.Booster]] = {
    "two classes": lambda: train("binary", TWO),
    "three classes": lambda: train("multiclass", np.digitize(NUMBERS, [4, 9]), num_class=3),
    "forest": lambda: train("regression", NUMBERS, boosting="rf", bagging_freq=1, bagging_fraction=0.7),
    "one class": lambda: train("binary", np.zeros(120)),
    "constraints": lambda: train("regression", NUMBERS, monotone_constraints=[1, 0, 0]),
}


@pytest.fixture
def read(tmp_path):
    def write_and_read(text: str):
        (tmp_path / "model.lgb.txt").write_text(text)
        return read_evaluator(tmp_path / "model.lgb.txt")

    return write_and_read


@pytest.mark.parametrize("name", MODELS)
def test_an_unknown_line_is_refused_by_name_wherever_it_stands(read, name):
    booster = MODELS[name]()
    lines = booster.model_to_string().split("\n")
    expected = booster.predict(ROWS, raw_score=name != "forest").reshape(len(ROWS), -1)
    assert np.array_equal(read("\n".join(lines)).sums(ROWS), expected)
    end, last = lines.index("end of trees"), lines.index("end of parameters")
    free = range(lines.index("feature_importances:") + 1, last + 1)
    said = set()
    for at in range(1, len(lines)):
        text = "\n".join([*lines[:at], f"{UNKNOWN}=1", *lines[at:]])
        if at in free and lines[at] != "parameters:":
            read(text)
            continue
        with pytest.raises(ModelError, match=rf"{UNKNOWN}, which this server does not know .* install 'lightgbm<4\.8'"):
            read(text)
        said.add("tree" if "Tree=0" in lines[:at] and at <= end else "end" if at > end else "header")
    assert said == {"header", "tree", "end"}


@pytest.mark.parametrize("objective", ["regression", "binary", "multiclass", "poisson", "lambdarank"])
def test_an_unknown_setting_of_the_objective_is_refused_by_name(read, objective):
    group = {"objective": objective, "verbose": -1, "num_leaves": 4}
    group |= {"num_class": 3} if objective == "multiclass" else {}
    answered = np.digitize(NUMBERS, [4, 9]) if objective in ("multiclass", "lambdarank") else TWO + 0.0
    data = lightgbm.Dataset(ROWS, answered, group=[60, 60] if objective == "lambdarank" else None)
    text = lightgbm.train(group, data, 2).model_to_string()
    read(text)
    for setting in (f"{UNKNOWN}:1", UNKNOWN, "sqrt" if objective != "regression" else "sigmoid:2"):
        changed = text.replace(f"objective={objective}", f"objective={objective} {setting}", 1)
        with pytest.raises(ModelError, match=rf"objective={objective} {setting.partition(':')[0]}, which this server"):
            read(changed)


@pytest.mark.parametrize("objective", ["regression", "regression_l1", "fair", "quantile", "mape", "huber"])
def test_square_roots_are_squared_as_lightgbm_does(read, objective):
    booster = train(objective, NUMBERS, reg_sqrt=True)
    assert np.allclose(read(booster.model_to_string()).answer(ROWS)[0], booster.predict(ROWS), rtol=1e-12)


def test_another_version_of_the_format_is_refused_with_the_remedy(read):
    text = MODELS["two classes"]().model_to_string()
    with pytest.raises(ModelError, match=r"version 'v5' .* LightGBM 3\.3 to 4\.7 .* install 'lightgbm<4\.8'"):
        read(text.replace("version=v4", "version=v5", 1))


def test_a_line_is_there_once(read):
    text = MODELS["two classes"]().model_to_string()
    with pytest.raises(ModelError, match="'shrinkage' twice"):
        read(text.replace("shrinkage=", "shrinkage=1\nshrinkage=", 1))


def test_the_number_of_classes_is_said_once(read):
    text = MODELS["three classes"]().model_to_string()
    with pytest.raises(ModelError):
        read(text.replace("num_class:3", "num_class:4"))


@pytest.mark.parametrize(
    ("categories", "is_served"),
    [
        ("null", True),
        ("[]", True),
        ('[["x", "y"]]', True),
        ("[[0, 1, 2]]", True),
        ("[[10, 20]]", False),
        ('[["x"], [1, 2]]', False),
        ('[["x", 1]]', False),
    ],
)
def test_categories_are_not_mistaken_for_their_codes(read, categories, is_served):
    text = (
        MODELS["two classes"]().model_to_string().replace("pandas_categorical:null", f"pandas_categorical:{categories}")
    )
    assert categories in text
    if is_served:
        read(text)
        return
    with pytest.raises(ModelError, match="pandas categories that are numbers other than their codes"):
        read(text)
