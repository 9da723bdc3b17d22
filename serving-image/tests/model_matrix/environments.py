"""The environment of one version of a library: made once, kept in the cache."""

from __future__ import annotations

import shutil
from pathlib import Path

from model_matrix.library_versions import LibraryVersion
from model_matrix.progress import run


def choose_python(version: LibraryVersion, pythons: dict[int, str]) -> int | None:
    """Return the newest minor version of Python that was found and that the library has wheels for."""
    oldest, newest = version.pythons
    return max((minor for minor in pythons if oldest <= minor <= newest), default=None)


def environment(version: LibraryVersion, python: int, program: str, cache: Path) -> Path:
    """Return the Python of the version's environment; raises ``CalledProcessError`` where it cannot be made."""
    folder = cache / f"{version.name}-py3.{python}"
    interpreter, stamp = folder / "bin" / "python", folder / "packages.txt"
    wanted = "\n".join(version.packages)
    if stamp.exists() and stamp.read_text() == wanted:
        return interpreter
    shutil.rmtree(folder, ignore_errors=True)
    what = f"{version.name}: making its environment with Python 3.{python}"
    run(what, [program, "-m", "venv", str(folder)])
    # --no-deps: what is not in the table does not come in.
    install = ["install", "--quiet", "--disable-pip-version-check", "--only-binary=:all:", "--no-deps", "--no-compile"]
    run(what, [str(interpreter), "-m", "pip", *install, *version.packages])
    stamp.write_text(wanted)
    return interpreter
