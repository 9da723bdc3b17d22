"""The columns of a model, in order."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from inference_server.table.column import Column
from inference_server.table.read_cell import cell_reader


class Schema:
    """``columns`` None: all are numbers. ``is_named``: the names are the model's own, not ``feature_0`` and so on.

    ``takes_gaps``: the model was trained with missing values, or it decides by itself about them.
    """

    def __init__(
        self,
        names: Sequence[str],
        columns: Sequence[Column] | None = None,
        *,
        is_named: bool = True,
        takes_gaps: bool = True,
    ) -> None:
        self.names = tuple(names)
        self.width = len(self.names)
        self.is_named = is_named
        self.takes_gaps = takes_gaps
        self._columns = columns
        self.is_numeric = columns is None or all(column.is_numeric for column in columns)

    @functools.cached_property
    def columns(self) -> tuple[Column, ...]:
        """Each column, with its name."""
        columns = [Column()] * self.width if self._columns is None else self._columns
        return tuple(replace(one, name=name) for name, one in zip(self.names, columns, strict=True))

    @functools.cached_property
    def numeric(self) -> tuple[bool, ...]:
        """Of each column whether its values are numbers."""
        return tuple(column.is_numeric for column in self.columns)

    @functools.cached_property
    def places(self) -> dict[str, int]:
        """The place of each name."""
        return {name: index for index, name in enumerate(self.names)}

    @functools.cached_property
    def readers(self) -> list[Callable[[Any], float | None]]:
        """Of each column what makes numbers of its cells."""
        return [cell_reader(column) for column in self.columns]
