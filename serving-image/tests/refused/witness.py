"""A function that leaves a file behind when it is called: by that a test sees that a model file called nothing."""

from __future__ import annotations

import os
from pathlib import Path


def note(*_: object) -> None:
    """Leave the file ``called`` in the folder of the environment variable WITNESS, where it is set."""
    if folder := os.environ.get("WITNESS"):
        (Path(folder) / "called").touch()


class Noted:
    """Leaves the file ``called`` when it is made, or gets a state."""

    def __init__(self, *_: object) -> None:
        note()

    def __new__(cls, *_: object) -> Noted:
        note()
        return super().__new__(cls)

    def __setstate__(self, _: object) -> None:
        note()
