"""text/csv: rows of numbers, no header, as SageMaker's own algorithms take them.

https://docs.aws.amazon.com/sagemaker/latest/dg/cdf-inference.html
"""

from __future__ import annotations

import csv

from inference_server.formats.check_rows import check_rows
from inference_server.invalid_input import InvalidInput


def read_csv(body: bytes, feature_count: int) -> list[list[float]]:
    """Read the rows, or raise ``InvalidInput``; empty lines are skipped."""
    try:
        lines = body.decode("utf-8-sig").splitlines()
        cells = [row for row in csv.reader(lines, strict=True) if row]
    except UnicodeDecodeError:
        raise InvalidInput("Request body is not valid CSV: it is not UTF-8") from None
    except csv.Error as error:
        raise InvalidInput(f"Request body is not valid CSV: {error}") from None
    rows = []
    for index, row in enumerate(cells):
        try:
            rows.append([_number(cell) for cell in row])
        except ValueError:
            hint = " (send no header)" if index == 0 else ""
            raise InvalidInput(f"Invalid input: Instance {index} contains non-numeric values{hint}") from None
    return check_rows(rows, feature_count)


def _number(cell: str) -> float:
    # Python's float takes 1_000 and digits of every script; no other reader of CSV does.
    if "_" in cell or not cell.isascii():
        raise ValueError
    return float(cell)
