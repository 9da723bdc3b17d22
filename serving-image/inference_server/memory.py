"""How much memory the server may use, and uses, with its child processes. Linux says; elsewhere there is no limit."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
from pathlib import Path

# What the container may use, by version of the kernel's control groups; "max" where there is no limit.
_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
# Bodies, answers and the operating system need the rest.
_SHARE = 0.8


def memory_limit() -> int:
    """Return the bytes that models may take: of what the container has, else of the machine's; 0 for no limit."""
    found = []
    for path in _LIMITS:
        with contextlib.suppress(OSError, ValueError):
            found.append(int(Path(path).read_text()))
    with contextlib.suppress(OSError, ValueError, AttributeError):
        found.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    return int(_SHARE * min(found)) if found else 0


def used_memory() -> int:
    """Return the bytes that this process and its children hold; 0 where nobody says."""
    try:
        children = Path("/proc/self/task").glob("*/children")
        processes = ["self", *(child for path in children for child in path.read_text().split())]
        return sum(map(_resident, processes))
    except OSError:
        return 0


def _resident(process: str) -> int:
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):  # it has ended
        return 0


def give_back() -> None:
    """Return to the system what was freed; otherwise ``used_memory`` counts it until somebody needs it again."""
    gc.collect()
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
