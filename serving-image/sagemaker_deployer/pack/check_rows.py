"""Whether the server takes the author's rows: what it refuses of them it would refuse of callers."""

from __future__ import annotations

import re
from typing import Any

from inference_server.invalid_input import InvalidInput
from inference_server.table.read_rows import read_rows
from inference_server.table.schema import Schema
from sagemaker_deployer.pack.problems import Problems


def check_rows(rows: list[tuple[int, list[Any]]], schema: Schema, source: str) -> list[str]:
    """Return a note where some are refused; ``rows`` with the place of each in the data, from 0.

    Raises ``Problems`` where all are.
    """
    refused = []
    for place, row in rows:
        try:
            read_rows([list(row)], schema)
        except InvalidInput as error:
            refused.append((place, str(error)))
    if not refused:
        return []
    place, message = refused[0]
    # In a file people count rows from 1.
    said = re.sub(r"\bInstance \d+", f"row {place + 1}", message.removeprefix("Invalid input: "))
    if len(refused) == len(rows):
        raise Problems([f"{source}: the model takes none of {len(rows)} rows that were tried: {said}."])
    return [f"{source}: the server refuses {len(refused)} of {len(rows)} rows that were tried: {said}."]
