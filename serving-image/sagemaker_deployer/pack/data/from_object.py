"""From what an author has in memory: a DataFrame, an array, a sparse matrix, a list of rows or of texts."""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import Any

import numpy as np

from sagemaker_deployer.pack.data.data import Cells, Data
from sagemaker_deployer.pack.data.data_column import DataColumn
from sagemaker_deployer.pack.data.named_columns import NamedColumns
from sagemaker_deployer.pack.data.select_columns import name_columns
from sagemaker_deployer.pack.problems import Problems

# More rows tell little more about the columns; of a sparse matrix they may not fit into memory.
MOST_ROWS = 1_000_000
_MOST_SPARSE_CELLS = 50_000_000


def data_of(value: Any, source: str = "X", unused: Container[str] = ()) -> Data:
    """Return the columns of the rows. Raises ``Problems`` with every column that requests could not hold.

    ``unused``: columns that the model does not look at; of these it is as if nothing were there.
    """
    value = as_pandas(value, source)
    if isinstance(value, NamedColumns):
        found = _of_array(list(map(list, zip(*value.cells, strict=True))), source)
        named = zip(value.names, found.columns, strict=True)
        return Data(tuple(DataColumn(name, column.cells) for name, column in named), found.make, source)
    if _is_frame(value):
        return _of_frame(_some(value.iloc, len(value)), source, unused)
    if hasattr(value, "to_frame") and hasattr(value, "iloc"):
        return _of_texts(value.tolist(), source)  # a Series: the texts of a vectorizer
    if hasattr(value, "toarray") and hasattr(value, "tocsr"):
        rows = max(1, min(value.shape[0], _MOST_SPARSE_CELLS // max(1, value.shape[1])))
        value = value.tocsr()[:rows].toarray()
    return _of_array(value, source)


def as_pandas(value: Any, source: str) -> Any:
    """Return what polars, pyarrow or a list of objects by name holds as pandas, anything else as it is."""
    if isinstance(value, list) and value and all(isinstance(row, dict) for row in value):
        names = list(dict.fromkeys(str(name) for row in value for name in row))
        return name_columns([[row.get(name) for row in value] for name in names], names)
    if type(value).__name__ == "LazyFrame":
        raise Problems([f"{source}: is a LazyFrame: collect() it first."])
    if not hasattr(value, "to_pandas") or _is_frame(value):
        return value
    try:
        return value.to_pandas()
    except ImportError as error:
        raise Problems(
            [f"{source}: reading a {type(value).__name__} needs pandas and pyarrow: install them."]
        ) from error


def _is_frame(value: Any) -> bool:
    return hasattr(value, "iloc") and hasattr(value, "dtypes") and hasattr(value, "columns")


def _some(rows: Any, count: int) -> Any:
    """Return the rows, or some of all parts where they are very many."""
    return rows[:] if count <= MOST_ROWS else rows[:: -(-count // MOST_ROWS)]


def _of_frame(frame: Any, source: str, unused: Container[str]) -> Data:
    problems: list[str] = []
    columns = []
    names = list(frame.columns)
    for place, name in enumerate(names):
        try:
            columns.append(_of_series(str(name), frame.iloc[:, place]))
        except ValueError as error:
            columns.append(DataColumn(str(name), _objects([None] * len(frame))))
            if str(name) not in unused:
                problems.append(f"{source}: column {str(name)[:60]!r} {error}.")
    if len(set(map(str, names))) != len(names):
        problems.append(f"{source}: two columns have the same name.")
    if not len(frame):
        problems.append(f"{source}: holds no row.")
    if problems:
        raise Problems(problems)
    return Data(tuple(columns), _frame_maker(frame), source)


def _of_series(name: str, series: Any) -> DataColumn:
    kind = getattr(series.dtype, "name", str(series.dtype))
    if kind == "category":
        categories = tuple(_cell(value) for value in series.cat.categories.tolist())
        return DataColumn(name, _objects(series.astype(object).tolist()), categories)
    if kind.startswith(("datetime", "timedelta", "period", "complex")):
        raise ValueError(f"is of type {kind}, which a request cannot hold: make numbers or texts of it before training")
    if getattr(series.dtype, "kind", "O") in "biuf":
        return DataColumn(name, series.to_numpy(dtype=np.float64, na_value=np.nan))
    return DataColumn(name, _numbers_or_objects(series.astype(object).tolist()))


def _frame_maker(frame: Any) -> Callable[[Cells], Any]:
    import pandas

    dtypes = [frame.iloc[:, place].dtype for place in range(frame.shape[1])]

    def make(rows: Cells) -> Any:
        columns = {}
        for place, dtype in enumerate(dtypes):
            cells = [row[place] for row in rows]
            columns[place] = _series(pandas, cells, dtype)
        made = pandas.DataFrame(columns)
        made.columns = frame.columns
        return made

    return make


def _series(pandas: Any, cells: list[Any], dtype: Any) -> Any:
    kind = getattr(dtype, "kind", "O")
    if kind in "biu" and not all(_fits(cell, kind) for cell in cells):
        # pyarrow would cut 20.5 to 20 without a word.
        return pandas.Series(cells, dtype=np.float64)
    if kind in "biuf" and not hasattr(dtype, "na_value"):
        # As requests are read: numbers are float64, with NaN for what is missing. A bool stays one.
        if dtype.kind == "b" and None not in cells:
            return pandas.Series([bool(cell) for cell in cells], dtype=dtype)
        return pandas.Series([np.nan if cell is None else float(cell) for cell in cells], dtype=np.float64)
    if getattr(dtype, "name", "") == "category":
        # What training did not see is missing, as pandas itself has it when it reads such a column.
        known = set(dtype.categories)
        return pandas.Series(pandas.Categorical([cell if cell in known else None for cell in cells], dtype=dtype))
    if getattr(dtype, "kind", "") == "O" and not hasattr(dtype, "na_value"):
        return pandas.Series([np.nan if cell is None else cell for cell in cells], dtype=object)
    try:
        return pandas.Series(cells, dtype=dtype)
    except (TypeError, ValueError):
        return pandas.Series(cells)


def _fits(cell: Any, kind: str) -> bool:
    return cell is None or cell in (0, 1) or (kind != "b" and float(cell).is_integer())


def _of_array(value: Any, source: str) -> Data:
    try:
        table = np.asarray(value)
        if table.dtype.kind not in "biufOUS":
            raise ValueError
        if table.dtype.kind in "OUS":
            table = np.asarray(value, dtype=object)
    except ValueError:
        table = np.empty(0)
    if table.ndim == 1 and len(table) and all(isinstance(cell, str) for cell in table.tolist()):
        return _of_texts(table.tolist(), source)
    if table.ndim != 2 or not table.size:
        raise Problems(
            [f"{source}: must hold rows and columns: a DataFrame, an array of two dimensions, or a list of rows."]
        )
    table = _some(table, len(table))
    if table.dtype != object:
        numbers = table.astype(np.float64)
        return Data(tuple(DataColumn(None, column) for column in numbers.T), _numbers, source)
    columns, problems = [], []
    for place, column in enumerate(table.T):
        try:
            columns.append(DataColumn(None, _numbers_or_objects(column.tolist())))
        except ValueError as error:
            problems.append(f"{source}: column {place} {error}.")
    if problems:
        raise Problems(problems)
    return Data(tuple(columns), _object_table, source)


def _of_texts(texts: list[Any], source: str) -> Data:
    return Data((DataColumn(None, _objects(texts)),), lambda rows: [row[0] for row in rows], source)


def _numbers(rows: Cells) -> np.ndarray:
    return np.array(rows, dtype=np.float64)


def _object_table(rows: Cells) -> np.ndarray:
    table = np.empty((len(rows), len(rows[0]) if rows else 0), dtype=object)
    for place, row in enumerate(rows):
        table[place] = [np.nan if cell is None else cell for cell in row]
    return table


def _numbers_or_objects(cells: list[Any]) -> np.ndarray:
    found = _objects(cells)
    # A column of numbers and gaps that pandas calls an object.
    if all(cell is None or (isinstance(cell, (int, float)) and not isinstance(cell, bool)) for cell in found):
        return np.array([np.nan if cell is None else cell for cell in found], dtype=np.float64)
    return found


def _objects(cells: list[Any]) -> np.ndarray:
    found = np.empty(len(cells), dtype=object)
    found[:] = [_cell(cell) for cell in cells]
    return found


def _cell(cell: Any) -> Any:
    """Return what a request holds in its place; a ValueError where it can hold nothing like it."""
    if isinstance(cell, np.generic):
        cell = cell.item()
    if cell is None or isinstance(cell, (str, bool, int)):
        return cell
    if isinstance(cell, float):
        return None if cell != cell else cell
    if type(cell).__name__ in ("NAType", "NaTType"):
        return None
    raise ValueError(
        f"holds a {type(cell).__name__}, which a request cannot hold: make a number or a text of it before training"
    )
