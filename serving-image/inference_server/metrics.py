"""Counts of what was answered, as Prometheus reads them.

https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable

_BOUNDS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Metrics:
    """Counts of invocations; methods may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._statuses: Counter[int] = Counter()
        self._classes: Counter[str] = Counter()
        self._buckets = [0] * (len(_BOUNDS) + 1)
        self._seconds = 0.0

    def count(self, status: int, seconds: float, classes: Iterable[str]) -> None:
        """Count an invocation that reached the model, with the time from its arrival and the classes predicted."""
        with self._lock:
            self._statuses[status] += 1
            self._buckets[bisect_left(_BOUNDS, seconds)] += 1
            self._seconds += seconds
            for name in classes:
                self._classes[name] += 1

    def count_refusal(self, status: int) -> None:
        """Count an invocation that was turned away; it has no latency."""
        with self._lock:
            self._statuses[status] += 1

    def text(self) -> bytes:
        """Return everything in the text format, version 0.0.4."""
        with self._lock:
            statuses, classes = sorted(self._statuses.items()), sorted(self._classes.items())
            buckets, seconds = list(self._buckets), self._seconds
        lines = ["# HELP invocations_total Answers by status.", "# TYPE invocations_total counter"]
        lines += [f'invocations_total{{status="{status}"}} {count}' for status, count in statuses]
        lines += [
            "# HELP invocation_seconds From the arrival of a whole request to its answer.",
            "# TYPE invocation_seconds histogram",
        ]
        total = 0
        for bound, count in zip((*_BOUNDS, "+Inf"), buckets, strict=True):
            total += count
            lines.append(f'invocation_seconds_bucket{{le="{bound}"}} {total}')
        lines += [f"invocation_seconds_sum {seconds}", f"invocation_seconds_count {total}"]
        lines += ["# HELP predicted_classes_total Rows by predicted class.", "# TYPE predicted_classes_total counter"]
        lines += [f'predicted_classes_total{{class="{_escape(name)}"}} {count}' for name, count in classes]
        return ("\n".join(lines) + "\n").encode()


def _escape(name: str) -> str:
    return name.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
