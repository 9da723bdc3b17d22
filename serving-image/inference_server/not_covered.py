"""A model that the server's own evaluation does not cover: scikit-learn serves it instead."""

from __future__ import annotations

from typing import Any


class NotCovered(Exception):
    """The message says what is not covered; it ends up in the log.

    ``inputs``: what is known of the model's columns all the same. ``way``: what to do where scikit-learn cannot serve
    it either, because another library made it.
    """

    inputs: tuple[Any, ...] | None = None
    way: str | None = None

    def refusal(self, name: str) -> str:
        """Say why the file of that name is not served, and what to do."""
        way = "" if self.way is None else f" {self.way}"
        return f"{name} is not served: this server does not evaluate {self}.{way}"
