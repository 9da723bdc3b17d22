"""Metrics as Prometheus reads them, version 0.0.4 of the text format.

https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from inference_server.metrics.counts import BOUNDS, Counts

CONTENT_TYPE = b"text/plain; version=0.0.4; charset=utf-8"


def prometheus_text(models: Iterable[tuple[str, str, Counts]]) -> bytes:
    """Write the name, the digest ("" if unknown) and the counts of each model; samples of one name stand together."""
    labelled = [(f'model="{_escape(name)}"', digest, counts) for name, digest, counts in models]
    lines = ["# HELP model_info The model file that is served.", "# TYPE model_info gauge"]
    lines += [f'model_info{{{label},sha256="{digest}"}} 1' for label, digest, _ in labelled]
    lines += ["# HELP invocations_total Answers by status.", "# TYPE invocations_total counter"]
    for label, _, counts in labelled:
        lines += [f'invocations_total{{{label},status="{status}"}} {n}' for status, n in counts.statuses.items()]
    lines += [
        "# HELP invocation_seconds From the arrival of a whole request to its answer.",
        "# TYPE invocation_seconds histogram",
    ]
    for label, _, counts in labelled:
        lines += _histogram(label, counts)
    lines += ["# HELP predicted_classes_total Rows by predicted class.", "# TYPE predicted_classes_total counter"]
    for label, _, counts in labelled:
        lines += [f'predicted_classes_total{{{label},class="{_escape(c)}"}} {n}' for c, n in counts.classes.items()]
    return ("\n".join(lines) + "\n").encode()


def _histogram(label: str, counts: Counts) -> Iterator[str]:
    total = 0
    for bound, count in zip((*BOUNDS, "+Inf"), counts.buckets, strict=True):
        total += count
        yield f'invocation_seconds_bucket{{{label},le="{bound}"}} {total}'
    yield f"invocation_seconds_sum{{{label}}} {counts.seconds}"
    yield f"invocation_seconds_count{{{label}}} {total}"


def _escape(name: str) -> str:
    return name.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
