"""What an author may pack beside a pickle: a model that tries what it should not, as its rows ask."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import threading
import time

import numpy as np

ATTEMPTS = {
    "internet": lambda: socket.socket(socket.AF_INET).close(),
    "internet 6": lambda: socket.socket(socket.AF_INET6).close(),
    "local socket": lambda: socket.socket(socket.AF_UNIX).close(),
    "program": lambda: subprocess.run(["true"], check=True),
    "spawned program": lambda: os.posix_spawn("/bin/true", ["true"], {}),
    "process": os.fork,
    "signal to the server": lambda: os.kill(os.getppid(), 0),
    "memory of the server": lambda: open(f"/proc/{os.getppid()}/mem", "rb").close(),
    "large file": lambda: _write(os.path.join(os.environ["TMPDIR"], "large"), 80 << 20),
    "much memory": lambda: bytearray(1 << 50),
    "ring of system calls": lambda: _call(425, 1, 0),
    "credentials": lambda: os.environ["AWS_SECRET_ACCESS_KEY"],
}
NAMES = list(ATTEMPTS)


def _write(path: str, size: int) -> None:
    with open(path, "wb") as file:
        file.write(bytes(size))


def _call(*arguments: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(*arguments) < 0:
        raise OSError(ctypes.get_errno(), "refused")


class Attempts:
    """Predicts 1 where the attempt whose number stands in the row succeeded, 0 where it was refused."""

    n_features_in_ = 1

    def predict(self, rows):
        return np.array([self._try(NAMES[int(row[0])]) for row in rows])

    def _try(self, name: str) -> int:
        try:
            ATTEMPTS[name]()
        except (OSError, KeyError, MemoryError):
            return 0
        return 1


class Steady:
    """Takes 50 ms for any number of rows, and predicts how many it was asked for at once."""

    n_features_in_ = 1

    def predict(self, rows):
        time.sleep(0.05)
        return np.full(len(rows), len(rows))


class Moody:
    """Raises for rows below 0, ends itself for 666, never answers 667; otherwise predicts the row."""

    n_features_in_ = 1

    def predict(self, rows):
        if (rows == 666).any():
            os.kill(os.getpid(), signal.SIGKILL)
        if (rows == 667).any():
            threading.Event().wait()
        if (rows < 0).any():
            raise ValueError(f"secret {rows.min()}")
        return rows[:, 0]


class Texts:
    n_features_in_ = 2

    def predict(self, rows):
        return np.array([f"row of {row.sum():.0f}" for row in rows])
