"""CatBoost's own format, .cbm: four letters, a size, a FlatBuffers table (catboost/libs/model/flatbuffers/model.fbs).

Fields have numbers, in the order of that schema (CatBoost 1.2); one that is not known here is refused by its number.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np

from inference_server.evaluate.evaluator import Evaluator
from inference_server.evaluate.flatten_trees import StoredTree, require
from inference_server.model_error import ModelError
from inference_server.model_files.catboost_keys import READS, STATISTICS, check_notes, loss_of, version_of
from inference_server.model_files.catboost_model import Feature, StoredModel, make_evaluator
from inference_server.model_files.catboost_trees import SPLIT, check_size, free_tree, oblivious_tree
from inference_server.model_files.known_keys import refuse_unknown
from inference_server.model_files.read_flatbuffer import FlatTable
from inference_server.not_covered import NotCovered

_MAGIC, _HEAD = b"CBM1", 8
# As CatBoost writes it.
_FORMAT = "FlabuffersModel_v1"
# TModelCore.
_VERSION, _TREES, _NOTES, _PARTS = 0, 1, 2, 3
# TModelTrees. The starts of the trees (3) follow from their sizes, RepackedBins (17) are the splits once more, and of
# leaf weights (9) predictions need none.
_DIMENSION, _SPLITS, _SIZES, _STARTS, _CATEGORIES, _FLOATS, _ONE_HOT, _CTRS = range(8)
_LEAVES, _WEIGHTS, _STEPS, _LEAF_OF_NODE, _TEXTS, _ESTIMATED = range(8, 14)
_SCALE, _BIAS, _BIASES, _REPACKED, _EMBEDDINGS = range(14, 19)
_NO_LEAF = 2**32 - 1


def read_cbm(content: bytes, *, with_ending: bool = True) -> Evaluator:
    """Return the evaluator of a model; without its ending it answers the sums, as the class CatBoost itself does.

    Raises ``NotCovered`` for other loss functions, and for statistics of categories, texts and embeddings,
    ``ModelError`` for crafted files, and whatever Python raises on damaged ones.
    """
    size = int.from_bytes(content[4:_HEAD], "little")
    if content[:4] != _MAGIC or size > len(content) - _HEAD:
        raise ModelError("The model file is no .cbm of CatBoost: it is damaged, or of another format.")
    core = FlatTable.root(content[_HEAD : _HEAD + size])
    _check(core, "TModelCore", 4)
    if core.text(_VERSION) != _FORMAT:
        raise ModelError(f"The model file is in CatBoost's format {core.text(_VERSION)[:40]!r}. {READS}")
    if core.texts(_PARTS):
        raise NotCovered(STATISTICS)
    if len(content) != _HEAD + size:
        raise ModelError("The model file holds more behind the model's end: it is damaged or crafted.")
    trees = core.table(_TREES)
    require(trees is not None)
    _check(trees, "TModelTrees", _EMBEDDINGS + 1)
    for field, what in ((_TEXTS, "texts"), (_ESTIMATED, "features made of texts"), (_EMBEDDINGS, "embeddings")):
        if trees.tables(field):
            raise NotCovered(f"CatBoost's models of {what}")
    if trees.tables(_CTRS):
        raise NotCovered(STATISTICS)
    notes = {note.text(0): note.text(1) for note in core.tables(_NOTES)}
    check_notes(notes)
    features, splits = _read_features(trees)
    dimension = int(trees.scalar(_DIMENSION, "i", 0))
    require(1 <= dimension <= 10_000)
    biases = trees.numbers(_BIASES, "<f8").tolist() or [float(trees.scalar(_BIAS, "d"))] * dimension
    require(len(biases) == dimension and (_BIAS not in trees.present() or not trees.numbers(_BIASES, "<f8").size))
    return make_evaluator(
        StoredModel(
            features=features,
            trees=_read_trees(trees, splits, dimension),
            scale=float(trees.scalar(_SCALE, "d", 1.0)),
            bias=biases,
            loss=loss_of(json.loads(notes["params"])),
            classes=json.loads(notes.get("class_params", "{}")),
            version=version_of(notes),
        ),
        with_ending=with_ending,
    )


def _check(table: FlatTable, name: str, known: int) -> None:
    refuse_unknown([f"field {field} of {name}" for field in table.present() if field >= known], READS)


def _read_features(trees: FlatTable) -> tuple[list[Feature], np.ndarray]:
    """Return the columns, and what trees may ask, by number: first of numbers, border by border, then of categories."""
    columns: list[Feature] = []
    splits: list[tuple[int, float, int, int]] = []
    # TFloatFeature: HasNans, Index, FlatIndex, Borders, FeatureId, NanValueTreatment (as it is, false, true).
    for one in trees.tables(_FLOATS):
        _check(one, "TFloatFeature", 6)
        place, treatment = int(one.scalar(2, "i", -1)), int(one.scalar(5, "b"))
        require(0 <= treatment <= 2)
        columns.append(Feature(place, one.text(4)))
        borders = one.numbers(3, "<f4").astype(np.float64)
        require(bool(np.isfinite(borders).all()))
        splits += [(place, border, treatment != 2, -1) for border in borders.tolist()]
    # TOneHotFeature: Index, Values, StringValues, which CatBoost leaves empty.
    values: dict[int, Sequence[int]] = {}
    for one in trees.tables(_ONE_HOT):
        _check(one, "TOneHotFeature", 3)
        index = int(one.scalar(0, "i", -1))
        require(index not in values)
        values[index] = one.numbers(1, "<u4").tolist()
    places: dict[int, int] = {}
    # TCatFeature: Index, FlatIndex, FeatureId, UsedInModel.
    for one in trees.tables(_CATEGORIES):
        _check(one, "TCatFeature", 4)
        index, place = int(one.scalar(0, "i", -1)), int(one.scalar(1, "i", -1))
        hashes = values.get(index, ())
        require(index not in places and len(set(hashes)) == len(hashes))
        places[index] = place
        columns.append(Feature(place, one.text(2), is_category=True, hashes=hashes))
    require(values.keys() <= places.keys())
    for index, hashes in values.items():
        splits += [(places[index], 0.0, 1, code) for code in range(len(hashes))]
    return columns, np.array(splits, SPLIT)


def _read_trees(trees: FlatTable, splits: np.ndarray, dimension: int) -> list[StoredTree]:
    asked, sizes = trees.numbers(_SPLITS, "<i4"), trees.numbers(_SIZES, "<i4").astype(np.int64)
    leaves = trees.numbers(_LEAVES, "<f8")
    check_size(len(leaves))
    require(bool((sizes >= 0).all()) and int(sizes.sum()) == len(asked) and bool(np.isfinite(leaves).all()))
    require(len(leaves) % dimension == 0)
    leaves = leaves.reshape(-1, dimension)
    steps, leaf_of_node = trees.numbers(_STEPS, "<u4").view("<u2").reshape(-1, 2), trees.numbers(_LEAF_OF_NODE, "<u4")
    ends = np.cumsum(sizes).tolist()
    if len(steps):
        require(len(steps) == len(leaf_of_node) == len(asked))
        return [
            _read_free(asked[begin:end], steps[begin:end], leaf_of_node[begin:end], splits, leaves)
            for begin, end in zip([0, *ends], ends, strict=False)
        ]
    require(bool(((asked >= 0) & (asked < len(splits))).all()))
    require(bool((sizes <= 16).all()) and int((1 << sizes).sum()) == len(leaves))
    found, at = [], 0
    for begin, end in zip([0, *ends], ends, strict=False):
        count = 1 << end - begin
        found.append(oblivious_tree(splits[asked[begin:end]], leaves[at : at + count]))
        at += count
    return found


def _read_free(
    asked: np.ndarray, steps: np.ndarray, leaf_of_node: np.ndarray, splits: np.ndarray, leaves: np.ndarray
) -> StoredTree:
    """A step is how far behind a node its child stands, 0 where the way ends: there is the node's leaf."""
    index = np.arange(len(asked))
    inner = steps.any(axis=1)
    require(len(asked) >= 1 and bool(((asked[inner] >= 0) & (asked[inner] < len(splits))).all()))
    chosen = splits[np.where(inner, asked, 0)] if len(splits) else np.zeros(len(asked), SPLIT)
    left, right = (np.where(steps[:, side], index + steps[:, side], 0).tolist() for side in (0, 1))
    # In numbers, not in leaves: of several dimensions each leaf has as many.
    first = np.where(leaf_of_node == _NO_LEAF, -1, leaf_of_node.astype(np.int64))
    dimension = leaves.shape[1]
    require(bool((first[first >= 0] % dimension == 0).all()))
    return free_tree(chosen, left, right, np.where(first < 0, -1, first // dimension).tolist(), leaves)
