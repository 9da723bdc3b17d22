"""What stands for a DataFrame where there is no pandas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class NamedColumns:
    """The names of the columns, and the cells of each."""

    names: list[str]
    cells: list[list[Any]]
