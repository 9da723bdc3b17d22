"""What every format of rows must hold: at least one, the right number of features, finite numbers."""

from __future__ import annotations

import math
from typing import Any

from inference_server.invalid_input import InvalidInput


def check_rows(rows: list[Any], feature_count: int) -> list[list[float]]:
    """Return the rows, or raise ``InvalidInput`` with the first that is wrong.

    true and false count as 1 and 0, as they do for Python's float.
    """
    if not rows:
        raise InvalidInput("Invalid input: instances must hold at least one feature array")
    for index, row in enumerate(rows):
        if not isinstance(row, list) or len(row) != feature_count:
            raise InvalidInput(f"Invalid input: Instance {index} must have exactly {feature_count} features")
        for value in row:
            if not isinstance(value, (int, float)):
                raise InvalidInput(f"Invalid input: Instance {index} contains non-numeric values")
        try:
            finite = all(map(math.isfinite, row))
        except OverflowError:  # an integer beyond the range of a double
            finite = False
        if not finite:
            raise InvalidInput(f"Invalid input: Instance {index} contains a value that is not finite")
    return rows
