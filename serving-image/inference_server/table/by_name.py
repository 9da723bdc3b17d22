"""Rows and columns by name, in any order: into the model's order, with what is missing and what is too much named."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from inference_server.invalid_input import InvalidInput
from inference_server.table.column import listed
from inference_server.table.schema import Schema


def place_by_name(row: dict[str, Any], schema: Schema, where: str) -> Any:
    """Return the cells of a row in the model's order; what the model does not use may be left out.

    `{"features": ...}`, as SageMaker's own algorithms have it, holds the row itself. Raises ``InvalidInput``.
    """
    if "features" in row and "features" not in schema.places:
        inner = row["features"]
        return place_by_name(inner, schema, where) if isinstance(inner, dict) else inner
    if len(row) == schema.width and all(name in row for name in schema.names):
        return [row[name] for name in schema.names]
    _check_names(list(row), schema, where)
    return [row.get(name) for name in schema.names]


def find_places(names: Sequence[Any], schema: Schema, where: str) -> list[int | None]:
    """Return where each of the model's columns stands among ``names``, None for one that is not needed.

    Names that the model cannot know, because it was trained without any, are matched by their places.
    """
    if not all(isinstance(name, str) for name in names) or not set(names) & set(schema.places):
        if len(names) == schema.width and not (schema.is_named and all(isinstance(name, str) for name in names)):
            return list(range(schema.width))
        names = [str(name) for name in names]
    if len(set(names)) != len(names):
        raise InvalidInput(f"Invalid input: {where} has a column twice")
    _check_names(names, schema, where)
    place = {name: index for index, name in enumerate(names)}
    return [place.get(name) for name in schema.names]


def reorder(rows: Sequence[Any], places: list[int | None], count: int) -> list[list[Any]]:
    """Return rows of ``count`` cells with their cells at ``places``. Raises ``InvalidInput`` for another length."""
    for index, row in enumerate(rows):
        if not isinstance(row, list) or len(row) != count:
            raise InvalidInput(f"Invalid input: Instance {index} must have exactly {count} features")
    return [[None if place is None else row[place] for place in places] for row in rows]


def _check_names(names: list[str], schema: Schema, where: str) -> None:
    given, known = set(names), schema.places
    missing = [column.name for column in schema.columns if column.name not in given and column.is_used]
    surplus = [name for name in names if name not in known]
    said = []
    if missing:
        said.append(f"lacks {listed(missing)}")
    if surplus:
        said.append(f"has {listed(surplus)}, which the model does not know")
    if said:
        raise InvalidInput(f"Invalid input: {where} {' and '.join(said)}")
