"""The scikit-learns that this server may start a child process with: docs/adr/0031-a-scikit-learn-of-every-minor.md"""

from __future__ import annotations

import logging
import sys
import sysconfig
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

from inference_server.model_error import ModelError
from inference_server.pickles.decompress import decompress
from inference_server.pickles.find_version import find_version

_log = logging.getLogger("inference_server")

# What the image's target full has; requirements.txt has one of them, the others have a requirements file each.
MINORS = ("1.5", "1.6", "1.7", "1.8", "1.9")


def choose_packages(path: Path, trusted: bool) -> Path | None:
    """Return the folder that a child process needs on its path to read the file, None where it needs none.

    That is the one with the minor of scikit-learn that wrote the file. Trusted files of a minor that is not here get
    the scikit-learn that is installed, which may read them or not. Raises ``ModelError`` for others.
    """
    installed = _installed()
    if installed is None:
        # The child says that there is no scikit-learn, or runs a model that needs none.
        return None
    try:
        version = find_version(decompress(path.read_bytes()))
    except ModelError:
        if trusted:
            return None
        raise
    minor = None if version is None else _minor(version)
    if minor is None or minor == _minor(installed):
        return None
    packages = packages_of(minor)
    if packages.is_dir():
        _log.info("%s was written by scikit-learn %s: its child process has scikit-learn %s", path.name, version, minor)
        return packages
    if trusted:
        _log.warning("%s was written by scikit-learn %s, and is loaded by %s", path.name, version, installed)
        return None
    raise ModelError(_refusal(path.name, version, minor, installed))


def serving_minor(path: Path) -> str | None:
    """Return the minor of scikit-learn in the image that serves the file, None where the file names no version.

    Raises ``ModelError`` where the image has none that could.
    """
    version = find_version(decompress(path.read_bytes()))
    if version is None:
        return None
    if _minor(version) not in MINORS:
        raise ModelError(f"{_said(path.name, version, MINORS)}Train with one of these.")
    return _minor(version)


def packages_of(minor: str) -> Path:
    """Return where scikit-learn of that minor is, if it is there: in a folder beside this virtual environment."""
    base = str(folder_of(minor))
    return Path(sysconfig.get_path("purelib", "venv", {"base": base, "platbase": base}))


def folder_of(minor: str) -> Path:
    """Return the folder that ``pip install --prefix`` fills."""
    return Path(sys.prefix).parent / "scikit-learns" / minor


def _installed() -> str | None:
    try:
        return metadata.version("scikit-learn")
    except metadata.PackageNotFoundError:
        return None


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])


def _refusal(name: str, version: str, minor: str, installed: str) -> str:
    here = [one for one in MINORS if one == _minor(installed) or packages_of(one).is_dir()]
    text = _said(name, version, here)
    if minor not in MINORS:
        return f"{text}Train with one of these."
    return (
        f"{text}Train with one of these, or use the image's target full, which has {minor} too. Where there is no "
        f"image: pip install --no-deps --ignore-installed --prefix {folder_of(minor)} "
        f"-r requirements-scikit-learn-{minor}.txt."
    )


def find_missing() -> list[str]:
    """Return the minors of ``MINORS`` that are not here."""
    installed = _installed()
    return [one for one in MINORS if (installed is None or one != _minor(installed)) and not packages_of(one).is_dir()]


if __name__ == "__main__":
    # The last word when the image is built.
    sys.exit(f"scikit-learn is missing: {', '.join(missing)}" if (missing := find_missing()) else 0)


def _said(name: str, version: str, here: Sequence[str]) -> str:
    return f"{name} was written by scikit-learn {version}, this server has {', '.join(here)}. "
