"""Isolation forests: how few splits part a row from the others (scikit-learn, ensemble/_iforest.py)."""

from __future__ import annotations

import numpy as np

from inference_server.evaluate.fields import Fields, as_numbers
from inference_server.evaluate.finish import Finish
from inference_server.evaluate.flatten_trees import StoredTree, flatten
from inference_server.evaluate.inputs import Columns, use_as_numbers
from inference_server.evaluate.member import Read, ReadMember
from inference_server.evaluate.read_trees import read_decision_tree, sample_counts, were_trained_without_gaps
from inference_server.evaluate.trees import Trees
from inference_server.not_covered import NotCovered


def read_isolation(fields: Fields, columns: Columns, read_member: ReadMember) -> Read:
    """Read an IsolationForest: 1 for rows like the others, -1 for outliers."""
    width = use_as_numbers(columns)
    members, chosen = fields.items("estimators_"), fields.items("estimators_features_")
    if not members or len(members) != len(chosen):
        raise NotCovered("an IsolationForest in a form of its own")
    trees = [_read_tree(*one, width) for one in zip(members, chosen, strict=True)]
    # Missing and infinite values since 1.6.
    takes_all = fields.version >= (1, 6)
    sums = Trees(
        **flatten(trees, [0] * len(trees), width),
        start=np.zeros(1),
        feature_count=width,
        divisor=1.0,
        single_precision=True,
        missing_allowed=takes_all,
        infinite_allowed=takes_all,
        trained_without_gaps=were_trained_without_gaps(members),
    )
    name = "_max_samples" if fields.has("_max_samples") else "max_samples_"
    denominator = float(len(members) * _path_length(np.array([fields.count(name)]))[0])
    return sums, _ending(denominator, fields.number("offset_")), None


def _read_tree(member: object, chosen: object, width: int) -> StoredTree:
    places = as_numbers(chosen, "estimators_features_", (None,)).astype(np.int64)
    if ((places < 0) | (places >= width)).any():
        raise NotCovered("an IsolationForest of other columns than it gets")
    tree = read_decision_tree(member, len(places), [1])
    nodes = tree.nodes.copy()
    inner = nodes["feature"] >= 0
    depths = np.ones(len(nodes))
    for index in np.flatnonzero(inner).tolist():
        for side in ("left", "right"):
            child = int(nodes[side][index])
            if not index < child < len(nodes):
                raise NotCovered("an IsolationForest in a form of its own")
            depths[child] = depths[index] + 1
    nodes["feature"][inner] = places[nodes["feature"][inner]]
    values = (depths + _path_length(sample_counts(member))) - 1.0
    return StoredTree(nodes, values.reshape(-1, 1), tree.covers)


def _path_length(counts: np.ndarray) -> np.ndarray:
    """Return how many splits part one of so many rows from the others, on average."""
    found = np.zeros(len(counts))
    found[counts == 2] = 1.0
    many = counts > 2
    more = counts[many].astype(np.float64)
    found[many] = 2.0 * (np.log(more - 1.0) + np.euler_gamma) - 2.0 * (more - 1.0) / more
    return found


def _ending(denominator: float, offset: float) -> Finish:
    def end(sums: np.ndarray) -> tuple[np.ndarray, None]:
        depths = sums[:, 0]
        shares = np.ones_like(depths) if denominator == 0 else depths / denominator
        return np.where(-(2**-shares) - offset < 0, -1, 1), None

    return end


ISOLATION = {"IsolationForest": read_isolation}
