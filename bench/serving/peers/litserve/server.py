"""The forest behind LitServe: `MODEL=model.pkl BATCH=0|1 python server.py PORT`.

https://lightning.ai/docs/litserve/features/batching
"""

from __future__ import annotations

import os
import pickle
import sys
from pathlib import Path

import litserve
import numpy as np

IS_BATCHED = os.environ["BATCH"] == "1"


class Forest(litserve.LitAPI):
    """With BATCH=1, up to 64 requests that wait are predicted together."""

    def setup(self, device: str) -> None:
        self.model = pickle.loads(Path(os.environ["MODEL"]).read_bytes())

    def decode_request(self, request: dict) -> np.ndarray:
        return np.array(request["instances"])

    def batch(self, inputs: list[np.ndarray]) -> np.ndarray:
        self.sizes = [len(table) for table in inputs]
        return np.concatenate(inputs)

    def predict(self, table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return self.model.predict(table), self.model.predict_proba(table)

    def unbatch(self, output: tuple[np.ndarray, np.ndarray]) -> list[tuple[np.ndarray, np.ndarray]]:
        ends = np.cumsum(self.sizes)[:-1]
        return list(zip(np.split(output[0], ends), np.split(output[1], ends), strict=True))

    def encode_response(self, output: tuple[np.ndarray, np.ndarray]) -> dict:
        indexes, probabilities = output
        return {"indexes": indexes.tolist(), "probabilities": probabilities.tolist()}


if __name__ == "__main__":
    batching = {"max_batch_size": 64, "batch_timeout": 0.005} if IS_BATCHED else {}
    server = litserve.LitServer(
        Forest(**batching), accelerator="cpu", workers_per_device=int(os.environ.get("WORKERS", "1"))
    )
    server.run(host="127.0.0.1", port=int(sys.argv[1]), num_api_servers=1, generate_client_file=False)
