"""A model file with what its library answers to rows, as ``writers/recording.py`` wrote it down."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class RecordedFile:
    """``predicted`` and ``probabilities``: of each row; ``refused``: the library's error for it, or None.

    ``classes``: of the columns of the probabilities. ``exact``: how near numbers must be, relative above 1.
    """

    path: Path
    library: str
    version: str
    python: str
    kind: str
    comes: str
    names: list[str] | None
    classes: list[Any] | None
    exact: float
    rows: list[list[Any]]
    refused: list[str | None]
    predicted: list[Any]
    probabilities: list[Any]

    @property
    def is_classifier(self) -> bool:
        return self.classes is not None

    @property
    def name(self) -> str:
        return f"{self.path.parent.name}/{self.path.name}"

    @property
    def answered(self) -> list[int]:
        """The places of the rows that the library answers, and the server must."""
        return [place for place, error in enumerate(self.refused) if error is None and not self._has_new_gap(place)]

    @property
    def doubtful(self) -> list[int]:
        """The places of rows with a gap where training saw none: the server may refuse them, not answer otherwise."""
        return [place for place, error in enumerate(self.refused) if error is None and self._has_new_gap(place)]

    def _has_new_gap(self, place: int) -> bool:
        return "gaps" not in self.comes and None in self.rows[place]


def read_index(folder: Path) -> Iterator[RecordedFile]:
    """Read ``index.json`` of a folder that a writer filled."""
    index = json.loads((folder / "index.json").read_text("utf-8"))
    for one in index["files"]:
        count = len(one["rows"])
        yield RecordedFile(
            folder / one["file"],
            index["library"],
            index["version"],
            index["python"],
            one["kind"],
            one["comes"],
            one["names"],
            one["classes"],
            one["exact"],
            one["rows"],
            one["refused"] or [None] * count,
            one["predicted"],
            one["probabilities"] or [None] * count,
        )
