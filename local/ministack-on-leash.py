"""Runs MiniStack until its standard input closes, so that it ends with whoever started it, however that ended.

A pipe closes when its writer dies, SIGKILL included, on Linux and macOS alike. MiniStack's function workers are in its
process group: the group gets SIGKILL if SIGTERM has not ended it in time.
"""

import os
import signal
import sys
import threading
import time

from ministack import app

from ministack_corrections import correct

GRACE_SECONDS = 5


def end_with_parent() -> None:
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os.killpg(os.getpgid(0), signal.SIGKILL)


correct()
threading.Thread(target=end_with_parent, daemon=True).start()
sys.argv = ["ministack"]
app.main()
