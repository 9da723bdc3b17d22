"""The child's end of the channel: plain reads and writes, since calls on sockets are taken from it."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from inference_server.trusted.frames import MAX_HEAD_OF_SERVER, pack_frame, read_frame


class Channel:
    """Frames over a file descriptor."""

    def __init__(self, fd: int) -> None:
        self._fd = fd

    def send(self, head: dict[str, Any], arrays: list[np.ndarray]) -> None:
        for piece in pack_frame(head, arrays):
            view = memoryview(piece)
            while view:
                view = view[os.write(self._fd, view) :]

    def receive(self) -> tuple[np.ndarray, dict[int, list[Any]]] | None:
        """Wait for rows x features of float64, and the columns of texts; None once the server has closed its end."""
        try:
            head, arrays = read_frame(self._read, MAX_HEAD_OF_SERVER)
        except EOFError:
            return None
        return arrays[0], {int(place): cells for place, cells in head.get("raw", {}).items()}

    def _read(self, size: int) -> bytearray:
        content = bytearray(size)
        view = memoryview(content)
        while view:
            count = os.readv(self._fd, [view])
            if count == 0:
                raise EOFError
            view = view[count:]
        return content
