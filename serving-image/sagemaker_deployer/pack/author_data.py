"""The author's rows as the model takes them, and what is known of its columns because of them."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from inference_server.evaluate.evaluator import Evaluator
from inference_server.table.column import Column
from inference_server.table.estimator_input import reads_texts
from sagemaker_deployer.pack.data.data import Data
from sagemaker_deployer.pack.data.data_column import DataColumn
from sagemaker_deployer.pack.data.from_object import as_pandas, data_of
from sagemaker_deployer.pack.data.read_csv import KnownTypes
from sagemaker_deployer.pack.data.read_file import read_file
from sagemaker_deployer.pack.data.select_columns import Wanted, select_columns, take_target, texts_of
from sagemaker_deployer.pack.packing_order import PackingOrder
from sagemaker_deployer.pack.problems import Problems

# What the comparison with the library asks, beside made rows.
_MOST_SAMPLED = 2000


@dataclass(frozen=True)
class AuthorData:
    """``rows`` None: there are none. ``names``: for model.json, where the model has none and the author gave none."""

    rows: Data | None = None
    names: dict[str, list[str]] = field(default_factory=dict)
    targets: DataColumn | None = None

    @functools.cached_property
    def sample(self) -> list[tuple[int, list[Any]]]:
        """Rows of all parts of the data with their places from 0; the same for the same data, none without."""
        if self.rows is None:
            return []
        places = np.linspace(0, self.rows.count - 1, min(_MOST_SAMPLED, self.rows.count)).astype(int).tolist()
        return list(zip(places, self.rows.rows(places), strict=True))


def read_author_data(order: PackingOrder, evaluator: Evaluator | None, estimator: Any) -> AuthorData:
    """Read what the order names. Raises ``Problems`` where it does not fit the model."""
    if not order.has_data:
        return AuthorData()
    trained_on = _names_of(evaluator, estimator)
    source = "X" if order.training is None else f"--data {order.training}"
    known = _known_types(evaluator, trained_on, order)
    found = as_pandas(order.data, source) if order.training is None else read_file(order.training, known)
    targets = order.targets
    if order.target is not None:
        found, targets = take_target(found, order.target, source)
    width = getattr(evaluator if evaluator is not None else estimator, "n_features_in_", None)
    wanted = Wanted(trained_on, _unused(evaluator, trained_on), order.feature_names, width)
    selected, names = select_columns(found, wanted, source)
    if reads_texts(estimator):
        selected = texts_of(selected, source)
    rows = data_of(selected, source, wanted.unused)
    if width is not None and len(rows.columns) != width:
        raise Problems([f"{source}: has {len(rows.columns)} columns, the model {width}."])
    if order.feature_names is not None and len(order.feature_names) != len(rows.columns):
        raise Problems([f"feature_names: are {len(order.feature_names)}, the model takes {len(rows.columns)} columns."])
    own = {} if trained_on is not None or names is None or order.feature_names is not None else {"featureNames": names}
    return AuthorData(rows, own, _targets_of(targets, rows.count))


def _targets_of(targets: Any, count: int) -> DataColumn | None:
    if targets is None:
        return None
    column = np.asarray(targets)
    if column.ndim != 1:
        return None  # several outputs
    if len(column) != count:
        raise Problems([f"y: has {len(column)} values, X {count} rows."])
    return data_of(column.astype(object).reshape(-1, 1), "y").columns[0]


def _names_of(evaluator: Evaluator | None, estimator: Any) -> list[str] | None:
    for one in (evaluator, estimator):
        names = getattr(one, "feature_names_in_", None)
        if names is not None:
            return list(map(str, names))
    return None


def _unused(evaluator: Evaluator | None, names: list[str] | None) -> set[str]:
    return {name for name, column in _inputs(evaluator, names) if not column.is_used}


def _known_types(evaluator: Evaluator | None, trained_on: list[str] | None, order: PackingOrder) -> KnownTypes:
    names = trained_on or order.feature_names
    if evaluator is not None and evaluator.inputs is None:
        return KnownTypes(numbers=names or ())
    known = list(_inputs(evaluator, names))
    return KnownTypes(
        texts={name for name, column in known if column.is_text},
        numbers={name for name, column in known if column.is_numeric and column.is_used},
    )


def _inputs(evaluator: Evaluator | None, names: list[str] | None) -> Iterable[tuple[str, Column]]:
    known = None if evaluator is None else evaluator.inputs
    return [] if known is None or names is None or len(known) != len(names) else zip(names, known, strict=True)
