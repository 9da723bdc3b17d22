"""One hostile file, and the canary that it is after."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Hostile:
    """``tries``: what would happen if a reader followed it; ``file``: the name under which it is uploaded."""

    name: str
    tries: str
    content: bytes
    file: str = "model.pkl"


@dataclass(frozen=True)
class Canary:
    """What the files touch, and whom they call: a folder that must stay empty, a port that nobody may connect to."""

    folder: Path
    port: int

    def touch(self, name: str) -> str:
        """A command that leaves a file."""
        return f"touch '{self.folder}/{name}'"

    def python(self, name: str) -> str:
        """The same in Python, as an expression."""
        return f"open({str(self.folder / name)!r}, 'w')"
