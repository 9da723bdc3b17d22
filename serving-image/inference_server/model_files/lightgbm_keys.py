"""Which keys LightGBM's text has, and what each is to the reader; any other is refused by name.

https://github.com/microsoft/LightGBM/blob/master/src/boosting/gbdt_model_text.cpp and .../src/io/tree.cpp write them;
found in files of 3.3 to 4.7.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from inference_server.model_error import ModelError
from inference_server.model_files.known_keys import are_texts, refuse_unknown

VERSIONS = ("v3", "v4")
READS = (
    "It reads what LightGBM 3.3 to 4.7 write (versions v3 and v4 of the format): "
    "train with one of these, for example after pip install 'lightgbm<4.8'."
)

_HEADER = frozenset(
    [
        # Used.
        *("tree", "version", "num_tree_per_iteration", "max_feature_idx", "objective", "average_output"),
        "feature_names",
        # The number of classes is that of the trees of an iteration, too; the other lines are about the training data.
        *("num_class", "label_index", "feature_infos", "monotone_constraints", "tree_sizes"),
    ]
)
_TREE = frozenset(
    [
        # Used.
        *("Tree", "num_leaves", "split_feature", "threshold", "decision_type", "left_child", "right_child"),
        *("leaf_value", "cat_boundaries", "cat_threshold", "internal_count", "leaf_count", "is_linear"),
        # What training knew of each node; the shrinkage is in the values already.
        *("num_cat", "split_gain", "leaf_weight", "internal_value", "internal_weight", "shrinkage"),
    ]
)
# Objective -> what stands behind its name.
_SETTINGS: dict[str, Iterable[str]] = {
    **dict.fromkeys(["regression", "regression_l1", "fair", "quantile", "mape"], ("sqrt",)),
    "binary": ("sigmoid",),
    "multiclass": ("num_class",),
    "multiclassova": ("num_class", "sigmoid"),
}
_CATEGORIES = "pandas_categorical:"
_PLACES = "[categorical_feature: "


def check_version(version: str) -> None:
    """Raise ``ModelError`` for a version of the format that was not compared."""
    if version not in VERSIONS:
        raise ModelError(
            f"The model file is in version {version[:20]!r} of LightGBM's format, which this server does not know. "
            + READS
        )


def check_header(header: dict[str, str], objective: str, settings: Iterable[str]) -> None:
    """Raise ``ModelError`` for a line of the header, or something behind the objective, that is not known."""
    found = sorted(header.keys() - _HEADER)
    unknown = sorted(set(settings) - set(_SETTINGS.get(objective, ())))
    refuse_unknown([*found, *(f"objective={objective[:40]} {one}"[:120] for one in unknown)], READS)


def check_tree(tree: dict[str, str]) -> None:
    """Raise ``ModelError`` for a line of a tree that is not known."""
    if unknown := tree.keys() - _TREE:
        refuse_unknown([f"Tree={tree.get('Tree', '?')}: {key}" for key in unknown], READS)


def read_end(lines: Iterator[str]) -> dict[int, list[str]]:
    """Read what stands behind the trees: how often each feature was used, and the settings of the training.

    Returns the texts that are the categories of columns, by the columns' places. The file has the categories of all
    of a DataFrame's columns of type category, and the places of those that were trained as categories: the same columns
    where they are as many. Else (ordered categories are numbers to LightGBM) none is returned: rows have the codes.

    Raises ``ModelError`` for anything else, ``NotCovered`` for pandas categories that are not sent as their codes.
    """
    unknown: list[str] = []
    places: list[int] = []
    categories: list[list[str] | None] = []
    for line in lines:
        if line == "feature_importances:":
            while next(lines, ""):
                pass
        elif line == "parameters:":
            while (setting := next(lines, "end of parameters")) != "end of parameters":
                if setting.startswith(_PLACES):
                    places = [int(place) for place in setting[len(_PLACES) : -1].split(",") if place.strip()]
        elif line.startswith(_CATEGORIES):
            found = json.loads(line.removeprefix(_CATEGORIES)) or []
            categories = [values if are_texts(values) else None for values in found]
        elif line:
            unknown.append(line.partition("=")[0])
    refuse_unknown(unknown, READS)
    if len(places) != len(categories) or len(set(places)) != len(places):
        return {}
    return {place: values for place, values in zip(sorted(places), categories, strict=True) if values is not None}
