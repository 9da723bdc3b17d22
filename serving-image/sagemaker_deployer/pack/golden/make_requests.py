"""Golden requests where the author gives none: made rows, or rows of the data, that the author's library answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from inference_server.invalid_input import InvalidInput
from inference_server.model import Model
from inference_server.several_outputs import find_indexes
from inference_server.table.read_rows import read_rows
from inference_server.table.table import Table
from sagemaker_deployer.pack.data.data import Cells, Data
from sagemaker_deployer.pack.golden.choose_rows import choose_rows
from sagemaker_deployer.pack.golden.draw_rows import draw_rows
from sagemaker_deployer.pack.golden.golden_requests import GoldenRequest
from sagemaker_deployer.pack.parity.answered_rows import answered_places
from sagemaker_deployer.pack.parity.ask_author import AskAuthor
from sagemaker_deployer.pack.parity.coded_rows import as_table, drawn_rows

_CANDIDATES = 400


@dataclass(frozen=True)
class MadeRequests:
    """``predicted``: of all candidates the index of the class, or the number. ``notes``: what no request covers."""

    requests: list[GoldenRequest]
    predicted: list[Any]
    notes: list[str]


def make_requests(model: Model, ask: AskAuthor | None, data: Data | None, from_data: bool) -> MadeRequests:
    """Choose among ``_CANDIDATES`` rows that the model and the author's library take; the same for the same input.

    ``data`` None: the rows are made of what the model's file says alone.
    """
    cells = _candidates(model, data, from_data)
    table = _taken(cells, model)
    if table is not None and ask is not None:
        table = ask.answered(table)
    if table is None:
        return MadeRequests([], [], ["The model answers none of the rows that were made for it: give golden rows."])
    predicted, probabilities = _answers(model, ask, table)
    columns = () if data is None else data.columns
    classes = model.class_names
    choice = choose_rows(table.rows, columns, predicted, probabilities, classes)
    requests = [
        GoldenRequest(
            name, positive=True, content_type="application/json", body={"instances": [table.rows[p] for p in places]}
        )
        for name, places in choice.cases
    ]
    return MadeRequests(requests, predicted, choice.notes)


def _candidates(model: Model, data: Data | None, from_data: bool) -> Cells:
    random = np.random.default_rng(0)
    if data is None:
        rows = as_table(drawn_rows(model.schema, _CANDIDATES, random), model.schema).rows
        # Whether training saw missing values the file may not say, and a graph of ONNX may answer anything then.
        return [row for row in rows if None not in row] or rows
    if from_data:
        return data.rows(random.permutation(data.count)[:_CANDIDATES].tolist())
    return draw_rows(data.columns, _CANDIDATES)


def _taken(rows: Cells, model: Model) -> Table | None:
    """The rows that the server takes. A request that it refuses is the caller's mistake, and no golden one."""

    def is_taken(first: int, last: int) -> bool:
        try:
            return model.takes(read_rows([list(row) for row in rows[first:last]], model.schema))
        except InvalidInput:
            return False

    taken = [rows[place] for place in answered_places(is_taken, len(rows))]
    return read_rows(taken, model.schema) if taken else None


def _answers(model: Model, ask: AskAuthor | None, table: Table) -> tuple[list[Any], np.ndarray | None]:
    if ask is None:
        answers = model.predict(table)
        if model.output_classes is not None:
            return [answer["predicted_class_index"] for answer in answers], None
        if model.class_names is None:
            return [answer["prediction"] for answer in answers], None
        probabilities = [list(answer["probabilities"].values()) for answer in answers if "probabilities" in answer]
        return [answer["predicted_class_index"] for answer in answers], np.array(
            probabilities
        ) if probabilities else None
    found = ask(table)
    if model.output_labels is not None:
        return find_indexes(found.predicted, model.output_labels).tolist(), None
    if model.labels is None:
        return found.predicted.tolist(), None
    place = {label: index for index, label in enumerate(model.labels)}
    probabilities = None if found.probabilities is None else np.asarray(found.probabilities)
    return [place[label] for label in found.predicted.tolist()], probabilities
