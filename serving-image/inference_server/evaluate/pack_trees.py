"""The arrays of packed_trees.h: the same trees again, in nodes of 8 bytes, for rows in blocks."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Any

import numpy as np

PACKED = np.dtype([("key", "u4"), ("way", "u4")])

# As many as a node can name, with one behind them for leaves.
_MOST_FEATURES = 4095
# 100 KB as they are: in the processor's nearest cache, where the branches of a walk are guessed right.
_FEWEST_NODES = 4096
# A key among thresholds costs as much as some steps of a walk.
_STEPS_OF_A_RANK = 8


@dataclass(frozen=True)
class PackedTrees:
    """As in packed_trees.h. ``ranks`` and ``ranks_begin`` are None where keys are float32."""

    nodes: np.ndarray
    depths: np.ndarray
    ranks: np.ndarray | None
    ranks_begin: np.ndarray | None

    def addresses(self) -> tuple[int | None, ...]:
        """In the order of walk.c's ``Ensemble``; good as long as this object."""
        arrays = (self.nodes, self.depths, self.ranks, self.ranks_begin)
        return tuple(None if array is None else array.ctypes.data for array in arrays)


def pack_trees(trees: Any, library: ctypes.CDLL) -> PackedTrees | None:
    """Pack ``Trees``; None for what is faster as it is, or does not fit: sets of categories, very wide rows."""
    if len(trees.nodes) < _FEWEST_NODES or trees.feature_count > _MOST_FEATURES:
        return None
    if trees.sets is not None or (trees.single_precision and trees.zeros is not None):
        return None
    ranks, ranks_begin = (None, None) if trees.single_precision else _rank(trees)
    counts = np.diff(np.append(trees.trees["root"], len(trees.nodes))).astype(np.int32)
    packed = PackedTrees(
        nodes=np.empty(len(trees.nodes), PACKED),
        depths=np.empty(len(counts), np.int32),
        ranks=ranks,
        ranks_begin=ranks_begin,
    )
    room = [np.empty(counts.max(), np.int32) for _ in range(2)]
    into = [array.ctypes.data for array in (counts, packed.nodes, packed.depths, *room)]
    if not library.pack(ctypes.byref(trees.as_structure(packed)), *into):
        return None
    is_slower = ranks is not None and trees.feature_count * _STEPS_OF_A_RANK > int(packed.depths.sum())
    return None if is_slower else packed


def unpack_nodes(packed: PackedTrees, roots: np.ndarray, feature_count: int, dtype: np.dtype) -> np.ndarray:
    """Return the nodes as they were, but for what no walk looks at; of trees that are numbered level by level."""
    key, way = packed.nodes["key"], packed.nodes["way"]
    nodes = np.zeros(len(key), dtype)
    feature = way & 0xFFF
    inner = feature < feature_count
    nodes["feature"] = np.where(inner, feature, -1)
    root = np.repeat(roots, np.diff(np.append(roots, len(key))))
    left = (way >> 13) + root
    nodes["left"] = np.where(inner, left, key)
    nodes["right"] = np.where(inner, left + 1, 0)
    nodes["missing_left"] = np.where(inner, way >> 12 & 1, 0)
    own = (key - (way >> 12 & 1))[inner]
    if packed.ranks is None:
        # The bits of a float32 again: packed_trees.h, float_key.
        bits = np.where(own >> 31 != 0, own ^ np.uint32(0x80000000), ~own)
        nodes["threshold"][inner] = bits.astype(np.uint32).view(np.float32)
    else:
        nodes["threshold"][inner] = packed.ranks[packed.ranks_begin[feature[inner]] + own]
    return nodes


def is_whole(nodes: np.ndarray, unpacked: np.ndarray) -> bool:
    """Tell whether walks over both kinds of nodes, and explanations of them, are the same to the bit."""
    inner = nodes["feature"] >= 0
    names = ("threshold", "right", "missing_left")
    return all(np.array_equal(nodes[name], unpacked[name]) for name in ("feature", "left")) and all(
        np.array_equal(nodes[name][inner], unpacked[name][inner]) for name in names
    )


def _rank(trees: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return the thresholds of each feature, sorted, and where each feature's begin."""
    inner = trees.nodes["feature"] >= 0
    features, thresholds = trees.nodes["feature"][inner], trees.nodes["threshold"][inner]
    order = np.lexsort((thresholds, features))
    features, thresholds = features[order], thresholds[order]
    first = np.ones(len(order), bool)
    first[1:] = (features[1:] != features[:-1]) | (thresholds[1:] != thresholds[:-1])
    features, thresholds = features[first], thresholds[first]
    begins = np.searchsorted(features, np.arange(trees.feature_count + 1)).astype(np.int64)
    return np.ascontiguousarray(thresholds), begins
