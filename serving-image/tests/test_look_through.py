"""Without scikit-learn a pickle is refused only where its own reader would refuse it, in the same words."""

from __future__ import annotations

import io
import pickle
import random
from pathlib import Path

import joblib
import pytest
from pickle_mutation import mutate_pickle
from refused.assemble import pickled
from refused.names import UNLISTED
from refused.positions import positions
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC
from thoroughness import runs

import author_code
from inference_server.model_error import ModelError
from inference_server.model_files.read_estimator import read_estimator
from inference_server.pickles.inert_names import is_inert
from inference_server.pickles.look_through import _MADE_BY_SCIKIT_LEARN, look_through
from inference_server.pickles.pickled_values import CALLABLES

ROWS, LABELS = load_iris(return_X_y=True)


def _models() -> list[object]:
    search = GridSearchCV(
        make_pipeline(StandardScaler(), LogisticRegression(max_iter=500)), {"logisticregression__C": [1]}
    )
    return [
        LogisticRegression(max_iter=500).fit(ROWS, LABELS),
        search.fit(ROWS, LABELS),
        make_pipeline(FunctionTransformer(), KNeighborsClassifier()).fit(ROWS, LABELS),
        SVC(probability=False).fit(ROWS, LABELS),
        author_code.Steady(),
        {"weights": [1, 2]},
        [frozenset({1}), {1: "a"}],
        "text",
    ]


def refusal(read, *arguments) -> str | None:
    try:
        read(*arguments)
    except ModelError as error:
        return str(error)
    return None


def compare(content: bytes, path: Path) -> bool:
    """Whether the look refuses it; then scikit-learn's reader does too, in the same words."""
    seen = refusal(look_through, content, path.name)
    if seen is None:
        return False
    path.write_bytes(content)
    told = refusal(lambda: _predicting(read_estimator(path)))
    assert told is not None, seen
    # Of a file that is damaged in two places either may be seen first.
    return True


def _predicting(value: object) -> None:
    if not hasattr(value, "predict"):
        raise ModelError("without predict")


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_what_scikit_learn_serves_is_not_refused(protocol):
    for model in _models()[:4]:
        assert refusal(look_through, pickle.dumps(model, protocol), "model.pkl") is None
        written = io.BytesIO()
        joblib.dump(model, written)
        assert refusal(look_through, written.getvalue(), "model.joblib") is None


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", r"cannot be read \(EOFError\): it is damaged"),
        (b"these are my weights\n", r"cannot be read \(\w+\): it is damaged"),
        (pickle.dumps(author_code.Steady()), r"names author_code\.Steady, which is not on the list"),
        (pickle.dumps({"weights": [1]}), "holds a dict, which has no predict"),
        (pickle.dumps([1, 2, 3])[:-1], r"cannot be read \(EOFError\)"),
        (pickle.dumps([1]) + b"more", "holds more behind the model's end"),
    ],
)
def test_what_nothing_serves_is_refused_in_the_same_words(tmp_path, content, told):
    path = tmp_path / "model.pkl"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=told) as seen:
        look_through(content, path.name)
    ours = refusal(read_estimator, path)
    assert ours in (str(seen.value), None)  # None: the reader takes it, and Model refuses what cannot predict
    assert compare(content, path)


@pytest.mark.parametrize("position", positions("os", "system"))
def test_a_name_off_the_list_is_refused_wherever_the_look_comes_to_it(tmp_path, position):
    for module, qualified in UNLISTED:
        compare(pickled(positions(module, qualified)[position]), tmp_path / "model.pkl")


def test_every_name_that_the_reader_makes_is_known():
    assert [name for name in CALLABLES if not is_inert(*name) and name not in _MADE_BY_SCIKIT_LEARN] == []


def test_no_changed_file_is_refused_that_the_reader_would_take(tmp_path):
    generator = random.Random(7)
    originals = [pickle.dumps(model, protocol) for model in _models() for protocol in (2, 4, 5)]
    refused = 0
    for _ in range(runs(15_000)):
        refused += compare(mutate_pickle(generator.choice(originals), generator), tmp_path / "model.pkl")
    assert refused > 100
