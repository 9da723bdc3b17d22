"""Which of the author's columns the model takes, in its order: by the names of the training, else all of them."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sagemaker_deployer.pack.data.named_columns import NamedColumns
from sagemaker_deployer.pack.problems import Problems


def column_names(rows: Any) -> list[str] | None:
    """Return the names of the columns of a DataFrame, None for anything else."""
    if isinstance(rows, NamedColumns):
        return rows.names
    return list(map(str, rows.columns)) if hasattr(rows, "columns") and hasattr(rows, "dtypes") else None


def take_target(rows: Any, target: str, source: str) -> tuple[Any, list[Any]]:
    """Return the rows without the column ``target``, and its cells. Raises ``Problems`` where there is none."""
    names = column_names(rows)
    if names is None or target not in names:
        raise Problems([f"--target {target}: {source} has no column of this name."])
    cells = (
        rows.cells[names.index(target)]
        if isinstance(rows, NamedColumns)
        else rows.iloc[:, names.index(target)].tolist()
    )
    return _take(rows, [name for name in names if name != target]), cells


@dataclass(frozen=True)
class Wanted:
    """The columns that a model takes.

    ``trained_on``: the names that the model knows; where it knows none, its rows have none either. ``unused``: those of
    them that it does not look at. ``given``: what the author calls the columns. ``width``: how many they are.
    """

    trained_on: Sequence[str] | None = None
    unused: Container[str] = ()
    given: Sequence[str] | None = None
    width: int | None = None


def select_columns(rows: Any, wanted: Wanted, source: str) -> tuple[Any, list[str] | None]:
    """Return the rows as the model takes them, and the names of their columns where they have some.

    Raises ``Problems`` with all columns that are missing.
    """
    names = column_names(rows)
    if names is None:
        return (rows if wanted.trained_on is None else with_names(rows, wanted.trained_on, source)), None
    if wanted.trained_on is not None:
        return _by_training(rows, names, wanted, source), list(wanted.trained_on)
    kept = list(wanted.given) if wanted.given is not None and set(wanted.given) <= set(names) else names
    if wanted.width is not None and len(kept) != wanted.width:
        raise Problems(
            [
                f"{source}: has {len(kept)} columns, the model takes {wanted.width}. Name those that it takes, in its "
                "order (feature_names=, --feature-names), or the column that it predicts (--target)."
            ]
        )
    return _without_names(_take(rows, kept)), kept


def _by_training(rows: Any, names: list[str], wanted: Wanted, source: str) -> Any:
    trained_on, given = list(wanted.trained_on or ()), wanted.given
    missing = [name for name in trained_on if name not in names]
    # A file may have the names that the author gives the columns, in place of those of the training.
    if missing and given is not None and len(given) == len(trained_on) and set(given) <= set(names):
        return _rename(_take(rows, given), trained_on)
    needed = [name for name in missing if name not in wanted.unused]
    if needed:
        shown = ", ".join(map(repr, needed[:20]))
        raise Problems([f"{source}: lacks {shown}, which the model was trained on."])
    return _take(_with_empty(rows, missing), trained_on)


def _take(rows: Any, names: Sequence[str]) -> Any:
    have = column_names(rows) or []
    places = [have.index(name) for name in names]
    if isinstance(rows, NamedColumns):
        return NamedColumns(list(names), [rows.cells[place] for place in places])
    return rows.iloc[:, places]


def texts_of(rows: Any, source: str) -> Any:
    """Return the texts of the only column, as a vectorizer takes them; lists of texts as they are."""
    table = np.asarray(rows, dtype=object) if isinstance(rows, list) else np.asarray(rows)
    if table.ndim != 2:
        return rows
    if table.shape[1] != 1:
        raise Problems([f"{source}: has {table.shape[1]} columns, the model reads texts: give the column of these."])
    return table[:, 0].astype(object).tolist()


def _rename(rows: Any, names: Sequence[str]) -> Any:
    if isinstance(rows, NamedColumns):
        return NamedColumns(list(names), rows.cells)
    renamed = rows.copy(deep=False)
    renamed.columns = list(names)
    return renamed


def with_names(rows: Any, names: Sequence[str], source: str) -> Any:
    """Return rows without names under the names that the model was trained on; an array where there is no pandas."""
    table = np.asarray(rows, dtype=object) if isinstance(rows, list) else np.asarray(rows)
    if table.ndim != 2 or table.shape[1] != len(names):
        raise Problems([f"{source}: must hold rows of {len(names)} columns, as the model was trained on."])
    return name_columns([column.tolist() for column in table.T], names)


def name_columns(cells: list[list[Any]], names: Sequence[str]) -> Any:
    """Return a DataFrame where pandas is installed, else what stands for it."""
    try:
        import pandas
    except ImportError:
        return NamedColumns(list(names), cells)
    return pandas.DataFrame(dict(zip(names, cells, strict=True)))


def _with_empty(rows: Any, names: Sequence[str]) -> Any:
    if isinstance(rows, NamedColumns):
        empty = [[None] * len(rows.cells[0])] * len(names)
        return NamedColumns([*rows.names, *names], [*rows.cells, *empty])
    return rows.assign(**dict.fromkeys(names)) if names else rows


def _without_names(rows: Any) -> Any:
    if isinstance(rows, NamedColumns):
        return list(map(list, zip(*rows.cells, strict=True)))
    return rows.to_numpy()
