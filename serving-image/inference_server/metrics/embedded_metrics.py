"""Metrics as lines of CloudWatch's embedded metric format on standard output, from which CloudWatch Logs makes metrics.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

import asyncio
import itertools
import os
import time
from bisect import bisect_left
from collections.abc import Callable, Iterable
from typing import Any, Protocol
from weakref import WeakKeyDictionary

import orjson

from inference_server.metrics.counts import BOUNDS, Counts, Metrics

NAMESPACE = "InferenceServer"
EVERY_SECONDS = 60
# CloudWatch takes 100 metrics a line; more classes than this are no chart that anybody reads.
MOST_CLASSES = 50

_NONE = Counts({}, [0] * (len(BOUNDS) + 1), 0.0, {})


class Counted(Protocol):
    """A model that is served, as far as its counts go."""

    name: str
    digest: str
    metrics: Metrics


class EmbeddedMetrics:
    """Writes what this process has counted since the last time: a line for each model that was asked."""

    def __init__(self, models: Callable[[], Iterable[Counted]], write: Callable[[bytes], object] | None = None) -> None:
        self._models = models
        self._write = _write_to_stdout if write is None else write
        self._seen: WeakKeyDictionary[Counted, Counts] = WeakKeyDictionary()
        # A worker that takes the place of another goes on counting where that one ended.
        for served in models():
            self._seen[served] = served.metrics.own()

    async def run(self) -> None:
        """Write once a minute, until cancelled, and then what is left."""
        try:
            while True:
                await asyncio.sleep(EVERY_SECONDS)
                self.write()
        finally:
            self.write()

    def write(self) -> None:
        """Write a line for each model that was asked."""
        for served in self._models():
            counts = served.metrics.own()
            line = _line(served, _difference(counts, self._seen.get(served, _NONE)))
            self._seen[served] = counts
            if line is not None:
                self._write(orjson.dumps(line) + b"\n")


def _line(served: Counted, counts: Counts) -> dict[str, Any] | None:
    total = sum(counts.statuses.values())
    if not total:
        return None
    values: dict[str, tuple[float, str]] = {
        "Invocations": (total, "Count"),
        "ClientErrors": (sum(n for status, n in counts.statuses.items() if 400 <= status < 500), "Count"),
        "ServerErrors": (sum(n for status, n in counts.statuses.items() if status >= 500), "Count"),
    }
    measured = sum(counts.buckets)
    if measured:
        values["LatencyMean"] = (1000 * counts.seconds / measured, "Milliseconds")
        for name, share in (("LatencyP50", 0.5), ("LatencyP99", 0.99)):
            values[name] = (1000 * _bound_of(counts.buckets, share * measured), "Milliseconds")
    classes = sorted(counts.classes.items(), key=lambda entry: -entry[1])[:MOST_CLASSES]
    values |= {f"Predicted.{name}": (n, "Count") for name, n in classes if n}
    definition = {
        "Namespace": NAMESPACE,
        "Dimensions": [["Model"]],
        "Metrics": [{"Name": name, "Unit": unit} for name, (_, unit) in values.items()],
    }
    return {
        "_aws": {"Timestamp": int(1000 * time.time()), "CloudWatchMetrics": [definition]},
        "Model": served.name,
        "ModelSha256": served.digest,
        "Process": os.getpid(),
        **{name: value for name, (value, _) in values.items()},
    }


def _bound_of(buckets: list[int], rank: float) -> float:
    """Return the upper bound, in seconds, of the bucket that holds this rank; the last bound for what took longer."""
    place = bisect_left(list(itertools.accumulate(buckets)), rank)
    return BOUNDS[min(place, len(BOUNDS) - 1)]


def _difference(now: Counts, before: Counts) -> Counts:
    return Counts(
        {status: n - before.statuses.get(status, 0) for status, n in now.statuses.items()},
        [n - m for n, m in zip(now.buckets, before.buckets, strict=True)],
        now.seconds - before.seconds,
        {name: n - before.classes.get(name, 0) for name, n in now.classes.items()},
    )


def _write_to_stdout(line: bytes) -> None:
    # One call a line: several workers write to the same pipe.
    os.write(1, line)
