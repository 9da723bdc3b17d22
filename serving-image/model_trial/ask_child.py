"""The parent's end: starts the child with the files alone, and takes one answer of it, bounded in size and time."""

from __future__ import annotations

import ctypes
import os
import select
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from model_trial.json_text import read_json

_ROOT = Path(__file__).parent.parent
# 100 cases, and answers that would be far too long to compare.
_MOST_BYTES = 32 << 20
_PR_SET_DUMPABLE = 4
# What a program needs to start at all, and nothing that opens AWS.
_PASSED_ON = ("PATH", "LANG", "LD_LIBRARY_PATH", "LAMBDA_TASK_ROOT")


class Untried(Exception):
    """The model could not be tried, which says nothing of it; the message is for people."""


def ask_child(directory: Path, cases_file: Path, accept: str, memory_bytes: int, seconds: float) -> dict[str, Any]:
    """Return what the child says. Raises ``Untried`` where it said nothing: out of time, out of memory, or ended."""
    _hide_environment()
    deadline = time.monotonic() + seconds
    process = subprocess.Popen(
        [
            *(sys.executable, "-P", "-m", f"{__package__}.child"),
            *(str(directory), str(cases_file), accept, str(memory_bytes), str(os.getpid())),
        ],
        env=_environment(directory.parent),
        cwd=directory.parent,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        said = _read(process, deadline, seconds)
    finally:
        process.kill()
        process.stdout.close()
        status = process.wait()
    if not said:
        how = f"signal {-status}" if status < 0 else f"status {status}"
        raise Untried(f"The process that loaded it ended with {how}.")
    try:
        found = read_json(said)
    except ValueError as error:
        raise Untried("The process that loaded it said something that is no answer.") from error
    if not isinstance(found, dict) or len(found) != 1:
        raise Untried("The process that loaded it said something that is no answer.")
    return found


def _read(process: subprocess.Popen[bytes], deadline: float, seconds: float) -> bytes:
    said = b""
    fd = process.stdout.fileno()
    while len(said) <= _MOST_BYTES:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([fd], [], [], left)[0]:
            raise Untried(f"It took longer than {seconds:.0f} s.")
        piece = os.read(fd, 1 << 20)
        if not piece:
            return said
        said += piece
    raise Untried(f"Its answers are longer than {_MOST_BYTES} bytes.")


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return kept | {
        "PYTHONPATH": str(_ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "INFERENCE_SERVER_LIBRARIES": str(_ROOT / "libraries"),
        # As in the image; and one thread, as its workers have.
        "JOBLIB_MULTIPROCESSING": "0",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "HOME": str(folder),
        "TMPDIR": str(folder),
    }


def _hide_environment() -> None:
    """A process that is not dumpable shows no other of its user its environment, with the credentials in it.

    https://man7.org/linux/man-pages/man2/PR_SET_DUMPABLE.2const.html
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
