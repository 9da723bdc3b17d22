"""A row that a model can be asked with, for the documents that describe it: made of what its files say, never data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inference_server.invalid_input import InvalidInput

if TYPE_CHECKING:
    from inference_server.model import Model


def example_row(model: Model) -> tuple[list[Any], dict[str, Any] | None]:
    """Return the first made row that the model answers, and its answer.

    Where it answers none, the first that it refuses as a caller's mistake: one that breaks it says less of it.
    """
    from inference_server.example.made_rows import made_rows

    rows = made_rows(model)
    refused: list[Any] | None = None
    for row in rows:
        try:
            return row, model.predict([list(row)])[0]
        except InvalidInput:
            refused = refused or row
        except Exception:
            continue  # It may be nothing that this model can answer.
    return refused or rows[0], None
