"""Processes that are number 1 of a namespace of their own, as a container's first one is."""

from __future__ import annotations

import subprocess
import sys

import pytest


def as_pid_1(script: str) -> list[str]:
    """Command that runs a shell script so, the interpreter its ``$0``; skips where the system forbids it."""
    unshare = ["unshare", "--pid", "--fork", "--kill-child"]
    try:
        subprocess.run([*unshare, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this system does not let us make a PID namespace")
    return [*unshare, "sh", "-c", script, sys.executable]
