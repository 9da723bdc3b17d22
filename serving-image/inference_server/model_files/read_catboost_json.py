"""CatBoost's models as JSON: save_model('model.cat.json', format='json').

https://catboost.ai/docs/concepts/json-exported-model describes it.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from inference_server.evaluate.evaluator import Evaluator
from inference_server.evaluate.flatten_trees import StoredTree, require
from inference_server.model_error import ModelError
from inference_server.model_files.catboost_keys import (
    FREE_SPLIT,
    MODEL,
    READS,
    STATISTICS,
    check_notes,
    loss_of,
    version_of,
)
from inference_server.model_files.catboost_model import MOST_FEATURES, Feature, StoredModel, make_evaluator
from inference_server.model_files.catboost_trees import SPLIT, check_size, free_tree, oblivious_tree
from inference_server.model_files.known_keys import find_unknown, refuse_unknown
from inference_server.not_covered import NotCovered

MAX_JSON_BYTES = 256 * 1024**2
_TREATMENTS = {"AsIs": 1, "AsFalse": 1, "AsTrue": 0}


def read_catboost_json(content: bytes) -> Evaluator:
    """Return the evaluator of a model in JSON.

    Raises ``NotCovered`` for other loss functions and statistics of categories, ``ModelError`` for crafted files, and
    whatever Python raises on damaged ones.
    """
    if len(content) > MAX_JSON_BYTES:
        raise ModelError(f"The model file holds more than {MAX_JSON_BYTES} bytes of JSON: save it as model.cbm.")
    model = json.loads(content)
    refuse_unknown(find_unknown(model, MODEL), READS)
    info, notes = model["features_info"], model["model_info"]
    check_notes(notes)
    features = _Features(info)
    scale, bias = model["scale_and_bias"]
    dimension = len(bias)
    return make_evaluator(
        StoredModel(
            features=features.columns,
            trees=_read_trees(model, features, dimension),
            scale=float(scale),
            bias=[float(one) for one in bias],
            loss=loss_of(notes["params"]),
            classes=notes.get("class_params", {}),
            version=version_of(notes),
            texts=[str(one["value"]) for one in info.get("cat_features_hash", [])],
        )
    )


class _Features:
    """The columns, and what a split of each is to our trees."""

    def __init__(self, info: dict[str, Any]) -> None:
        self.columns: list[Feature] = []
        self._numbers: dict[int, tuple[int, int]] = {}
        self._categories: dict[int, tuple[int, dict[int, int]]] = {}
        for one in info.get("float_features", []):
            place = _place(one)
            self._numbers[one["feature_index"]] = place, _TREATMENTS[one["nan_value_treatment"]]
            self.columns.append(Feature(place, _name(one)))
        for one in info.get("categorical_features", []):
            place, hashes = _place(one), [int(value) & 0xFFFFFFFF for value in one.get("values", [])]
            require(len(set(hashes)) == len(hashes))
            self._categories[one["feature_index"]] = place, {value: code for code, value in enumerate(hashes)}
            self.columns.append(Feature(place, _name(one), is_category=True, hashes=hashes))

    def split(self, split: dict[str, Any]) -> tuple[int, float, int, int]:
        """Return a row of SPLIT."""
        if split["split_type"] == "FloatFeature":
            place, missing_left = self._numbers[split["float_feature_index"]]
            border = float(np.float32(split["border"]))
            require(bool(np.isfinite(border)))
            return place, border, missing_left, -1
        if split["split_type"] == "OneHotFeature":
            place, codes = self._categories[split["cat_feature_index"]]
            return place, 0.0, 1, codes[int(split["value"]) & 0xFFFFFFFF]
        if split["split_type"] == "OnlineCtr":
            raise NotCovered(STATISTICS)
        raise NotCovered(f"CatBoost's splits of type {str(split['split_type'])[:40]!r}")


def _place(feature: dict[str, Any]) -> int:
    place = int(feature["flat_feature_index"])
    require(0 <= place < MOST_FEATURES)
    return place


def _name(feature: dict[str, Any]) -> str:
    return str(feature.get("feature_name") or feature.get("feature_id") or "")


def _read_trees(model: dict[str, Any], features: _Features, dimension: int) -> list[StoredTree]:
    if "trees" in model:
        require("oblivious_trees" not in model)
        return [_read_free(tree, features, dimension) for tree in model["trees"]]
    check_size(sum(len(tree["leaf_values"]) for tree in model["oblivious_trees"]))
    return [
        oblivious_tree(_splits(tree["splits"] or [], features), _values(tree["leaf_values"], dimension))
        for tree in model["oblivious_trees"]
    ]


def _splits(splits: list[dict[str, Any]], features: _Features) -> np.ndarray:
    return np.array([features.split(split) for split in splits], dtype=SPLIT)


def _values(values: Any, dimension: int) -> np.ndarray:
    found = np.array(values, dtype=np.float64)
    require(found.ndim == 1 and len(found) % dimension == 0 and bool(np.isfinite(found).all()))
    return found.reshape(-1, dimension)


def _read_free(tree: dict[str, Any], features: _Features, dimension: int) -> StoredTree:
    """A tree of nodes of their own: each is a leaf, or has a split and two below it."""
    nodes: list[dict[str, Any]] = [tree]
    splits: list[tuple[int, float, int, int]] = []
    left, right, values = [], [], []
    for node in nodes:  # grows
        is_leaf = "value" in node
        refuse_unknown(find_unknown(node, _LEAF if is_leaf else _INNER), READS)
        splits.append((-1, 0.0, 0, -1) if is_leaf else features.split(node["split"]))
        value = node["value"] if is_leaf else [0.0] * dimension
        values.append(value if isinstance(value, list) else [value])
        left.append(0 if is_leaf else len(nodes))
        right.append(0 if is_leaf else len(nodes) + 1)
        if not is_leaf:
            nodes += [node["left"], node["right"]]
        check_size(len(nodes))
    return free_tree(np.array(splits, SPLIT), left, right, range(len(nodes)), _values(np.ravel(values), dimension))


_LEAF = {"value": None, "weight": None}
_INNER = {"split": FREE_SPLIT, "left": None, "right": None}
