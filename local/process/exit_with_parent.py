"""Ends this process with whoever started it, however that ended.

Its standard input is a pipe, which closes when its writer dies, SIGKILL included, on Linux and macOS alike.
"""

import os
import signal
import threading
import time

GRACE_SECONDS = 5


def exit_with_parent() -> None:
    """Once the pipe closes: SIGTERM to this process, and SIGKILL to its whole group if that has not ended it in time."""
    threading.Thread(target=_wait_and_end, daemon=True).start()


def _wait_and_end() -> None:
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os.killpg(os.getpgid(0), signal.SIGKILL)
