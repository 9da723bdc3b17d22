"""Whether a model that was loaded can answer a row: what cannot must never become healthy."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from inference_server.example.golden_tables import golden_tables
from inference_server.example.made_rows import made_rows
from inference_server.formats.write_answer import JSON, write_answer
from inference_server.invalid_input import InvalidInput
from inference_server.model import Model
from inference_server.model_error import ModelError
from inference_server.table.read_rows import read_rows
from inference_server.table.table import Table

# A model that fails slowly is not tried with all rows.
PATIENCE_SECONDS = 8

_log = logging.getLogger("inference_server")


def check_answers(model: Model, directory: Path, rows: Sequence[list[Any]]) -> None:
    """Ask the model its golden requests, ``rows`` of model.json, then rows made of what the files say.

    One answer suffices; its first row becomes ``model.example``. Raises ``ModelError`` where every row ends in an error
    of the server's own; where rows are refused as a caller's mistake, the log says so.
    """
    started = time.monotonic()
    failed: Exception | None = None
    refused: InvalidInput | None = None
    asked = 0
    for table in _tables(model, directory, rows):
        asked += 1
        try:
            write_answer(JSON, model.predict(table))
        except InvalidInput as error:
            refused = refused or error
        except Exception as error:
            failed = failed or error
            if time.monotonic() - started > PATIENCE_SECONDS:
                break
        else:
            model.example = table.part(0, 1)
            return
    if failed is not None and refused is None:
        raise ModelError(
            f"It can be loaded, but answers none of {asked} rows that were tried: {_shown(failed)}. Ask it a row with "
            "predict where it was trained; whoever packs it with golden requests has them tried first."
        ) from failed
    _log.warning("the model refuses each of %d rows that were tried, the first with: %s", asked, refused)


def _tables(model: Model, directory: Path, rows: Sequence[list[Any]]) -> Iterator[Table]:
    yield from golden_tables(directory, model.schema)
    for row in [*rows, *made_rows(model)]:
        try:
            yield read_rows([row], model.schema)
        except InvalidInput:
            continue  # model.json and the model describe different columns


def _shown(error: Exception) -> str:
    """Type and place. Not the message: those of scikit-learn quote values."""
    # A child process says both in its message.
    said = [line.strip() for line in str(error).splitlines()]
    places = [line for line in said if line.startswith("File ")]
    if places:
        return f"{said[0]} in {places[-1]}"[:400]
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = "" if frame is None else f" in {Path(frame.tb_frame.f_code.co_filename).name}, line {frame.tb_lineno}"
    return f"{type(error).__name__}{place}"
