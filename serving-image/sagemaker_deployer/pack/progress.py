"""Says what takes so long, once it has taken two seconds."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import TextIO

_PATIENCE_SECONDS = 2


class Progress:
    """Prints ``what`` once its block has run for two seconds; nothing of what is quick."""

    def __init__(self, stream: TextIO, what: str) -> None:
        self._timer = threading.Timer(_PATIENCE_SECONDS, lambda: print(f"{what} ...", file=stream, flush=True))
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._timer.cancel()
