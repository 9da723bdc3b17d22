"""Multilayer perceptrons, in the order of scikit-learn's own sums (neural_network/_multilayer_perceptron.py)."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from inference_server.evaluate import finish
from inference_server.evaluate.fields import Fields, as_numbers
from inference_server.evaluate.inputs import Columns, use_as_numbers
from inference_server.evaluate.member import Read, ReadMember, Sums
from inference_server.evaluate.refuse import refuse
from inference_server.not_covered import NotCovered

_ACTIVATIONS = {
    "identity": lambda values: values,
    "logistic": finish.expit,
    "relu": lambda values: np.maximum(values, 0),
    "tanh": np.tanh,
}
_ENDINGS = {"exp": finish.exponentials, "identity": finish.values}


@dataclass(frozen=True)
class NetworkSums:
    """Rows x columns to rows x outputs, before the last activation."""

    weights: list[np.ndarray]
    offsets: list[np.ndarray]
    activate: Sums

    def __call__(self, table: np.ndarray) -> np.ndarray:
        refuse(table)
        for index, (weights, offsets) in enumerate(zip(self.weights, self.offsets, strict=True)):
            table = table @ weights + offsets
            if index < len(self.weights) - 1:
                table = self.activate(table)
        return table


def read_network(fields: Fields, columns: Columns, read_member: ReadMember) -> Read:
    """Read an MLPClassifier or MLPRegressor of one output."""
    width = use_as_numbers(columns)
    classes = fields.labels("classes_") if fields.name == "MLPClassifier" else None
    outputs = 1 if classes is None or fields.class_count_of_several() == 2 else len(classes)
    weights = [as_numbers(one, "coefs_", (None, None)) for one in fields.items("coefs_")]
    offsets = [as_numbers(one, "intercepts_", (None,)) for one in fields.items("intercepts_")]
    sizes = [width, *(len(one) for one in offsets)]
    shapes = [one.shape for one in weights]
    if shapes != list(itertools.pairwise(sizes)) or sizes[-1] != outputs:
        raise NotCovered(f"a {fields.name} of several outputs, or whose layers do not fit")
    if not all(np.isfinite(one).all() for one in (*weights, *offsets)):
        raise NotCovered(f"a {fields.name} with weights that are not finite")
    activation, last = fields.any("activation"), fields.any("out_activation_")
    wanted = ("identity", "exp") if classes is None else ("logistic",) if outputs == 1 else ("softmax",)
    if activation not in _ACTIVATIONS or last not in wanted:
        raise NotCovered(f"a {fields.name} with another activation")
    sums = NetworkSums(weights, offsets, _ACTIVATIONS[activation])
    if classes is None:
        return sums, _ENDINGS[last], None
    return sums, finish.sigmoid(1.0, "probability") if outputs == 1 else finish.softmax("probability"), classes


NETWORKS = {"MLPClassifier": read_network, "MLPRegressor": read_network}
