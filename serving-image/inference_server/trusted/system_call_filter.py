"""Takes the network, other programs and other processes away from this process, for good: a seccomp filter.

Needs no privilege and works inside containers (Docker's own filter allows it); x86-64 and arm64.
https://docs.kernel.org/userspace-api/seccomp_filter.html
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys

# Name -> number on x86-64 and on arm64; None where the call does not exist.
_REFUSED: dict[str, tuple[int | None, int]] = {
    "socket": (41, 198),
    "connect": (42, 203),
    "accept": (43, 202),
    "bind": (49, 200),
    "listen": (50, 201),
    "accept4": (288, 242),
    # io_uring makes sockets past this filter.
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "fork": (57, None),
    "vfork": (58, None),
    "execve": (59, 221),
    "execveat": (322, 281),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_send_signal": (424, 424),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "tkill": (200, 130),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
}
_CLONE, _CLONE3 = (56, 220), (435, 435)
# Allowed where the first argument is this process: a thread that raises a signal in itself, abort().
_OWN_PROCESS_ONLY = {"kill": (62, 129), "tgkill": (234, 131)}
# Allowed where the first argument is 0, which is this process.
_PRLIMIT64 = (302, 261)
_CLONE_THREAD = 0x00010000

# linux/audit.h, linux/seccomp.h, linux/bpf_common.h
_ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _MODE_FILTER = 38, 22, 2


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def filter_system_calls() -> bool:
    """Install the filter and return True, or return False where this system has none. Call it before threads start."""
    if sys.platform != "linux" or platform.machine() not in _ARCHITECTURES or sys.maxsize < 2**32:
        return False
    code = _write_filter(platform.machine(), os.getpid())
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
    program = _Program(len(code) // 8, code)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.addressof(program), 0, 0) == 0


def _write_filter(machine: str, pid: int) -> bytes:
    column, architecture = _ARCHITECTURES[machine]
    refuse = _step(_RETURN, _ERRNO | errno.EPERM)
    # Calls of another architecture (int 0x80) and of x32 have other numbers.
    code = [_step(_LOAD, _ARCHITECTURE), _step(_EQUAL, architecture, 1, 0), _step(_RETURN, _KILL)]
    code += [_step(_LOAD, _NUMBER), _step(_AT_LEAST, 0x40000000, 0, 1), _step(_RETURN, _KILL)]
    for numbers in _REFUSED.values():
        if numbers[column] is not None:
            code += [_step(_EQUAL, numbers[column], 0, 1), refuse]
    # Threads only. clone3 hides its flags behind a pointer; without it libc falls back to clone.
    code += [_step(_EQUAL, _CLONE3[column], 0, 1), _step(_RETURN, _ERRNO | errno.ENOSYS)]
    code += _where_argument(_CLONE[column], _step(_ANY_BIT, _CLONE_THREAD, 0, 1))
    for numbers in _OWN_PROCESS_ONLY.values():
        code += _where_argument(numbers[column], _step(_EQUAL, pid, 0, 1))
    code += _where_argument(_PRLIMIT64[column], _step(_EQUAL, 0, 0, 1))
    code.append(_step(_RETURN, _ALLOW))
    return b"".join(code)


def _where_argument(number: int, test: bytes) -> list[bytes]:
    """Allow the call where the low half of its first argument passes ``test``, refuse it otherwise."""
    allow, refuse = _step(_RETURN, _ALLOW), _step(_RETURN, _ERRNO | errno.EPERM)
    return [_step(_EQUAL, number, 0, 4), _step(_LOAD, _FIRST_ARGUMENT), test, allow, refuse]


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)
