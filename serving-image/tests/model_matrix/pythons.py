"""The Pythons of this machine that can make environments."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

OLDEST, NEWEST = 11, 14
# Debian's Python without python3-venv has no ensurepip.
_PROBE = "import sys, venv, ensurepip; print(*sys.version_info[:2], sys.executable)"


class WrongOption(Exception):
    """The message names an option of the command line, and what it may be."""


def find_pythons(named: Sequence[Path]) -> dict[int, str]:
    """Return for each minor version of Python 3 the program: one of ``named``, else pyenv's, else of the PATH."""
    pyenv = sorted((Path.home() / ".pyenv" / "versions").glob("3.*/bin/python"))
    candidates = [*map(str, named), *map(str, pyenv), *(f"python3.{minor}" for minor in range(OLDEST, NEWEST + 1))]
    found: dict[int, str] = {}
    for program in candidates:
        minor, path = _probe(program)
        if minor is None and program in map(str, named):
            raise WrongOption(f"--python {program}: is no Python 3.{OLDEST} to 3.{NEWEST} with venv and ensurepip.")
        if minor is not None:
            found.setdefault(minor, path)
    return dict(sorted(found.items()))


def _probe(program: str) -> tuple[int | None, str]:
    try:
        said = subprocess.run([program, "-c", _PROBE], capture_output=True, text=True, timeout=30, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return None, ""
    major, minor, path = said.strip().split(" ", 2)
    fits = major == "3" and OLDEST <= int(minor) <= NEWEST
    return (int(minor), path) if fits else (None, "")
