"""Over all models of the tests: none is healthy and then answers 5xx to a valid row, and none that answers is refused.

A valid row is one that the library which trained the model answers.
"""

from __future__ import annotations

import pickle
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import covered_models
import mixed_models
import numpy as np
import orjson
import pytest
import text_models
from member_models import member_models
from test_check_answers import BROKEN
from thoroughness import IS_NIGHTLY

from inference_server.load_model import load_model
from inference_server.model import Model
from inference_server.model_error import ModelError
from inference_server.routes.answer_invocation import Invocation, answer_invocation

ROWS = 40
STEP = 1 if IS_NIGHTLY else 10
# Of one model: what writes its file, valid rows as a caller sends them, and what asks its library.
Entry = tuple[str, Callable[[Path], object], list[list[Any]], Callable[[list[list[Any]]], object]]


def _cells(rows: np.ndarray) -> list[list[Any]]:
    return [[None if cell != cell else cell for cell in row] for row in rows[:ROWS].tolist()]


def _pickled(estimator: object) -> Callable[[Path], object]:
    return lambda folder: (folder / "model.pkl").write_bytes(pickle.dumps(estimator))


def corpus() -> Iterator[Entry]:
    """Yield every model; of the numeric ones every tenth, but all at night."""
    for index, (name, (data, estimator)) in enumerate((covered_models.covered_models() | member_models()).items()):
        if index % STEP == 0:
            covered_models.fit(data, estimator)
            rows = _cells(covered_models.load_data(data)[0])
            yield name, _pickled(estimator), rows, lambda asked, of=estimator: of.predict(np.array(asked, dtype=float))
    for name, estimator in (mixed_models.mixed_models() | mixed_models.served_by_scikit_learn()).items():
        mixed_models.fit(estimator)
        rows = mixed_models.draw(ROWS, seed=1)
        yield name, _pickled(estimator), rows, lambda asked, of=estimator: of.predict(mixed_models.as_frame(asked))
    for name, estimator in text_models.served_text_models().items():
        text_models.fit(estimator)
        rows = text_models.rows_for(estimator, ROWS, seed=1)
        yield name, _pickled(estimator), rows, lambda asked, of=estimator: of.predict(text_models.asked(of, asked))
    yield from _other_formats()
    yield from _other_libraries()


def _are_installed(*packages: str) -> bool:
    """`npm test` installs them; a plain environment may lack them, and has fewer models."""
    return all(find_spec(package) is not None for package in packages)


def _other_formats() -> Iterator[Entry]:
    """Some of scikit-learn's models as skops and as ONNX files, which answer the same rows."""
    if not _are_installed("skops", "skl2onnx", "onnxruntime"):
        return
    import skl2onnx
    import skops.io

    models = covered_models.covered_models()
    for name in (
        "forest iris",
        "logistic wine",
        "linear",
        *(("boosting cancer", "tree iris-text") if IS_NIGHTLY else ()),
    ):
        data, estimator = models[name]
        covered_models.fit(data, estimator)
        rows = covered_models.load_data(data)[0]
        graph = skl2onnx.to_onnx(estimator, rows[:1].astype(np.float32)).SerializeToString()
        writers = {
            "skops": lambda folder, of=estimator: skops.io.dump(of, folder / "model.skops"),
            "ONNX": lambda folder, of=graph: (folder / "model.onnx").write_bytes(of),
        }
        for form, write in writers.items():
            yield (
                f"{name} as {form}",
                write,
                _cells(rows),
                lambda asked, of=estimator: of.predict(np.array(asked, dtype=float)),
            )


def _other_libraries() -> Iterator[Entry]:
    if not _are_installed("xgboost", "lightgbm"):
        return
    from other_models import lightgbm_models, xgboost_models

    for file, models in (("model.ubj", xgboost_models()), ("model.lgb.txt", lightgbm_models())):
        for index, (name, (rows, answers, estimator, settings)) in enumerate(models.items()):
            if index % STEP == 0:
                estimator.fit(rows, answers, **settings)
                saved = estimator if file == "model.ubj" else estimator.booster_
                yield (
                    name,
                    _saved(saved, file),
                    _cells(rows),
                    lambda asked, of=estimator: of.predict(np.array(asked, dtype=float)),
                )


def _saved(model: Any, file: str) -> Callable[[Path], object]:
    return lambda folder: model.save_model(folder / file)


def statuses(model: Model, rows: list[list[Any]]) -> Counter[int]:
    """Ask each row by itself; whatever is raised would be a 500."""
    found: Counter[int] = Counter()
    for row in rows:
        try:
            body = orjson.dumps({"instances": [row]})
            found[answer_invocation(model, Invocation("application/json", "", body)).status] += 1
        except Exception:
            found[500] += 1
    return found


def test_what_is_healthy_answers_and_what_answers_is_healthy(tmp_path, capsys):
    count: Counter[str] = Counter()
    wrong: list[str] = []
    for index, (name, write, rows, ask) in enumerate(corpus()):
        folder = tmp_path / str(index)
        folder.mkdir()
        write(folder)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert len(np.asarray(ask(rows))) == len(rows)
            count["models"] += 1
            try:
                model = load_model(folder)
            except ModelError as error:
                count["false refusals"] += 1
                wrong.append(f"{name} is refused: {error}")
                continue
            count["healthy"] += 1
            ends = statuses(model, rows)
        count["rows"] += len(rows)
        count["5xx"] += sum(number for status, number in ends.items() if status >= 500)
        count["4xx"] += sum(number for status, number in ends.items() if 400 <= status < 500)
        if set(ends) != {200}:
            wrong.append(f"{name}: {dict(ends)}")
    with capsys.disabled():
        told = ("models", "healthy", "false refusals", "rows", "5xx", "4xx")
        print("\ncorpus: " + ", ".join(f"{count[what]} {what}" for what in told))
    assert wrong == []
    assert count["models"] >= (80 if IS_NIGHTLY else 15)


@pytest.mark.parametrize("name", BROKEN)
def test_what_answers_nothing_is_refused(name, tmp_path):
    _pickled(BROKEN[name]())(tmp_path)
    with pytest.raises(ModelError, match="answers none of"):
        load_model(tmp_path)
