"""The forest as a BentoML service: `MODEL=model.pkl BATCH=0|1 bentoml serve service:Forest`.

https://docs.bentoml.com/en/latest/get-started/adaptive-batching.html: with BATCH=1, requests that wait are
predicted together.
"""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import bentoml
import numpy as np

IS_BATCHED = os.environ["BATCH"] == "1"


@bentoml.service(workers=int(os.environ.get("WORKERS", "1")), traffic={"timeout": 60, "max_concurrency": 256})
class Forest:
    """Answers with an index and the probabilities of each row."""

    def __init__(self) -> None:
        self.model = pickle.loads(Path(os.environ["MODEL"]).read_bytes())

    @bentoml.api(batchable=IS_BATCHED, batch_dim=0, max_batch_size=256, max_latency_ms=60_000)
    def predict(self, instances: np.ndarray) -> np.ndarray:
        """Return, for each row, the index of the class and the probabilities."""
        return np.column_stack([self.model.predict(instances), self.model.predict_proba(instances)])
