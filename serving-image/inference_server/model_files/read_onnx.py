"""Models in ONNX, computed by onnxruntime: of a table of numbers, or of named columns of numbers and texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from inference_server.evaluate.evaluator import Evaluator
from inference_server.evaluate.finish import Probabilities, values
from inference_server.model_error import ModelError, NeedsFull
from inference_server.model_files.onnx_contents import OnnxContents, read_onnx_contents
from inference_server.model_files.onnx_inputs import OnnxInput, column_names, columns_of, read_inputs
from inference_server.model_files.onnx_runtime import import_onnxruntime
from inference_server.not_covered import NotCovered
from inference_server.table.refused_values import NotAnswered

_LABELS = ("tensor(int64)", "tensor(string)")
_NUMBERS = ("tensor(float)", "tensor(double)")
# Of sums of probabilities in float32.
_NEAR = 1e-3


def read_onnx(content: bytes) -> Evaluator:
    """Return the evaluator of a graph that answers numbers, or labels and, where it has them, probabilities.

    Raises ``NotCovered`` for graphs of another form, ``ModelError`` without onnxruntime or where it refuses the file.
    """
    contents = read_onnx_contents(content)
    session = _open(content)
    inputs = read_inputs(session)
    answers = {output.name: output for output in session.get_outputs()}
    for name, output in answers.items():
        if output.type.startswith("tensor") and len(output.shape) > 2:
            raise NotCovered(f"ONNX models whose output {name[:60]!r} is no row of numbers but {output.shape}"[:200])
    labels = [name for name, output in answers.items() if output.type in _LABELS]
    others = [name for name in answers if name not in labels]
    if len(labels) > 1 or len(others) > 1:
        raise NotCovered(f"ONNX models that answer {len(answers)} things")
    classes = _classes(contents, answers[others[0]] if others else None) if labels else None
    if classes is None and answers[others[0]].type not in _NUMBERS:
        raise NotCovered(f"ONNX models that answer {answers[others[0]].type}")
    if labels and answers[labels[0]].shape[1:] not in ([], [1]):
        raise NotCovered(f"ONNX models of several labels a row: {answers[labels[0]].shape}"[:200])
    about = session.get_modelmeta()
    return OnnxModel(
        name=str(about.graph_name)[:100],
        written_by=f"{about.producer_name or 'ONNX'}"[:100],
        n_features_in_=inputs[-1].first + inputs[-1].width,
        feature_names_in_=column_names(inputs),
        classes_=classes,
        steps=(),
        sums=lambda table: table,
        finish=values,
        inputs=columns_of(inputs),
        run=_Run(session, inputs, [*labels, *others], classes),
    )


def _open(content: bytes) -> Any:
    try:
        onnxruntime = import_onnxruntime()
    except ImportError as error:
        raise NeedsFull(
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


def _classes(contents: OnnxContents, probabilities: Any) -> np.ndarray:
    columns = None
    if probabilities is not None and len(probabilities.shape) == 2 and isinstance(probabilities.shape[1], int):
        columns = probabilities.shape[1]
    # skl2onnx picks the label out of a list, where no operator of its own names the classes.
    fitting = [one for one in contents.chosen_from if columns in (None, len(one))]
    labels = fitting[0] if len(fitting) == 1 else contents.labels
    if labels is None and not fitting and columns is not None:
        return np.arange(columns)
    if labels is not None:
        return np.array(labels, dtype=object if isinstance(labels[0], str) else np.int64)
    raise NotCovered("ONNX models whose classifier does not name its classes")


@dataclass(frozen=True)
class OnnxModel(Evaluator):
    """An evaluator that asks the graph, which takes texts beside the numbers of the table."""

    run: _Run | None = None

    @property
    def reads_texts(self) -> bool:
        """Whether ``answer`` takes texts."""
        return self.inputs is not None and any(column.type == "text" for column in self.inputs)

    def answer(self, table: np.ndarray, texts: dict[int, list[Any]] | None = None) -> tuple[np.ndarray, Probabilities]:
        """Do as ``Evaluator``; ``texts``: the columns of them, by their places."""
        return self.run(table, texts or {})


class NotComputed(NotAnswered):
    """onnxruntime ended with an error: at the first row the graph's fault, later the row's."""


class _Run:
    """Asks the graph, and returns what ``Finish`` returns."""

    def __init__(self, session: Any, inputs: list[OnnxInput], outputs: list[str], classes: np.ndarray | None) -> None:
        self._session = session
        self._inputs = inputs
        self._outputs = outputs
        self._classes = None if classes is None else classes.tolist()

    def __call__(self, table: np.ndarray, texts: dict[int, list[Any]]) -> tuple[np.ndarray, np.ndarray | None]:
        asked = {one.name: one.values(table, texts) for one in self._inputs}
        try:
            answers = self._session.run(self._outputs, asked)
        except Exception as error:  # of several classes of onnxruntime's own; it quotes the row
            raise NotComputed(type(error).__name__) from None
        if self._classes is None:
            numbers = answers[0].reshape(len(table), -1)
            return numbers[:, 0] if numbers.shape[1] == 1 else numbers, None
        labels = answers[0].reshape(len(table)).tolist()
        if not set(labels) <= set(self._classes):
            raise NotComputed("a label that is none of the classes")
        indexes = np.array([self._classes.index(label) for label in labels])
        if len(answers) == 1:
            return indexes, None
        found = answers[1]
        if isinstance(found, list):  # ZipMap
            found = np.array([[row[label] for label in self._classes] for row in found])
        found = found.reshape(len(table), len(self._classes))
        return indexes, found if _are_probabilities(found) else None


def _are_probabilities(numbers: np.ndarray) -> bool:
    """Tell whether the rows add up to 1: distances to clusters and decision scores come beside labels too."""
    known = numbers[np.isfinite(numbers).all(axis=1)]
    return bool((known >= -_NEAR).all() and (np.abs(known.sum(axis=1) - 1) <= _NEAR).all())
