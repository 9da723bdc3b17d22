"""Trees in nodes of 8 bytes (packed_trees.h) against the trees as they are: equal to the bit, whatever rows come."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
from covered_models import covered_models, fit, load_rows
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

from inference_server.evaluate import pack_trees, trees
from inference_server.evaluate.compile_model import compile_model
from inference_server.evaluate.flatten_trees import StoredTree, flatten, put_in_order
from inference_server.evaluate.refuse import InfiniteValue, MissingValue
from inference_server.evaluate.trees import CATEGORY, NODE, Trees
from inference_server.explain.tree_shap import TreeShap
from inference_server.pickles.read_inert import read_inert
from sagemaker_deployer.pack.parity.adversarial_rows import adversarial_rows

KINDS = [name for name in covered_models() if any(kind in name for kind in ("boosting", "forest", "tree"))]
# Of packed_trees.h: rows side by side, and rows of a block where rows are narrow.
LANES, MOST_ROWS = 8, 1024
EDGES = np.array([0.0, -0.0, 1e-35, -1e-36, 5e-324, 0.1, 0.5, 1.0, 4.900000095367432, 3.4e38, 1e300, np.inf])


@pytest.fixture(autouse=True)
def pack_small_ones(monkeypatch):
    if trees._library() is None:
        pytest.skip("there is no C compiler")
    monkeypatch.setattr(pack_trees, "_FEWEST_NODES", 0)
    monkeypatch.setattr(pack_trees, "_STEPS_OF_A_RANK", 0)


def assert_same_bits(sums: Trees, rows: np.ndarray) -> None:
    assert sums.packed is not None
    assert sums(rows).tobytes() == sums.evaluate_with_numpy(rows).tobytes()


def random_tree(generator: np.random.Generator, features: int, width: int, inner: int) -> StoredTree:
    """Each inner node splits a leaf chosen at random, so that trees are of every shape."""
    nodes = np.zeros(2 * inner + 1, NODE)
    nodes["feature"] = -1
    leaves = [0]
    for count in range(inner):
        at = leaves.pop(generator.integers(len(leaves)))
        children = 2 * count + 1, 2 * count + 2
        leaves += children
        nodes["feature"][at] = generator.integers(features)
        nodes["left"][at], nodes["right"][at] = generator.permutation(children)
        edge = generator.choice(EDGES) * generator.choice([1, -1])
        nodes["threshold"][at] = generator.normal() if generator.random() < 0.5 or edge == -np.inf else edge
        nodes["missing_left"][at] = generator.integers(2)
    return StoredTree(nodes, generator.normal(size=(len(nodes), width)))


def random_trees(generator: np.random.Generator, **settings: bool) -> Trees:
    features, columns = int(generator.integers(1, 12)), int(generator.integers(1, 6))
    count, is_whole = int(generator.integers(1, 40)), generator.random() < 0.5
    stored = [
        random_tree(generator, features, columns if is_whole else 1, int(generator.integers(0, 60)))
        for _ in range(count)
    ]
    own = {"single_precision": True, "missing_allowed": True, "infinite_allowed": True, **settings}
    zeros = None if own["single_precision"] else generator.choice([0.0, np.nan], features)
    return Trees(
        **flatten(stored, [0 if is_whole else index % columns for index in range(count)], features),
        start=generator.normal(size=columns),
        feature_count=features,
        divisor=float(generator.choice([1.0, count])),
        zeros=zeros if generator.random() < 0.5 else None,
        **own,
    )


def edgy_rows(generator: np.random.Generator, sums: Trees, count: int) -> np.ndarray:
    """Values on the thresholds, one step beside them as float32 and as float64, missing, infinite, and anything."""
    thresholds = np.append(sums.nodes["threshold"], EDGES)
    value = generator.choice(thresholds, (count, sums.feature_count))
    with np.errstate(over="ignore"):
        single = value.astype(np.float32)
    towards = np.where(generator.random(value.shape) < 0.5, -np.inf, np.inf)
    ways = [value, single, np.nextafter(single, towards.astype(np.float32)), np.nextafter(value, towards), -value]
    ways += [np.full_like(value, np.nan), generator.normal(size=value.shape)]
    return np.choose(generator.integers(len(ways), size=value.shape), [way.astype(np.float64) for way in ways])


@pytest.mark.parametrize("seed", range(60))
def test_any_trees_and_any_rows(seed):
    generator = np.random.default_rng(seed)
    sums = random_trees(generator, single_precision=seed % 2 == 0, single_sums=seed % 4 == 0)
    for count in (1, 3, 50, 300):
        assert_same_bits(sums, edgy_rows(generator, sums, count))


@pytest.mark.parametrize("single_precision", [True, False])
def test_every_number_of_rows_around_the_borders(single_precision):
    generator = np.random.default_rng(7)
    sums = random_trees(generator, single_precision=single_precision)
    rows = edgy_rows(generator, sums, 2 * MOST_ROWS + 2)
    expected = sums.evaluate_with_numpy(rows)
    borders = (0, LANES // 2, LANES, 2 * LANES, MOST_ROWS - LANES, MOST_ROWS, MOST_ROWS + LANES, 2 * MOST_ROWS)
    for count in {max(0, border + beside) for border in borders for beside in (-2, -1, 0, 1, 2)}:
        assert sums(rows[:count]).tobytes() == expected[:count].tobytes()


def test_rows_so_wide_that_a_block_is_the_smallest():
    generator = np.random.default_rng(3)
    wide = 4095
    stored = [random_tree(generator, wide, 1, 50) for _ in range(20)]
    flat = flatten(stored, [0] * 20, wide)
    own = {"start": np.zeros(1), "feature_count": wide, "divisor": 20.0, "single_precision": True}
    sums = Trees(**flat, **own, missing_allowed=True, infinite_allowed=True)
    assert_same_bits(sums, edgy_rows(generator, sums, 37))


def test_what_does_not_fit_stays_as_it_is():
    generator = np.random.default_rng(4)
    sums = random_trees(generator)
    fields = {name: getattr(sums, name) for name in sums.__dataclass_fields__}
    assert sums.packed is not None
    assert Trees(**{**fields, "feature_count": 4096}).packed is None
    nodes = sums.nodes.copy()
    nodes["category"][nodes["feature"] >= 0] = CATEGORY
    nodes["threshold"] = 0
    assert Trees(**{**fields, "nodes": nodes, "sets": np.array([1, 1], np.uint32)}).packed is None


def in_levels(tree: StoredTree) -> StoredTree:
    """As the readers of XGBoost and LightGBM number them."""
    inner = tree.nodes["feature"] >= 0
    old, left, right = put_in_order(tree.nodes["left"], tree.nodes["right"], inner)
    nodes = tree.nodes[old]
    nodes["left"], nodes["right"] = left, right
    return StoredTree(nodes, tree.values[old], 1.0 + np.arange(len(old), 0, -1))


@pytest.mark.parametrize("single_precision", [True, False])
def test_nodes_in_levels_are_held_once_and_come_back_as_they_were(single_precision):
    generator = np.random.default_rng(8)
    stored = [in_levels(random_tree(generator, 5, 2, 40)) for _ in range(30)]
    flat = flatten(stored, [0] * 30, 5)
    if single_precision:
        with np.errstate(over="ignore"):
            flat["nodes"]["threshold"] = flat["nodes"]["threshold"].astype(np.float32)
    before = flat["nodes"].copy()
    own = {"start": np.zeros(2), "feature_count": 5, "divisor": 1.0, "single_precision": single_precision}
    sums = Trees(**flat, **own, missing_allowed=True, infinite_allowed=True)
    assert "nodes" not in vars(sums)
    inner = before["feature"] >= 0
    assert np.array_equal(sums.nodes["feature"], before["feature"])
    assert np.array_equal(sums.nodes["left"], before["left"])
    for name in ("threshold", "right", "missing_left", "category"):
        assert np.array_equal(sums.nodes[name][inner], before[name][inner])
    rows = edgy_rows(generator, sums, 20)
    assert_same_bits(sums, rows)
    rows = np.nan_to_num(rows)
    moved = TreeShap(sums)
    assert np.array_equal(moved(rows), TreeShap(kept_as_they_were(sums, before))(rows))


def kept_as_they_were(sums: Trees, nodes: np.ndarray) -> Trees:
    other = copy.copy(sums)
    object.__setattr__(other, "nodes", nodes)
    return other


def test_thresholds_that_packing_rounds_stay():
    generator = np.random.default_rng(9)
    stored = [in_levels(random_tree(generator, 5, 1, 40)) for _ in range(30)]
    own = {"start": np.zeros(1), "feature_count": 5, "divisor": 1.0, "single_precision": True}
    sums = Trees(**flatten(stored, [0] * 30, 5), **own, missing_allowed=True, infinite_allowed=True)
    assert "nodes" in vars(sums)
    with pytest.raises(AttributeError, match="leaves"):
        _ = sums.leaves


@pytest.mark.parametrize("refused", [np.inf, -np.inf, np.nan])
def test_the_first_row_that_is_refused_decides(refused):
    generator = np.random.default_rng(5)
    sums = random_trees(generator, missing_allowed=False, infinite_allowed=False)
    rows = generator.normal(size=(3 * MOST_ROWS, sums.feature_count))
    rows[2 * MOST_ROWS + 5, 0] = refused
    rows[-1, 0] = np.nan if np.isinf(refused) else np.inf
    with pytest.raises(MissingValue if np.isnan(refused) else InfiniteValue):
        sums(rows)


@pytest.mark.parametrize("name", KINDS)
def test_models_of_every_kind(name):
    data, estimator = covered_models()[name]
    evaluator = compile_model(read_inert(pickle.dumps(fit(data, estimator))))
    sums = evaluator.sums
    if not isinstance(sums, Trees) or sums.packed is None:
        pytest.skip("its answers do not come from packed trees")
    rows = adversarial_rows(evaluator, load_rows(data))
    rows = rows[np.random.default_rng(1).permutation(len(rows))[:500]]
    if evaluator.steps:
        rows = evaluator._prepare(rows)
    if sums.missing_allowed:
        rows = np.where(np.random.default_rng(2).random(rows.shape) < 0.05, np.nan, rows)
    assert_same_bits(sums, rows)


@pytest.mark.parametrize("forest", [RandomForestClassifier, RandomForestRegressor])
def test_forests_of_many_outputs(forest):
    generator = np.random.default_rng(6)
    rows, targets = generator.normal(size=(300, 5)), generator.integers(0, 7, size=(300, 4))
    fitted = forest(20, random_state=1).fit(rows, targets)
    evaluator = compile_model(read_inert(pickle.dumps(fitted)))
    assert_same_bits(evaluator.sums, generator.normal(size=(100, 5)))
    found, expected = evaluator.answer(rows), fitted.predict(rows)
    assert np.array_equal(found[0], expected)
