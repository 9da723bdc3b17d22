"""The recipe's server in FastAPI, as its documentation shows it: `MODEL=model.pkl uvicorn server:app`.

https://fastapi.tiangolo.com/deployment/server-workers/
"""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import numpy as np
from fastapi import FastAPI
from pydantic import BaseModel

CLASSES = ["setosa", "versicolor", "virginica"]
FEATURES = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
model = pickle.loads(Path(os.environ["MODEL"]).read_bytes())
app = FastAPI()


class Rows(BaseModel):
    instances: list[tuple[float, float, float, float]]


@app.get("/ping")
def ping() -> None:
    """Answer that the model is loaded: it is, before the server begins."""


@app.post("/invocations")
def invocations(rows: Rows):
    """Answer as the recipe does; not async, so FastAPI runs it in its thread pool."""
    table = np.array(rows.instances)
    indexes, probabilities = model.predict(table), model.predict_proba(table)
    return {
        "predictions": [
            {
                "predicted_class": CLASSES[index],
                "predicted_class_index": int(index),
                "confidence": float(chances.max()),
                "probabilities": dict(zip(CLASSES, chances.tolist(), strict=True)),
                "input_features": dict(zip(FEATURES, row, strict=True)),
            }
            for row, index, chances in zip(rows.instances, indexes, probabilities, strict=True)
        ]
    }
