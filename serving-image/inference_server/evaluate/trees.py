"""All trees of an ensemble as flat arrays, walked in C or, without a compiler, by numpy."""

from __future__ import annotations

import ctypes
import functools
from dataclasses import dataclass
from typing import Any

import numpy as np

from inference_server.evaluate.build import load_library
from inference_server.evaluate.pack_trees import PackedTrees, is_whole, pack_trees, unpack_nodes
from inference_server.evaluate.refuse import InfiniteValue, MissingValue

NODE = np.dtype(
    {
        "names": ["threshold", "feature", "left", "right", "missing_left", "category"],
        "formats": ["f8", "i4", "i4", "i4", "u1", "u1"],
        "itemsize": 24,
    },
    align=True,
)
TREE = np.dtype([("root", "i4"), ("column", "i4"), ("width", "i4")])

# Of NODE's category; 0 is a number. Members of the set go left or, without the second bit, right. LightGBM
# rounds towards zero first, so that -0.5 is category 0; elsewhere nothing below zero is a member.
CATEGORY, MEMBERS_LEFT, TOWARDS_ZERO = 1, 2, 4
NEAR_ZERO = float(np.float32(1e-35))

# numpy keeps one index per row and tree while it walks: 64 MB of them at once.
_INDEXES_AT_ONCE = 8_000_000
_INFINITE, _MISSING = 1, 2


@dataclass(frozen=True)
class Trees:
    """Trees that add their leaves to ``start``, one number per column, in order, and divide at the end.

    ``nodes``, ``trees`` and ``sets`` (uint32) are as in walk.c, checked by ``flatten``. ``single_precision``:
    values are rounded to float32 before they are compared with the float64 thresholds, as scikit-learn's
    forests do; ``single_sums``: so is each sum. ``zeros``: what becomes of values near zero, by feature.
    ``covers``: the training rows, or their weight, that reached each node, where the file says so.
    """

    nodes: np.ndarray
    trees: np.ndarray
    values: np.ndarray
    start: np.ndarray
    feature_count: int
    divisor: float
    single_precision: bool
    missing_allowed: bool
    infinite_allowed: bool
    covers: np.ndarray | None = None
    single_sums: bool = False
    sets: np.ndarray | None = None
    zeros: np.ndarray | None = None
    # Of forests: what scikit-learn makes of missing values was not learned from any.
    trained_without_gaps: bool = False

    def __call__(self, table: np.ndarray) -> np.ndarray:
        """Return rows x columns of sums for rows x features of float64.

        Raises ``InfiniteValue`` and ``MissingValue`` as scikit-learn's ValueError.
        """
        if self._compiled is None:
            return self.evaluate_with_numpy(table)
        walk, ensemble = self._compiled
        if table.ndim != 2 or table.shape[1] != self.feature_count or table.dtype != np.float64:
            raise ValueError(f"rows of {self.feature_count} float64 are needed")
        columns = len(self.start)
        # Bytes and a ctypes array rather than the addresses of numpy arrays: those cost 1 us each.
        out = _doubles(len(table) * columns)()
        status = walk(ensemble, table.tobytes(), len(table), out)
        if status:
            raise {_INFINITE: InfiniteValue, _MISSING: MissingValue}.get(status, MemoryError)()
        return np.frombuffer(out).reshape(-1, columns)

    def __post_init__(self) -> None:
        # Now: the first request must not wait for a compiler.
        if self._compiled is not None and self.packed is not None and is_whole(self.nodes, self._unpack()):
            # From here on they are made of the packed ones where somebody asks: explanations and packing do.
            object.__delattr__(self, "nodes")

    def __getattr__(self, name: str) -> Any:
        if name == "nodes" and "packed" in vars(self):
            return self._unpack()
        raise AttributeError(name)

    def _unpack(self) -> np.ndarray:
        return unpack_nodes(self.packed, self.trees["root"], self.feature_count, NODE)

    @functools.cached_property
    def _compiled(self) -> tuple[Any, Any] | None:
        library = _library()
        if library is None:
            return None
        # The addresses stay good as long as this object: it is frozen and holds the arrays.
        return library.evaluate, ctypes.byref(self.as_structure(self.packed))

    @functools.cached_property
    def packed(self) -> PackedTrees | None:
        """What all answers come from; None without compiled code, and for trees that are faster as they are."""
        library = _library()
        return None if library is None else pack_trees(self, library)

    def as_structure(self, packed: PackedTrees | None = None) -> ctypes.Structure:
        """The ``Ensemble`` of walk.c; its addresses are good as long as it, this object and ``packed``."""
        # What is packed is not walked as it was.
        nodes = None if packed is not None and "packed" in vars(self) else self.nodes
        structure = _Ensemble(
            None if nodes is None else nodes.ctypes.data,
            self.trees.ctypes.data,
            self.values.ctypes.data,
            self.start.ctypes.data,
            len(self.trees),
            self.feature_count,
            len(self.start),
            self.divisor,
            self.single_precision,
            self.missing_allowed,
            self.infinite_allowed,
            self.single_sums,
            None if self.sets is None else self.sets.ctypes.data,
            None if self.zeros is None else self.zeros.ctypes.data,
            *((None,) * 4 if packed is None else packed.addresses()),
        )
        structure.kept = nodes
        return structure

    def evaluate_with_numpy(self, table: np.ndarray) -> np.ndarray:
        """Do the same, without compiled code, to the same bits."""
        table = self.read_table(table)
        missing = np.isnan(table)
        if not self.infinite_allowed and np.isinf(table).any():
            raise InfiniteValue
        if not self.missing_allowed and missing.any():
            raise MissingValue
        out = np.tile(self.start, (len(table), 1))
        step = max(1, _INDEXES_AT_ONCE // len(self.trees))
        for begin in range(0, len(table), step):
            rows = slice(begin, begin + step)
            leaves = self._find_leaves(table[rows])
            for index, (_, column, width) in enumerate(self.trees.tolist()):
                sums = out[rows, column : column + width]
                sums += self.values[leaves[:, index, None] + np.arange(width)]
                if self.single_sums:
                    sums[:] = sums.astype(np.float32)
        if self.divisor != 1.0:
            out /= self.divisor
        return out

    def read_table(self, table: np.ndarray) -> np.ndarray:
        """Return the values as the nodes compare them."""
        if self.single_precision:
            with np.errstate(over="ignore"):
                table = table.astype(np.float32).astype(np.float64)
        return table if self.zeros is None else np.where(np.abs(table) <= NEAR_ZERO, self.zeros, table)

    def _find_leaves(self, table: np.ndarray) -> np.ndarray:
        nodes = self.nodes
        at = np.tile(self.trees["root"].astype(np.intp), (len(table), 1))
        rows = np.arange(len(table))[:, None]
        while True:
            node = nodes[at]
            inner = node["feature"] >= 0
            if not inner.any():
                return node["left"]
            feature = np.where(inner, node["feature"], 0)
            left = self.goes_left(node, table[rows, feature])
            at = np.where(inner, np.where(left, node["left"], node["right"]), at)

    def goes_left(self, node: np.ndarray, value: np.ndarray) -> np.ndarray:
        """Tell of each node, and a value of its feature, which way it goes; of a leaf, anything."""
        left = value <= node["threshold"]
        if self.sets is not None:
            category = (node["feature"] >= 0) & (node["category"] != 0)
            left[category] = self._category_goes_left(node[category], value[category])
        return np.where(np.isnan(value), node["missing_left"] != 0, left)

    def _category_goes_left(self, node: np.ndarray, value: np.ndarray) -> np.ndarray:
        begin = node["threshold"].astype(np.intp)
        least = np.where(node["category"] & TOWARDS_ZERO, np.nextafter(-1, 0), 0)
        member = (value >= least) & (value < self.sets[begin])
        category = np.where(member, value, 0).astype(np.intp)
        member &= (self.sets[begin + 1 + category // 32] >> (category % 32).astype(np.uint32) & 1) != 0
        return member == ((node["category"] & MEMBERS_LEFT) != 0)


class _Ensemble(ctypes.Structure):
    _fields_ = [
        *((name, ctypes.c_void_p) for name in ("nodes", "trees", "values", "start")),
        *((name, ctypes.c_int64) for name in ("trees_count", "features_count", "columns_count")),
        ("divisor", ctypes.c_double),
        *(
            (name, ctypes.c_int32)
            for name in ("single_precision", "missing_allowed", "infinite_allowed", "single_sums")
        ),
        *((name, ctypes.c_void_p) for name in ("sets", "zeros", "packed", "depths", "ranks", "ranks_begin")),
    ]


@functools.lru_cache(maxsize=64)
def _doubles(count: int) -> type[ctypes.Array[ctypes.c_double]]:
    return ctypes.c_double * count


@functools.cache
def _library() -> ctypes.CDLL | None:
    library = load_library()
    if library is not None:
        library.evaluate.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_void_p]
        library.evaluate.restype = ctypes.c_int
        library.pack.argtypes = [ctypes.c_void_p] * 6
        library.pack.restype = ctypes.c_int
    return library
