"""The server's end of one child process: starts it, asks it, ends it."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

from inference_server.trusted.frames import BrokenFrame, pack_frame, read_frame

_SOURCE = Path(__file__).parent.parent.parent


class ChildDied(Exception):
    """The child ended, hung, or said something that is no answer; it is gone now."""


class ChildProcess:
    """A confined process that has a model file; to be made and used by one thread, whose end is the child's too.

    ``packages``: a folder of packages that it finds before those that are installed.
    """

    def __init__(self, path: Path, trusted: bool, packages: Path | None = None) -> None:
        self._socket, theirs = socket.socketpair()
        mode = "trusted" if trusted else "listed"
        with theirs:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-P",
                    "-m",
                    __package__ + ".child",
                    str(theirs.fileno()),
                    mode,
                    path,
                    str(os.getpid()),
                ],
                env=_environment(packages),
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                # Signals of a terminal are for the server, which drains first.
                start_new_session=True,
            )

    def ask(
        self, rows: np.ndarray | None, seconds: float | None, raw: dict[int, list[Any]] | None = None
    ) -> tuple[dict[str, Any], list[np.ndarray]]:
        """Send rows and wait for the answer; with None, wait for what the child says once it has loaded.

        ``raw``: the columns that are no numbers, by their places.
        ``seconds`` bounds each step on the socket. Raises ``ChildDied``.
        """
        self._socket.settimeout(seconds)
        try:
            if rows is not None:
                for piece in pack_frame({"raw": raw} if raw else {}, [rows]):
                    self._socket.sendall(piece)
            return read_frame(self._read)
        except TimeoutError:
            reason = f"it took longer than {seconds:.0f} s"
        except (EOFError, OSError):
            reason = "it ended"
        except BrokenFrame as error:
            reason = f"it sent {error}"
        raise ChildDied(f"{reason}{self._end()}")

    def _read(self, size: int) -> bytearray:
        content = bytearray(size)
        view = memoryview(content)
        while view:
            count = self._socket.recv_into(view)
            if count == 0:
                raise EOFError
            view = view[count:]
        return content

    def _end(self) -> str:
        self._socket.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(1)
        self._process.kill()
        status = self._process.wait()
        return f" (signal {-status})" if status < 0 else f" (status {status})"

    def end(self) -> None:
        """End it at once."""
        self._process.kill()
        self._end()


def _environment(packages: Path | None) -> dict[str, str]:
    """The server's own, without what opens AWS to whoever reads it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    places = [packages and str(packages), str(_SOURCE), environment.get("PYTHONPATH")]
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, places))
    return environment
