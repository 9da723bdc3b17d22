"""A pipeline that takes a DataFrame behind FastAPI: `MODEL=model.pkl uvicorn frame_server:app`.

One call of the model for each request, `predict_proba`: the class is the most probable one.
https://fastapi.tiangolo.com/deployment/server-workers/
"""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import pandas as pd
from fastapi import FastAPI
from pydantic import BaseModel

CLASSES = ["genuine", "fraud"]
model = pickle.loads(Path(os.environ["MODEL"]).read_bytes())
app = FastAPI()


class Payment(BaseModel):
    amount: float | None
    merchant: str | None
    country: str | None
    channel: str | None
    card: str | None
    hour: float | None
    account_days: float | None
    distance_km: float | None


class Rows(BaseModel):
    instances: list[Payment]


# None becomes NaN: the imputers look for nothing else.
TYPES = {name: "str" if "str" in kind else float for name, kind in Payment.__annotations__.items()}


@app.get("/ping")
def ping() -> None:
    """Answer that the model is loaded: it is, before the server begins."""


@app.post("/invocations")
def invocations(rows: Rows):
    """Answer as the recipe does; not async, so FastAPI runs it in its thread pool."""
    sent = [row.model_dump() for row in rows.instances]
    probabilities = model.predict_proba(pd.DataFrame(sent).astype(TYPES))
    return {
        "predictions": [
            {
                "predicted_class": CLASSES[chances.argmax()],
                "predicted_class_index": int(chances.argmax()),
                "confidence": float(chances.max()),
                "probabilities": dict(zip(CLASSES, chances.tolist(), strict=True)),
                "input_features": row,
            }
            for row, chances in zip(sent, probabilities, strict=True)
        ]
    }
