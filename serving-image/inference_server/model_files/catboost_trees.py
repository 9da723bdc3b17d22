"""CatBoost's trees as ours: a float32 above a border, or a category that is one value, goes right.

https://github.com/catboost/catboost/blob/master/catboost/libs/model/model.h describes the oblivious ones: of a level
all nodes ask the same, and the answers are the binary digits of the leaf's number, the first one the lowest.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from inference_server.evaluate.flatten_trees import StoredTree, require
from inference_server.evaluate.trees import CATEGORY, NODE
from inference_server.model_error import ModelError

# ``code``: of a category, -1 for a number.
SPLIT = np.dtype([("feature", "i4"), ("border", "f8"), ("missing_left", "u1"), ("code", "i4")])
MAX_DEPTH = 16
# Of all trees together: memory is taken before ``flatten`` counts them.
MAX_LEAVES = 25_000_000


def oblivious_tree(splits: np.ndarray, values: np.ndarray) -> StoredTree:
    """Return a tree that asks the same ``splits`` (SPLIT) on every way; ``values``: leaves x numbers."""
    depth = len(splits)
    require(depth <= MAX_DEPTH and len(values) == 2**depth)
    inner = 2**depth - 1
    nodes = np.zeros(inner + len(values), NODE)
    nodes["feature"] = -1
    index = np.arange(inner)
    # The highest digit is asked first, so that the leaves stand in order.
    level = np.floor(np.log2(index + 1)).astype(int)
    nodes["left"][:inner], nodes["right"][:inner] = 2 * index + 1, 2 * index + 2
    sets = _ask(nodes, index, splits[depth - 1 - level])
    return StoredTree(nodes, np.concatenate([np.zeros((inner, values.shape[1])), values]), sets=sets)


def free_tree(
    splits: np.ndarray, left: Sequence[int], right: Sequence[int], leaf: Sequence[int], values: np.ndarray
) -> StoredTree:
    """Return a tree of its own nodes; ``left`` and ``right``: a child behind the node, or 0 for ``leaf``'s values."""
    count = len(splits)
    require(count == len(left) == len(right) == len(leaf) >= 1)
    places: list[tuple[int, int, int]] = []
    leaves: list[int] = []
    for node in range(count):
        found = []
        for child in (left[node], right[node]):
            require(child == 0 or node < child < count)
            if child == 0 and (left[node] or right[node]):
                # One side ends here: its leaf gets a node of its own, behind the others.
                child = count + len(leaves)
                leaves.append(leaf[node])
            found.append(child)
        places.append((node, *found))
    nodes = np.zeros(count + len(leaves), NODE)
    nodes["feature"] = -1
    table = np.array(places)
    inner = table[:, 1] > 0
    nodes["left"][:count], nodes["right"][:count] = table[:, 1], table[:, 2]
    chosen = np.array([*leaf, *leaves], dtype=np.int64)
    is_leaf = np.concatenate([~inner, np.ones(len(leaves), bool)])
    require(bool(((chosen[is_leaf] >= 0) & (chosen[is_leaf] < len(values))).all()))
    sets = _ask(nodes, np.flatnonzero(inner), splits[inner])
    found_values = np.where(is_leaf[:, None], values[np.where(is_leaf, chosen, 0)], 0.0)
    return StoredTree(nodes, found_values, sets=sets)


def _ask(nodes: np.ndarray, index: np.ndarray, splits: np.ndarray) -> np.ndarray | None:
    """Write what the nodes ask; returns the sets of categories, where there are any."""
    nodes["feature"][index], nodes["missing_left"][index] = splits["feature"], splits["missing_left"]
    nodes["threshold"][index] = splits["border"]
    is_category = splits["code"] >= 0
    if not is_category.any():
        return None
    nodes["category"][index] = np.where(is_category, CATEGORY, 0)
    sets: list[int] = []
    begins: dict[int, int] = {}
    for code in np.unique(splits["code"][is_category]).tolist():
        begins[code] = len(sets)
        sets += [code + 1, *[0] * (code // 32), 1 << code % 32]
    nodes["threshold"][index[is_category]] = [begins[code] for code in splits["code"][is_category].tolist()]
    return np.array(sets, np.uint32)


def check_size(leaves: int) -> None:
    """Raise ``ModelError`` for more leaves than are served."""
    if leaves > MAX_LEAVES:
        raise ModelError(f"The model has more than {MAX_LEAVES} leaves, the most that is served.")
