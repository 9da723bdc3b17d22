"""Runs the writers, each in the environment of its version, and says which Pythons and versions are missing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from model_matrix.environments import choose_python, environment
from model_matrix.library_versions import LIBRARY_VERSIONS, LibraryVersion
from model_matrix.progress import run
from model_matrix.pythons import NEWEST, OLDEST, WrongOption, find_pythons

WRITERS = Path(__file__).with_name("writers")
# Threads add nothing to models this small, and sums in another order.
_PARTS = 3
_SETTINGS = {"OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}


class Missing(Exception):
    """Files of a version could not be written; the message says what is missing."""


def choose_versions(only: Sequence[str]) -> list[LibraryVersion]:
    """Return the versions that ``LIBRARY`` or ``LIBRARY-VERSION`` name; all where none is named."""
    chosen = [one for one in LIBRARY_VERSIONS if not only or one.library in only or one.name in only]
    known = {one.library for one in LIBRARY_VERSIONS} | {one.name for one in LIBRARY_VERSIONS}
    if unknown := [name for name in only if name not in known]:
        raise WrongOption(f"--only {' '.join(unknown)}: is none of {', '.join(one.name for one in LIBRARY_VERSIONS)}.")
    return chosen


def write_models(
    versions: Sequence[LibraryVersion],
    target: Path,
    cache: Path,
    named: Sequence[Path],
    choose: Callable[[LibraryVersion], list[str]],
) -> Iterator[tuple[LibraryVersion, Path | Missing]]:
    """Write the models of each version into a folder of ``target``; ``choose``: what the writer is told to write."""
    pythons = find_pythons(named)
    lacking = [f"3.{minor}" for minor in range(OLDEST, NEWEST + 1) if minor not in pythons]
    if lacking:
        print(f"Not found: Python {', '.join(lacking)} (--python PATH names one).", file=sys.stderr)
    for version in versions:
        python = choose_python(version, pythons)
        if python is None:
            wanted = " to ".join(f"3.{minor}" for minor in dict.fromkeys(version.pythons))
            yield version, Missing(f"{version.name}: no files, because Python {wanted} is missing.")
            continue
        try:
            interpreter = environment(version, python, pythons[python], cache)
            yield version, _write(version, interpreter, target / version.name, choose(version))
        except subprocess.CalledProcessError as error:
            said = (error.stderr or "").strip().splitlines()
            yield (
                version,
                Missing(f"{version.name}: no files: {' '.join(error.cmd[1:4])} failed: {' / '.join(said[-3:])}"),
            )


def _write(version: LibraryVersion, interpreter: Path, folder: Path, chosen: list[str]) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    script = str(WRITERS / version.writer)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")} | _SETTINGS
    run(f"{version.name}: writing its models", [str(interpreter), script, str(folder), *chosen], environment)
    return folder


def part_of(version: LibraryVersion) -> list[str]:
    """Tell the writer to write a third of the files, another one with each version; all for a library with few."""
    versions = [one for one in LIBRARY_VERSIONS if one.library == version.library]
    return ["--part", str(versions.index(version) % _PARTS), str(_PARTS)] if len(versions) >= _PARTS else []
