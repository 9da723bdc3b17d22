"""Compiles the C sources with the system's C compiler; without one, numpy and Python do their work.

``python -m inference_server.evaluate.build`` does it ahead of time, as the Dockerfile's first stage does.
``INFERENCE_SERVER_LIBRARIES`` names the folder of what was compiled where the server is in no environment of its own.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import logging
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCE = Path(__file__).with_name("walk.c")
LINEAR_SOURCE = Path(__file__).with_name("linear.c")
SHAP_SOURCE = Path(__file__).parent.parent / "explain" / "tree_shap.c"
QUICK_SOURCE = Path(__file__).parent.parent / "quick_answer" / "quick_answer.c"
NUMBERS_SOURCE = Path(__file__).parent.parent / "number_bodies" / "number_bodies.c"
SOURCES = (SOURCE, LINEAR_SOURCE, SHAP_SOURCE, QUICK_SOURCE, NUMBERS_SOURCE)
FLAGS = ["-O2", "-fPIC", "-shared", "-std=c11", "-ffp-contract=off"]
_PATIENCE_SECONDS = 60

_log = logging.getLogger("inference_server")


def load_library(source: Path | None = None) -> ctypes.CDLL | None:
    """Return the compiled walker, or what ``source`` compiles to, or None without a compiler.

    It is kept in the virtual environment, under a name that holds the digest of its source. Where that
    cannot be written, it is compiled for this process alone into the temporary directory.
    """
    source = source or SOURCE
    try:
        kept = kept_path(source)
        if not kept.exists() and os.access(kept.parent, os.W_OK) and sys.prefix != sys.base_prefix:
            compile_to(kept, source)
        if kept.exists():
            return ctypes.CDLL(str(kept))
        with tempfile.TemporaryDirectory() as folder:
            own = Path(folder) / "own.so"
            compile_to(own, source)
            return ctypes.CDLL(str(own))
    except (OSError, subprocess.SubprocessError) as error:
        _log.info("%s is not compiled: %s", source.name, error)
        return None


def compile_to(path: Path, source: Path) -> None:
    """Compile into a file that appears whole or not at all. Raises ``OSError`` without a compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        raise OSError("there is no C compiler (cc)")
    handle, partial = tempfile.mkstemp(dir=path.parent, suffix=".so")
    os.close(handle)
    try:
        command = [compiler, *FLAGS, "-o", partial, str(source), "-lm"]
        subprocess.run(command, check=True, capture_output=True, timeout=_PATIENCE_SECONDS)
        os.chmod(partial, 0o755)
        os.replace(partial, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(partial)
        raise


def kept_path(source: Path) -> Path:
    """Return where the compiled source is kept: its name holds the digest of all that it is compiled from."""
    content = _with_included(source) + " ".join(FLAGS).encode()
    digest = hashlib.sha256(content).hexdigest()[:16]
    folder = os.environ.get("INFERENCE_SERVER_LIBRARIES") or Path(sys.prefix) / "lib"
    return Path(folder) / f"inference-server-{source.stem}-{digest}.so"


def _with_included(source: Path) -> bytes:
    """Return all that is compiled: the source, and our own files that it includes."""
    content = source.read_bytes()
    included = re.findall(rb'(?m)^#include "(.+)"', content)
    return content + b"".join(_with_included(source.parent / name.decode()) for name in included)


if __name__ == "__main__":
    for each in SOURCES:
        compile_to(kept_path(each), each)
        print(kept_path(each))
