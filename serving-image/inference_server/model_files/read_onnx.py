"""Models in ONNX, computed by onnxruntime: of one table of numbers, as skl2onnx and onnxmltools write them."""

from __future__ import annotations

from typing import Any

import numpy as np

from inference_server.evaluate.evaluator import Evaluator
from inference_server.evaluate.refuse import InfiniteValue
from inference_server.model_error import ModelError
from inference_server.model_files.onnx_contents import read_onnx_contents
from inference_server.model_files.onnx_runtime import import_onnxruntime
from inference_server.not_covered import NotCovered

_INPUTS = {"tensor(float)": np.float32, "tensor(double)": np.float64}
_LABELS = ("tensor(int64)", "tensor(string)")
_NUMBERS = ("tensor(float)", "tensor(double)")


def read_onnx(content: bytes) -> Evaluator:
    """Return the evaluator of a graph that answers numbers, or labels and, where it has them, probabilities.

    Raises ``NotCovered`` for graphs of another form, ``ModelError`` without onnxruntime or where it refuses the file.
    """
    contents = read_onnx_contents(content)
    session = _open(content)
    entry = _input(session)
    answers = {output.name: output for output in session.get_outputs()}
    labels = [name for name, output in answers.items() if output.type in _LABELS]
    others = [name for name in answers if name not in labels]
    if len(labels) > 1 or len(others) > 1:
        raise NotCovered(f"ONNX models that answer {len(answers)} things")
    classes = _classes(contents.labels, answers[others[0]] if others else None) if labels else None
    if classes is None and answers[others[0]].type not in _NUMBERS:
        raise NotCovered(f"ONNX models that answer {answers[others[0]].type}")
    about = session.get_modelmeta()
    return Evaluator(
        name=str(about.graph_name)[:100],
        written_by=f"{about.producer_name or 'ONNX'}"[:100],
        n_features_in_=entry.shape[1],
        feature_names_in_=None,
        classes_=classes,
        steps=(),
        sums=lambda table: table,
        finish=_Run(session, entry, [*labels, *others], classes),
    )


def _open(content: bytes) -> Any:
    try:
        onnxruntime = import_onnxruntime()
    except ImportError as error:
        raise ModelError(
            "model.onnx needs onnxruntime, which is not here: use the image's target `full`, or install "
            "requirements-engines.txt."
        ) from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    # Its own format would not be what was checked.
    options.add_session_config_entry("session.load_model_format", "ONNX")
    try:
        return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise ModelError(f"onnxruntime refuses the model file: {str(error)[:300]}") from error


def _input(session: Any) -> Any:
    inputs = session.get_inputs()
    if len(inputs) != 1 or inputs[0].type not in _INPUTS:
        found = ", ".join(f"{one.name} {one.type}" for one in inputs)[:200]
        raise NotCovered(f"ONNX models whose input is not one table of float or double; this one takes {found}")
    shape = inputs[0].shape
    if len(shape) != 2 or isinstance(shape[0], int) or not isinstance(shape[1], int) or shape[1] < 1:
        raise NotCovered(f"ONNX models whose input is not of the shape [any, number of features] but {shape}"[:200])
    return inputs[0]


def _classes(labels: tuple[Any, ...] | None, probabilities: Any) -> np.ndarray:
    if labels is not None:
        return np.array(labels, dtype=object if isinstance(labels[0], str) else np.int64)
    if probabilities is not None and len(probabilities.shape) == 2 and isinstance(probabilities.shape[1], int):
        return np.arange(probabilities.shape[1])
    raise NotCovered("ONNX models whose classifier does not name its classes")


class _Run:
    """Asks the graph, and returns what ``Finish`` returns."""

    def __init__(self, session: Any, entry: Any, outputs: list[str], classes: np.ndarray | None) -> None:
        self._session = session
        self._name = entry.name
        self._dtype = _INPUTS[entry.type]
        self._outputs = outputs
        self._classes = None if classes is None else classes.tolist()

    def __call__(self, table: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        with np.errstate(over="ignore"):
            values = table.astype(self._dtype)
        if np.isinf(values).any():
            raise InfiniteValue
        answers = self._session.run(self._outputs, {self._name: values})
        if self._classes is None:
            numbers = answers[0].reshape(len(table), -1)
            return numbers[:, 0] if numbers.shape[1] == 1 else numbers, None
        indexes = np.array([self._classes.index(label) for label in answers[0].reshape(len(table)).tolist()])
        if len(answers) == 1:
            return indexes, None
        found = answers[1]
        if isinstance(found, list):  # ZipMap
            found = np.array([[row[label] for label in self._classes] for row in found])
        return indexes, found.reshape(len(table), len(self._classes))
