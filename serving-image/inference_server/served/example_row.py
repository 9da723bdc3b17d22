"""A row that a model can be asked with, for the documents that describe it: made of what its files say, never data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from inference_server.model import Model


def example_row(model: Model) -> tuple[list[Any], dict[str, Any] | None]:
    """Return the first made row that the model answers, and its answer; the first of all where it answers none."""
    from inference_server.example.made_rows import made_rows

    rows = made_rows(model)
    for row in rows:
        try:
            return row, model.predict([list(row)])[0]
        except Exception:
            continue  # It may be nothing that this model can answer.
    return rows[0], None
