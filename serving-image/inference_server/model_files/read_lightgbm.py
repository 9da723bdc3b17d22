"""LightGBM's models, as the text that save_model writes (versions 3 and 4 of the format, LightGBM 2.3 to 4).

https://github.com/microsoft/LightGBM/blob/master/include/LightGBM/tree.h has the rules of missing values: a feature
has them as NaN, as zero (zero_as_missing), or not at all, and then NaN counts as zero.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from inference_server.evaluate import finish
from inference_server.evaluate.evaluator import Evaluator
from inference_server.evaluate.finish import Finish
from inference_server.evaluate.flatten_trees import StoredTree, flatten, put_in_order, require
from inference_server.evaluate.trees import CATEGORY, MEMBERS_LEFT, NODE, TOWARDS_ZERO, Trees
from inference_server.model_error import ModelError
from inference_server.model_files.coded_inputs import coded_inputs
from inference_server.model_files.lightgbm_keys import check_header, check_tree, check_version, read_end
from inference_server.not_covered import NotCovered

MAX_TEXT_BYTES = 512 * 1024**2

# Of decision_type: the first bit says categories, the second whether missing values go left, two more which those are.
_CATEGORIES, _DEFAULT_LEFT = 1, 2
_NOTHING, _ZERO, _NAN = 0, 1, 2

_NUMBERS = ["regression", "regression_l1", "huber", "fair", "quantile", "mape", "lambdarank", "rank_xendcg"]
_LOGARITHMS = ["poisson", "gamma", "tweedie"]
_CLASSES = ["binary", "multiclass", "multiclassova"]


def read_lightgbm(content: bytes) -> Evaluator:
    """Return the evaluator of a model as text.

    Raises ``NotCovered`` for other objectives and linear trees, ``ModelError`` for crafted files, and whatever Python
    raises on damaged ones.
    """
    if len(content) > MAX_TEXT_BYTES:
        raise ModelError(f"The model file holds more than {MAX_TEXT_BYTES} bytes of text, the most that is served.")
    return read_text(content.decode("utf-8"))


def read_text(text: str, rounds: int = 0) -> Evaluator:
    """Do the same for text of bounded size. ``rounds``: how many of them predict, 0 for all."""
    lines = iter(text.replace("\r", "\n").split("\n"))
    blocks = _read_blocks(lines)
    header = next(blocks, {})
    check_version(header.get("version", "?") if "tree" in header else "?")
    width, columns = int(header["max_feature_idx"]) + 1, int(header["num_tree_per_iteration"])
    require(1 <= width < 2**31 and 1 <= columns <= width * 10_000)
    objective, *settings = header.get("objective", "").split() or [""]
    given = dict(_pair(setting) for setting in settings)
    ending = _ending(objective, given, columns)
    check_header(header, objective, given)
    missing = np.full(width, -1)
    trees = [_read_tree(block, width, missing) for block in blocks]
    categories = read_end(lines)
    require(all(0 <= place < width for place in categories))
    require(len(trees) >= 1 and len(trees) % columns == 0)
    trees = trees[: rounds * columns] if rounds else trees
    sums = Trees(
        **flatten(trees, [index % columns for index in range(len(trees))], width),
        start=np.zeros(columns),
        feature_count=width,
        divisor=len(trees) / columns if "average_output" in header else 1.0,
        single_precision=False,
        missing_allowed=True,
        infinite_allowed=True,
        zeros=np.where(missing == _ZERO, np.nan, 0.0),
    )
    names = header["feature_names"].split(" ")
    require(len(names) == width)
    return Evaluator(
        name=objective,
        written_by=f"LightGBM (text {header['version']})",
        n_features_in_=width,
        feature_names_in_=None if names == [f"Column_{index}" for index in range(width)] else np.array(names, object),
        classes_=np.arange(max(2, columns)) if objective in _CLASSES else None,
        steps=(),
        sums=sums,
        finish=ending,
        # A text that training did not see is a missing value to LightGBM (basic.py, _data_from_pandas).
        inputs=coded_inputs(width, categories, math.nan),
    )


def _read_blocks(lines: Iterator[str]) -> Iterator[dict[str, str]]:
    """Yield the header, then each tree; a line without a value is a key with an empty one."""
    block: dict[str, str] = {}
    for line in lines:
        if line.startswith("Tree=") or line == "end of trees":
            yield block
            block = {}
        if line == "end of trees":
            return
        if line:
            key, _, value = line.partition("=")
            if key in block:
                raise ModelError(f"The model file holds the line {key[:60]!r} twice in one place: it is damaged.")
            block[key] = value
    raise ModelError("The model file has no line 'end of trees': it is damaged.")


def _pair(setting: str) -> tuple[str, str]:
    key, _, value = setting.partition(":")
    return key, value


def _ending(objective: str, settings: dict[str, str], columns: int) -> Finish:
    require(columns == 1 or objective in ("multiclass", "multiclassova"))
    scale = float(settings.get("sigmoid", "1"))
    require(int(settings.get("num_class", columns)) == columns)
    require(0 < scale < np.inf)
    if "sqrt" in settings:
        # check_header knows the objectives that have it.
        return finish.squares
    if objective in _NUMBERS:
        return finish.values
    if objective in _LOGARITHMS:
        return finish.exponentials
    if objective == "cross_entropy":
        return finish.logistic
    if objective == "binary":
        return finish.sigmoid(scale, "probability")
    if objective == "multiclass":
        return finish.softmax("probability")
    if objective == "multiclassova":
        return finish.separate_sigmoids(scale)
    raise NotCovered(f"LightGBM's objective {objective[:60]!r}")


def _read_tree(tree: dict[str, str], width: int, missing: np.ndarray) -> StoredTree:
    """Read one tree, and note in ``missing`` which values are missing in each of its features."""
    if tree.get("is_linear", "0") != "0":
        raise NotCovered("LightGBM's linear trees")
    check_tree(tree)
    leaves = int(tree["num_leaves"])
    values = _numbers(tree["leaf_value"])
    require(len(values) == leaves >= 1)
    if leaves == 1:
        nodes = np.zeros(1, NODE)
        nodes["feature"] = -1
        return StoredTree(nodes, values.reshape(1, 1))
    splits = leaves - 1
    left, right, feature, decision = (
        _integers(tree[key]) for key in ("left_child", "right_child", "split_feature", "decision_type")
    )
    thresholds = _numbers(tree["threshold"])
    require(all(len(column) == splits for column in (left, right, feature, decision, thresholds)))
    require(bool(((feature >= 0) & (feature < width)).all()))
    category, kind = (decision & _CATEGORIES) != 0, np.where(decision & _CATEGORIES, _NOTHING, decision >> 2 & 3)
    _note_missing(missing, feature, kind)
    # LightGBM counts leaves from -1 downwards.
    inner = np.arange(splits + leaves) < splits
    below = [
        np.concatenate([np.where(side < 0, splits - 1 - side, side), np.zeros(leaves, int)]) for side in (left, right)
    ]
    old, left, right = put_in_order(*below, inner=inner)
    inner = old < splits
    at = np.where(inner, old, 0)
    nodes = np.zeros(len(old), NODE)
    nodes["left"], nodes["right"] = left, right
    nodes["feature"] = np.where(inner, feature[at], -1)
    nodes["threshold"] = np.where(inner, thresholds[at], 0.0)
    # Of a category NaN is never a member, and goes right.
    default_left = np.where(kind == _NOTHING, thresholds >= 0.0, (decision & _DEFAULT_LEFT) != 0) & ~category
    nodes["missing_left"] = inner & default_left[at]
    leaf_values = np.where(inner, 0.0, values[np.where(inner, 0, old - splits)]).reshape(-1, 1)
    sets = None
    if category.any():
        begins, sets = _read_sets(tree)
        nodes["category"] = np.where(inner & category[at], CATEGORY | MEMBERS_LEFT | TOWARDS_ZERO, 0)
        chosen = nodes["threshold"][nodes["category"] != 0]
        require(bool(((chosen >= 0) & (chosen < len(begins))).all()))
        nodes["threshold"][nodes["category"] != 0] = begins[chosen.astype(int)]
    require(not np.isnan(nodes["threshold"]).any())
    return StoredTree(nodes, leaf_values, _covers(tree, old), sets)


def _note_missing(missing: np.ndarray, feature: np.ndarray, kind: np.ndarray) -> None:
    require(bool((kind <= _NAN).all()))
    for value in (_NOTHING, _ZERO, _NAN):
        columns = np.unique(feature[kind == value])
        if ((missing[columns] >= 0) & (missing[columns] != value)).any():
            raise NotCovered("a model of LightGBM that treats missing values of one feature in two ways")
        missing[columns] = value


def _read_sets(tree: dict[str, str]) -> tuple[np.ndarray, np.ndarray]:
    """Return where each set begins, and the sets: the categories that go left."""
    bounds, words = _integers(tree["cat_boundaries"]), _integers(tree["cat_threshold"])
    sizes = np.diff(bounds)
    require(len(sizes) >= 1 and bounds[0] == 0 and bounds[-1] == len(words) and bool((sizes > 0).all()))
    require(bool(((words >= 0) & (words < 2**32)).all()))
    begins = bounds[:-1] + np.arange(len(sizes))
    return begins, np.insert(words, bounds[:-1], sizes * 32).astype(np.uint32)


def _covers(tree: dict[str, str], old: np.ndarray) -> np.ndarray | None:
    if "internal_count" not in tree or "leaf_count" not in tree:
        return None
    counts = np.concatenate([_numbers(tree["internal_count"]), _numbers(tree["leaf_count"])])
    require(len(counts) > old.max())
    return counts[old]


def _integers(text: str) -> np.ndarray:
    return np.array(list(map(int, text.split())), dtype=np.int64)


def _numbers(text: str) -> np.ndarray:
    return np.array(list(map(float, text.split())), dtype=np.float64)
