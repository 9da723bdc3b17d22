"""One column of the rows that a model takes: its name, its type, and the number that stands for each text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# Stands for every value of a column of categories that training did not see.
UNKNOWN = -1.0

NUMBERS = ("number", "integer", "boolean")


@dataclass(frozen=True)
class Column:
    """``type``: number, integer, boolean, category, text, or any where the file does not say.

    ``codes``: of a column that is not made of numbers, what stands for each value that the model knows.
    ``typical``: values that the file knows, of which an example can be made. ``is_used``: the model looks at it.
    ``by_code``: the model's library takes the codes themselves too, in arrays. ``unknown``: what stands for a value
    that the model does not know, None where it is refused. ``takes_gaps``: of a text, whether it may be missing.
    """

    name: str = ""
    type: str = "number"
    codes: Mapping[Any, float] | None = None
    typical: tuple[Any, ...] = ()
    is_used: bool = True
    by_code: bool = False
    unknown: float | None = UNKNOWN
    takes_gaps: bool = True

    @property
    def is_numeric(self) -> bool:
        """Tell whether each value is a number; a category may be one too."""
        return self.codes is None and self.type not in ("text", "any")

    @property
    def is_text(self) -> bool:
        """Tell whether each value is a text."""
        if self.codes is None:
            return self.type == "text"
        # CatBoost's may not be known by more than their hashes.
        return len(self.codes) > 0 and all(isinstance(one, str) for one in self.codes)

    @property
    def allowed(self) -> str:
        """What a cell may be, for a message."""
        if self.is_text and self.codes:
            return f"a text: {listed(list(self.codes))}{', or its code' if self.by_code else ''}"
        if self.codes:
            return f"one of {listed(list(self.codes))}"
        if self.codes is not None:
            return "a text or a whole number"
        return {"text": "a text", "any": "a number or a text"}.get(self.type, "a number")


def listed(values: list[Any], most: int = 12) -> str:
    """Return values for a message, the first of them where they are many."""
    shown = ", ".join(repr(value)[:62] for value in values[:most])
    return shown if len(values) <= most else f"{shown} and {len(values) - most} more"
