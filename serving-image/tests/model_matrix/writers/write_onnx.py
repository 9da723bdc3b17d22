"""Writes ONNX models that skl2onnx makes of scikit-learn's, with what onnxruntime answers; runs with skl2onnx 1.20."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import onnxruntime
import pandas as pd
import rows
import skl2onnx
from recording import Rows, file_name, start
from scikit_learn_models import models
from scikit_learn_pipelines import of_numbers, of_texts
from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType, Int64TensorType, StringTensorType

# The kinds that are converted; skl2onnx 1.20 cannot convert histogram boosting and soft voting of scikit-learn 1.8.
KINDS = (
    "decision tree",
    "decision tree of numbers",
    "random forest",
    "random forest of names",
    "random forest of numbers",
    "extra trees",
    "gradient boosting",
    "gradient boosting of numbers",
    "logistic regression",
    "logistic regression of two",
    "linear regression",
    "linear regression of several numbers",
    "ridge",
    "gradient descent",
    "support vectors",
    "support vectors of numbers",
    "neighbours",
    "neighbours of numbers",
    "gaussian naive bayes",
    "neural network",
    "neural network of numbers",
    "adaboost",
    "bagging",
    "stacking",
    "isolation forest",
    "clusters",
    "robust scaler",
    "polynomial",
    "components",
    "chosen columns",
    "one-hot, sparse",
    "by place",
)


def load(name: str) -> rows.Data:
    """Return the data that a kind names, without gaps: what fills them takes none in ONNX's texts."""
    return {
        "array": rows.numbers,
        "names": lambda: rows.numbers("names"),
        "names and gaps": lambda: rows.numbers("names"),
        "texts without gaps": lambda: rows.texts(gaps=False),
    }[name]()


def without_gaps(asked: Rows, is_table: bool) -> Rows:
    """Leave out the row with a gap, with which onnxruntime computes, and names that a model of one table has not."""
    table = asked.table
    if is_table:
        table = np.asarray(table)
    whole = ~pd.DataFrame(table).isna().any(axis=1).to_numpy()
    return Rows(asked.comes, table[whole].reset_index(drop=True) if isinstance(table, pd.DataFrame) else table[whole])


def types_of(table: Any, double: bool) -> list[tuple[str, Any]]:
    """Return ONNX's inputs: one tensor for an array, one for each column of a DataFrame with texts."""
    number = DoubleTensorType if double else FloatTensorType
    if not isinstance(table, pd.DataFrame) or all(kind.kind == "f" for kind in table.dtypes):
        return [("rows", number([None, table.shape[1]]))]
    kinds = {"f": number, "i": Int64TensorType}
    return [(name, kinds.get(kind.kind, StringTensorType)([None, 1])) for name, kind in table.dtypes.items()]


def ask_with(content: bytes, classifies: bool, has_shares: bool) -> Callable[[Any], tuple[Any, Any]]:
    """Return what asks onnxruntime as somebody would who has the rows."""
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    kinds = {"tensor(float)": np.float32, "tensor(double)": np.float64, "tensor(int64)": np.int64}

    def ask(table: Any) -> tuple[Any, Any]:
        inputs = session.get_inputs()
        if len(inputs) == 1:
            given = {inputs[0].name: np.asarray(table).astype(kinds[inputs[0].type])}
        else:
            given = {one.name: table[[one.name]].to_numpy().astype(kinds.get(one.type, object)) for one in inputs}
        found = session.run(None, given)
        if not classifies:
            return found[0].reshape(len(table), -1)[:, 0] if found[0].size == len(table) else found[0], None
        if not has_shares:
            return found[0], None  # what comes beside the classes are scores
        shares = found[1]
        # With zipmap: a dict for each row.
        return found[0], np.array([list(shares[0].values())]) if isinstance(shares, list) else shares

    return ask


def main() -> None:
    """Write every kind in float32, a few in float64."""
    warnings.simplefilter("ignore")
    recorder = start("onnx", skl2onnx.__version__)
    known = {**models(8), **of_numbers(8), **of_texts(8)}
    for index, name in enumerate(KINDS):
        if not recorder.wants_any(name, [".onnx"]):
            continue
        data_name, learnt, estimator, _ = known[name]
        data = load(data_name)
        if isinstance(data.rows.table, pd.DataFrame) and data.rows.comes == "texts":
            for one in (data.rows, data.asked):
                one.table = one.table.drop(columns="is_new")
        np.random.seed(1)
        estimator.fit(data.rows.table, *([getattr(data, learnt)] if learnt else []))
        # The numbers of clusters are labels to ONNX.
        classes = getattr(estimator, "classes_", range(3) if name == "clusters" else None)
        classifies = classes is not None
        types = types_of(data.rows.table, double=name in _DOUBLE)
        options = {id(estimator): {"zipmap": False}} if hasattr(estimator, "classes_") and index % 3 else None
        converted = skl2onnx.to_onnx(estimator, initial_types=types, options=options, target_opset=_OPSET)
        content = converted.SerializeToString()
        recorder.write(
            file_name(name) + ".onnx",
            lambda path, content=content: path.write_bytes(content),
            ask_with(content, classifies, hasattr(estimator, "predict_proba")),
            without_gaps(data.asked, is_table=len(types) == 1),
            kind=name,
            classes=list(classes) if classifies else None,
            exact=_SINGLES,
        )
    recorder.end()


_DOUBLE = ("linear regression of several numbers", "random forest of names", "clusters")
# In float32; sums of one row and of many come in another order.
_SINGLES = 1e-6
_OPSET = {"": 18, "ai.onnx.ml": 3}

if __name__ == "__main__":
    main()
