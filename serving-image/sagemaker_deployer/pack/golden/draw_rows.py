"""Made rows, like the author's and none of them: each cell is drawn alone, from its column's distribution."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from sagemaker_deployer.pack.data.data import Cells
from sagemaker_deployer.pack.data.data_column import DataColumn

# A word of a free text may be somebody's name: only those of so many texts are used.
_LEAST_TEXTS = 5
_MOST_WORDS = 2000


def draw_rows(columns: Sequence[DataColumn], count: int, seed: int = 0) -> Cells:
    """Return ``count`` rows; the same for the same columns. Numbers lie between the 1 % and the 99 % quantile."""
    random = np.random.default_rng(seed)
    drawn = [_drawer(column)(count, random) for column in columns]
    for column, cells in zip(columns, drawn, strict=True):
        if column.missing_share:
            for place in np.flatnonzero(random.random(count) < min(0.3, column.missing_share)):
                cells[place] = None
    return [list(row) for row in zip(*drawn, strict=True)]


def _drawer(column: DataColumn) -> Callable[[int, np.random.Generator], list[Any]]:
    if column.is_numeric:
        return _number_drawer(column)
    if column.type == "category":
        # All equally often: a rare one is what goes wrong first.
        choices = column.choices or [None]
        return lambda count, random: [choices[place] for place in random.integers(len(choices), size=count)]
    return _text_drawer(column)


def _number_drawer(column: DataColumn) -> Callable[[int, np.random.Generator], list[Any]]:
    if not len(column.present):
        return lambda count, _: [None] * count
    quantiles = np.quantile(column.present, np.linspace(0.01, 0.99, 99))
    if column.type in ("integer", "boolean"):
        return lambda count, random: [int(value) for value in np.rint(_between(quantiles, count, random))]
    digits = _digits(float(quantiles[-1] - quantiles[0]) or abs(float(quantiles[0])) or 1.0)

    def draw(count: int, random: np.random.Generator) -> list[Any]:
        return [round(value, digits) for value in _between(quantiles, count, random).tolist()]

    return draw


def _between(quantiles: np.ndarray, count: int, random: np.random.Generator) -> np.ndarray:
    return np.interp(random.random(count) * (len(quantiles) - 1), np.arange(len(quantiles)), quantiles)


def _digits(span: float) -> int:
    """How many decimals tell a thousand places of the range apart: a made number should be readable."""
    return 3 - math.floor(math.log10(span))


def _text_drawer(column: DataColumn) -> Callable[[int, np.random.Generator], list[Any]]:
    texts = [str(text) for text in column.counts]
    seen = Counter(word for text in texts[:100_000] for word in set(text.split()))
    words = [word for word, times in seen.most_common(_MOST_WORDS) if times >= _LEAST_TEXTS] or ["text"]
    lengths = sorted(len(text.split()) for text in texts) or [1]
    most = max(1, min(30, lengths[len(lengths) // 2]))

    def draw(count: int, random: np.random.Generator) -> list[Any]:
        return [" ".join(random.choice(words, random.integers(1, most + 1))) for _ in range(count)]

    return draw
