"""What a child process may still do once it is confined: compute, read files, write small ones; nothing else."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import sys
from pathlib import Path

from inference_server.trusted.system_call_filter import filter_system_calls

# What the server itself needs beside the child, with the bodies that it holds.
_LEFT_TO_THE_SERVER = 192 << 20
_LEAST_MEMORY = 256 << 20
_FILE_BYTES = 64 << 20
_OPEN_FILES = 256
_PR_SET_PDEATHSIG = 1
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_MEMORY_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def confine() -> bool:
    """Confine this process, for good and with all threads that it will start; call it before anything else.

    Returns whether the network is gone. Where the system offers no filter of system calls and no network namespace (not
    on Linux, or on an unknown processor), it is not, and the caller decides what may still be run.
    """
    _limit_resources()
    if sys.platform != "linux":
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    # Where memory is short the kernel ends this process, not the server.
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
    apart = _leave_network(libc)
    _drop_capabilities(libc)
    return filter_system_calls() or apart


def _limit_resources() -> None:
    # Data, not address space: the allocator and the BLAS reserve gigabytes of addresses that they never use.
    _lower(resource.RLIMIT_DATA, max(_LEAST_MEMORY, memory_bytes() - _LEFT_TO_THE_SERVER))
    _lower(resource.RLIMIT_FSIZE, _FILE_BYTES)
    _lower(resource.RLIMIT_NOFILE, _OPEN_FILES)
    _lower(resource.RLIMIT_CORE, 0)


def _lower(which: int, limit: int) -> None:
    hard = resource.getrlimit(which)[1]
    limit = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
    with contextlib.suppress(ValueError, OSError):  # macOS has no limit on data
        resource.setrlimit(which, (limit, limit))


def memory_bytes() -> int:
    """Return what this container, or else this machine, has."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for path in _MEMORY_LIMITS:
        try:
            total = min(total, int(Path(path).read_text()))
        except (OSError, ValueError):  # another version of cgroups, or "max"
            continue
    return total


def _leave_network(libc: ctypes.CDLL) -> bool:
    """A network namespace of its own, in which nothing is up. Containers usually do not allow it."""
    if libc.unshare(_CLONE_NEWNET) == 0:
        return True
    return libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0


class _CapabilityHeader(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


def _drop_capabilities(libc: ctypes.CDLL) -> None:
    """Root in the container keeps its name and loses its powers; that also keeps it out of the server's memory."""
    header = _CapabilityHeader(0x20080522, 0)
    nothing = (ctypes.c_uint32 * 6)()
    libc.capset(ctypes.byref(header), ctypes.byref(nothing))
