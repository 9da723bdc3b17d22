"""The recipe's server, written afresh: Flask over a pickled random forest, with its checks in its order.

It is the contract (record_recipe_answers.py asks it) and the baseline of the benchmark. The recipe is
"SageMaker Model Endpoints for ML Inference".
`python recipe_server.py model.pkl PORT` is Flask's development server, as the recipe runs it; under
gunicorn it is `recipe_server:app` with the model's path in RECIPE_MODEL.
"""

from __future__ import annotations

import logging
import os
import pickle
import sys
import traceback

import numpy as np
from flask import Flask, jsonify, request

logging.basicConfig(level=logging.INFO)
log = logging.getLogger(__name__)

CLASSES = ["setosa", "versicolor", "virginica"]
FEATURES = ["sepal_length", "sepal_width", "petal_length", "petal_width"]

app = Flask(__name__)
loaded = {}


def load(path: str) -> None:
    with open(path, "rb") as file:
        loaded["model"] = pickle.load(file)


def check(rows) -> None:
    if not isinstance(rows, list):
        raise ValueError("Input must be a list of feature arrays")
    for number, row in enumerate(rows):
        if not isinstance(row, list) or len(row) != len(FEATURES):
            raise ValueError(f"Instance {number} must have exactly {len(FEATURES)} features")
        if not all(isinstance(value, (int, float)) for value in row):
            raise ValueError(f"Instance {number} contains non-numeric values")


def predict(rows) -> list[dict]:
    check(rows)
    table = np.array(rows).reshape(-1, len(FEATURES))
    indexes = loaded["model"].predict(table)
    probabilities = loaded["model"].predict_proba(table)
    return [
        {
            "predicted_class": CLASSES[index],
            "predicted_class_index": int(index),
            "confidence": float(np.max(chances)),
            "probabilities": {name: float(chance) for name, chance in zip(CLASSES, chances, strict=True)},
            "input_features": {name: float(value) for name, value in zip(FEATURES, row, strict=True)},
        }
        for row, index, chances in zip(rows, indexes, probabilities, strict=True)
    ]


@app.route("/ping", methods=["GET"])
def ping():
    return "", 200 if "model" in loaded else 404


@app.route("/invocations", methods=["POST"])
def invocations():
    try:
        if request.content_type != "application/json":
            return jsonify({"error": f"Unsupported content type: {request.content_type}"}), 400
        content = request.get_json()
        if not content or "instances" not in content:
            return jsonify({"error": 'Input must contain "instances" key'}), 400
        predictions = predict(content["instances"])
        log.info("Processed %d predictions successfully", len(predictions))
        return jsonify({"predictions": predictions})
    except ValueError as error:
        log.warning("Input validation error: %s", error)
        return jsonify({"error": f"Invalid input: {error}"}), 400
    except Exception as error:
        log.error("Prediction error: %s", error)
        log.error(traceback.format_exc())
        return jsonify({"error": "Internal server error"}), 500


if "RECIPE_MODEL" in os.environ:
    load(os.environ["RECIPE_MODEL"])

if __name__ == "__main__":
    load(sys.argv[1])
    app.run(host="127.0.0.1", port=int(sys.argv[2]))
