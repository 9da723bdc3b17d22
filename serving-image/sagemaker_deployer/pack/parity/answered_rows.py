"""Which of many rows are answered, found by halving: one that is refused refuses all that are asked with it."""

from __future__ import annotations

from collections.abc import Callable

# Of a model that refuses nearly everything, some rows suffice.
_MOST_QUESTIONS = 400


def answered_places(is_answered: Callable[[int, int], bool], count: int) -> list[int]:
    """Return the places of the rows that are answered; ``is_answered`` asks those from the first to before the last."""
    found: list[int] = []
    pending = [(0, count)]
    for _ in range(_MOST_QUESTIONS):
        if not pending:
            break
        first, last = pending.pop()
        if is_answered(first, last):
            found += range(first, last)
        elif last - first > 1:
            middle = (first + last) // 2
            pending += [(middle, last), (first, middle)]
    return found
