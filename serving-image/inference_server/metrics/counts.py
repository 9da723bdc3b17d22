"""Counts of what one model answered, in memory that all worker processes share: each writes its own part.

The memory is mapped before the workers are forked, so there is nothing to send, and a worker that died
leaves its counts behind.
"""

from __future__ import annotations

import ctypes
import mmap
import threading
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

BOUNDS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)

# Of answers to invocations; what HTTP refuses never reaches a model.
_STATUSES = (200, 400, 404, 406, 408, 409, 413, 415, 422, 429, 500, 502, 503, 504, 507)
_STATUS_CELLS = {status: cell for cell, status in enumerate(_STATUSES)}
_FIRST_BUCKET = len(_STATUSES)
_SECONDS = _FIRST_BUCKET + len(BOUNDS) + 1
_FIRST_CLASS = _SECONDS + 1


@dataclass(frozen=True)
class Counts:
    """``buckets`` has one number more than ``BOUNDS``: what took longer than the last."""

    statuses: dict[int, int]
    buckets: list[int]
    seconds: float
    classes: dict[str, int]


class Cells(NamedTuple):
    """Cells of 8 bytes from ``address`` on, and which of them count what: for compiled code."""

    address: int
    ok: int
    first_bucket: int
    seconds: int
    first_class: int


class Metrics:
    """Counts of one model's invocations, ``workers`` times; methods may be called from any thread.

    A process counts into the first part, until ``use_part`` gives it its own.
    """

    def __init__(self, classes: Sequence[str] = (), workers: int = 1) -> None:
        self.lock = threading.Lock()
        self._classes = {name: _FIRST_CLASS + index for index, name in enumerate(classes)}
        size = 8 * (_FIRST_CLASS + len(self._classes))
        memory = memoryview(mmap.mmap(-1, size * workers))
        self._parts = [memory[size * part : size * (part + 1)] for part in range(workers)]
        self.use_part(0)

    def use_part(self, part: int) -> None:
        """Count into this part from now on: a worker's own number."""
        self._counts = self._parts[part].cast("Q")
        self._sums = self._parts[part].cast("d")

    def count(self, status: int, seconds: float, classes: Iterable[str]) -> None:
        """Count an invocation that reached the model, with the time from its arrival and the classes predicted."""
        counts = self._counts
        with self.lock:
            counts[_STATUS_CELLS[status]] += 1
            counts[_FIRST_BUCKET + bisect_left(BOUNDS, seconds)] += 1
            self._sums[_SECONDS] += seconds
            for name in classes:
                cell = self._classes.get(name)
                if cell is not None:
                    counts[cell] += 1

    def cells(self) -> Cells:
        """Return where this worker counts; whoever counts there by himself holds ``lock``."""
        cells = self._counts
        return Cells(
            ctypes.addressof(ctypes.c_uint64.from_buffer(cells)),
            _STATUS_CELLS[200],
            _FIRST_BUCKET,
            _SECONDS,
            _FIRST_CLASS,
        )

    def count_refusal(self, status: int) -> None:
        """Count an invocation that was turned away; it has no latency."""
        with self.lock:
            self._counts[_STATUS_CELLS[status]] += 1

    def total(self) -> Counts:
        """Return the counts of all workers together."""
        columns = zip(*(part.cast("Q") for part in self._parts), strict=True)
        return self._read([sum(column) for column in columns], sum(part.cast("d")[_SECONDS] for part in self._parts))

    def own(self) -> Counts:
        """Return what this worker counted."""
        with self.lock:
            return self._read(self._counts.tolist(), self._sums[_SECONDS])

    def _read(self, counts: list[int], seconds: float) -> Counts:
        return Counts(
            {status: counts[cell] for status, cell in _STATUS_CELLS.items() if counts[cell]},
            counts[_FIRST_BUCKET:_SECONDS],
            seconds,
            {name: counts[cell] for name, cell in self._classes.items()},
        )
