"""Whether a model may answer small requests in the event loop itself, without the 50 us of a thread's hand-over."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from inference_server.model import Model

QUICK_BYTES = 4096
# 32 callers, each with the largest quick request, keep /ping waiting for 0.2 s at most.
QUICK_SECONDS = 0.005


def is_quick(model: Model, row: list[Any]) -> bool:
    """Time the model on as many of a row as ``QUICK_BYTES`` of JSON can hold."""
    if hasattr(model.estimator, "threads"):
        return False  # It answers from another process, best when many ask at once.
    count = len(model.feature_names)
    rows = [row] * max(1, QUICK_BYTES // (2 * count + 2))
    fastest = float("inf")
    for _ in range(3):
        started = time.perf_counter()
        try:
            model.predict(list(rows))
        except Exception:
            # It may be nothing that this model can answer; then nothing is known of its speed.
            return False
        fastest = min(fastest, time.perf_counter() - started)
    return fastest <= QUICK_SECONDS
