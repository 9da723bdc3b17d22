"""Writes scikit-learn's models as people save them: pickle, joblib, skops; runs with scikit-learn 1.2 to 1.9."""

from __future__ import annotations

import pickle
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import rows
import sklearn
from recording import Rows, start
from scikit_learn_models import models
from scikit_learn_pipelines import pipelines

MINOR = int(sklearn.__version__.split(".")[1])


def load(name: str) -> rows.Data:
    """Return the data that a kind names."""
    if name == "one column":
        data = rows.numbers()
        data.rows, data.asked = (Rows("array", one.table[:, :1]) for one in (data.rows, data.asked))
        return data
    if name == "a column of documents":
        data = rows.documents()
        for one in ("rows", "asked"):
            listed = getattr(data, one).table
            frame = pd.DataFrame({"text": listed, "length": [float(len(text)) for text in listed]})
            setattr(data, one, Rows("texts", frame))
        return data
    if name == "ordered categories":
        data = rows.texts(unseen=False)
        kinds = {
            name: pd.CategoricalDtype(sorted(data.rows.table[name].dropna().unique())) for name in ("city", "level")
        }
        data.rows, data.asked = (Rows(one.comes, one.table.astype(kinds)) for one in (data.rows, data.asked))
        return data
    return {
        "array": rows.numbers,
        "gaps": lambda: rows.numbers(gaps=0.1),
        "names": lambda: rows.numbers("names"),
        "names and gaps": lambda: rows.numbers("names", gaps=0.1),
        "counts": rows.counts,
        "codes": rows.codes,
        "codes and gaps": lambda: rows.codes(gaps=True),
        "texts": rows.texts,
        "texts without gaps": lambda: rows.texts(gaps=False),
        "documents": rows.documents,
    }[name]()


def ask_with(estimator: Any) -> Callable[[Any], tuple[Any, Any]]:
    """Return what asks the estimator, with probabilities where it has them."""
    shares = hasattr(estimator, "predict_proba") and hasattr(estimator, "classes_")
    return lambda table: (estimator.predict(table), estimator.predict_proba(table) if shares else None)


def savers(index: int) -> dict[str, Callable[[Any, Path], Any]]:
    """Return ending -> what saves: pickle or joblib in turns, and skops where it is installed."""
    ways = [
        (".pkl", lambda model, path: path.write_bytes(pickle.dumps(model, protocol=2 + index // 4 % 4))),
        (".joblib", lambda model, path: joblib.dump(model, path)),
        (".joblib", lambda model, path: joblib.dump(model, path, compress=3)),
        (".joblib", lambda model, path: joblib.dump(model, path, compress=("lz4", 1))),
    ]
    return dict([ways[index % 4]])


def save_skops(model: Any, path: Path) -> None:
    import skops.io

    skops.io.dump(model, path)


def main() -> None:
    """Write every kind in one format, and some in skops' too where that is installed."""
    recorder = start("scikit-learn", sklearn.__version__)
    try:
        import skops.io  # noqa: F401

        has_skops = True
    except ImportError:
        has_skops = False
    for index, (name, (data_name, learnt, estimator, exact)) in enumerate(
        {**models(MINOR), **pipelines(MINOR)}.items()
    ):
        ways = {**savers(index), **({".skops": save_skops} if has_skops and index % 5 == 0 else {})}
        if not recorder.wants_any(name, ways):
            continue
        np.random.seed(1)
        data = load(data_name)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                estimator.fit(data.rows.table, *([getattr(data, learnt)] if learnt else []))
            except Exception as error:
                print(f"{name}: {type(error).__name__}: {error}", file=sys.stderr)
                raise
        classes = getattr(estimator, "classes_", None)
        if isinstance(classes, list) and any(isinstance(one, np.ndarray) for one in classes):
            classes = [one.tolist() for one in classes]
        recorder.write_each(
            name, estimator, ways, ask_with(estimator), data.asked, kind=name, classes=classes, exact=exact
        )
    recorder.end()


if __name__ == "__main__":
    main()
