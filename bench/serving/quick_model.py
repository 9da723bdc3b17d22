"""A model that costs next to nothing, so that a measurement shows the HTTP server and not the model.

A logistic regression on iris in plain Python: 3 us a row. Its numbers need not be good, only the same for all.
"""

from __future__ import annotations

import math
from typing import Any


class QuickModel:
    """Has what the server asks of a model: names, and rows in, predictions out."""

    feature_names = ("sepal_length", "sepal_width", "petal_length", "petal_width")
    class_names = ("setosa", "versicolor", "virginica")
    weights = ((-0.42, 0.97, -2.52, -1.08), (0.53, -0.32, -0.21, -0.94), (-0.11, -0.65, 2.72, 2.02))
    intercepts = (9.85, 2.24, -12.09)

    def predict(self, rows: list[list[float]]) -> list[dict[str, Any]]:
        return [self._predict_row(row) for row in rows]

    def _predict_row(self, row: list[float]) -> dict[str, Any]:
        a, b, c, d = row
        raw = [
            math.exp(w[0] * a + w[1] * b + w[2] * c + w[3] * d + intercept)
            for w, intercept in zip(self.weights, self.intercepts, strict=True)
        ]
        total = sum(raw)
        probabilities = [value / total for value in raw]
        confidence = max(probabilities)
        index = probabilities.index(confidence)
        return {
            "predicted_class": self.class_names[index],
            "predicted_class_index": index,
            "confidence": confidence,
            "probabilities": dict(zip(self.class_names, probabilities, strict=True)),
            "input_features": dict(zip(self.feature_names, map(float, row), strict=True)),
        }
