"""An estimator that lives in a child process, asked in batches of whatever has queued up while it was busy."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections import deque
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import numpy as np

from inference_server.model_error import ModelError
from inference_server.table.column import Column
from inference_server.table.refused_values import RefusedValues
from inference_server.trusted.child_process import ChildDied, ChildProcess
from inference_server.trusted.scikit_learns import choose_packages

_log = logging.getLogger("inference_server")

# More rows than this wait for the next batch, so that one caller's table does not delay everybody else's row.
MAX_BATCH_ROWS = 4096
# A child that dies more often than this within ten minutes stays dead, and /ping says so.
MAX_RESTARTS = 5
RESTARTS_WITHIN_SECONDS = 600
ANSWER_SECONDS = 60

_WAY_FORWARD = (
    " Where the platform allows it, a request may let this one artifact run code: `trust`, with the archive's sha256."
)
_AFTER_FORK = threading.Lock()
# Rows, the columns of them that are no numbers, and who waits for the answer.
_Asked = tuple[np.ndarray, dict[int, list[Any]], Future[Any]]


class PredictionFailed(Exception):
    """The model raised; the message has the type and the place, never values of the payload."""


class ValueRefused(PredictionFailed, RefusedValues):
    """The model raised a ValueError: the rows hold what it does not take."""


class RemoteEstimator:
    """Answers like an ``Evaluator``; ``answer`` may be called from many threads at once and waits for the child.

    After a fork, the new process starts a child of its own when it first asks. Raises ``ModelError`` when the file
    cannot be served.
    """

    # Waiting threads are what a batch is made of.
    threads = 64

    def __init__(self, path: Path, trusted: bool) -> None:
        self._path = path
        self._trusted = trusted
        self._packages = _choose_packages(path, trusted)
        said = self._begin()
        self.name: str = said["name"]
        self.n_features_in_: int | None = said["features"]
        names, labels, outputs = said["featureNames"], said["labels"], said["outputs"]
        self.feature_names_in_ = None if names is None else np.array(names)
        self.inputs = (Column(type="text", takes_gaps=False),) if said["readsTexts"] else None
        self.classes_ = None if labels is None else np.array(labels)
        if outputs is not None:
            self.classes_ = [np.array(known) for known in outputs]

    def _begin(self) -> dict[str, Any]:
        self._asked: deque[_Asked] = deque()
        self._awake = threading.Condition()
        self._deaths: list[float] = []
        self._stopped = False
        self.is_dead = False
        started: Future[dict[str, Any]] = Future()
        # The child ends with the thread that started it: this one lasts.
        self._thread = threading.Thread(target=self._run, args=(started,), name="child", daemon=True)
        self._thread.start()
        self._process_id = os.getpid()
        return started.result()

    def answer(
        self, table: np.ndarray, raw: dict[int, list[Any]] | None = None
    ) -> tuple[np.ndarray, np.ndarray | list[np.ndarray] | None]:
        """Return the index of the class, or the prediction, of each row, and the probabilities, or None.

        ``raw``: the columns that are no numbers, by their places.
        Raises ``PredictionFailed``, or ``ChildDied`` where the process ended while it had these rows.
        """
        if self._process_id != os.getpid():
            with _AFTER_FORK:
                if self._process_id != os.getpid():
                    self._begin()
        future: Future[Any] = Future()
        with self._awake:
            if self.is_dead:
                raise ChildDied("it died too often")
            self._asked.append((table, raw or {}, future))
            self._awake.notify()
        answered, probabilities = future.result()
        if isinstance(self.classes_, list) and probabilities is not None:
            probabilities = np.split(probabilities, np.cumsum(list(map(len, self.classes_)))[:-1], axis=1)
        return answered, probabilities

    def close(self) -> None:
        """End the child, and the thread that asks it; whoever still waits gets ``ChildDied``."""
        with self._awake:
            self._stopped = True
            self._awake.notify()
        self._thread.join()

    def _run(self, started: Future[dict[str, Any]]) -> None:
        try:
            child, said = self._start()
        except BaseException as error:
            started.set_exception(error)
            return
        started.set_result(said)
        while (batch := self._next_batch()) is not None:
            try:
                self._serve(child, batch)
            except ChildDied as died:
                _log.error("the model's process is gone: %s", died)
                for *_, future in batch:
                    if not future.done():
                        future.set_exception(ChildDied(str(died)))
                restarted = self._restart()
                if restarted is None:
                    return
                child = restarted
        child.end()
        self._die()

    def _start(self) -> tuple[ChildProcess, dict[str, Any]]:
        child = ChildProcess(self._path, self._trusted, self._packages)
        try:
            head, _ = child.ask(None, None)
        except ChildDied as died:
            raise ModelError(f"{self._path.name} cannot be loaded: the process that tried is gone, {died}.") from died
        if isinstance(head.get("loaded"), dict):
            return child, head["loaded"]
        child.end()
        if isinstance(head.get("refused"), str):
            raise ModelError(head["refused"] + ("" if self._trusted else _WAY_FORWARD))
        raise ModelError(f"{self._path.name} cannot be loaded: {str(head.get('failed'))[:4000]}")

    def _restart(self) -> ChildProcess | None:
        now = time.monotonic()
        self._deaths = [death for death in self._deaths if death > now - RESTARTS_WITHIN_SECONDS] + [now]
        if len(self._deaths) <= MAX_RESTARTS:
            try:
                return self._start()[0]
            except ModelError as error:
                _log.error("the model's process does not start again: %s", error)
        _log.error("the model's process died for good: %d times in ten minutes", len(self._deaths))
        self._die()
        return None

    def _die(self) -> None:
        with self._awake:
            self.is_dead = True
            waiting = [future for *_, future in self._asked]
            self._asked.clear()
        for future in waiting:
            future.set_exception(ChildDied("it died too often"))

    def _next_batch(self) -> list[_Asked] | None:
        with self._awake:
            while not self._asked and not self._stopped:
                self._awake.wait()
            if self._stopped:
                return None
            batch = [self._asked.popleft()]
            rows = len(batch[0][0])
            while self._asked and rows + len(self._asked[0][0]) <= MAX_BATCH_ROWS:
                batch.append(self._asked.popleft())
                rows += len(batch[-1][0])
            return batch

    def _serve(self, child: ChildProcess, batch: list[_Asked]) -> None:
        tables = [table for table, _, _ in batch]
        try:
            rows = tables[0] if len(tables) == 1 else np.concatenate(tables)
            values, probabilities = _ask(child, rows, _join([(table, raw) for table, raw, _ in batch]))
        except PredictionFailed as failed:
            if len(batch) == 1:
                batch[0][2].set_exception(failed)
            else:
                # Nobody's rows may fail for those of another.
                for one in batch:
                    self._serve(child, [one])
            return
        first = 0
        for table, _, future in batch:
            last = first + len(table)
            future.set_result((values[first:last], None if probabilities is None else probabilities[first:last]))
            first = last


def _choose_packages(path: Path, trusted: bool) -> Path | None:
    try:
        return choose_packages(path, trusted)
    except ModelError as refused:
        raise ModelError(str(refused) + _WAY_FORWARD) from refused


def _join(parts: list[tuple[np.ndarray, dict[int, list[Any]]]]) -> dict[int, list[Any]]:
    """Return the columns of texts of all parts; in a part that has a number there, it is that number."""
    places = {place for _, raw in parts for place in raw}
    return {
        place: [cell for table, raw in parts for cell in raw.get(place) or _cells(table[:, place])] for place in places
    }


def _cells(column: np.ndarray) -> list[float | None]:
    return [None if cell != cell else cell for cell in column.tolist()]


def _ask(child: ChildProcess, rows: np.ndarray, raw: dict[int, list[Any]]) -> tuple[np.ndarray, np.ndarray | None]:
    head, arrays = child.ask(rows, ANSWER_SECONDS, raw)
    if "failed" in head:
        raise (ValueRefused if head.get("value") is True else PredictionFailed)(str(head["failed"])[:4000])
    if isinstance(head.get("answered"), list):
        values = np.empty(len(head["answered"]), dtype=object)
        values[:] = head["answered"]
        arrays = [values]
    if not arrays or any(len(array) != len(rows) for array in arrays):
        raise PredictionFailed("the answer has another number of rows than the question")
    return arrays[0], arrays[1] if len(arrays) > 1 else None
