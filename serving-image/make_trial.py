"""Makes the package of the Lambda function that tries models: the server's code, what it needs, the compiled evaluator.

Usage: make_trial.py OUTPUT.zip PACKAGES TAGS

``PACKAGES`` is a folder that pip filled from requirements-lite.txt for Lambda's Linux and Python. ``TAGS`` is JSON: the
tags of the images of this source, with their targets. The same inputs and compiler make the same bytes.

The C sources are compiled here, and are left out where this machine is none of Lambda's kind, has no compiler, or links
against a newer libc: then numpy and Python do their work, with the same answers, more slowly.
"""

from __future__ import annotations

import json
import os
import platform
import re
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from inference_server.evaluate import build

_SOURCE = Path(__file__).parent
# Of the target lite's packages what only serving over HTTP needs.
_SERVING_ONLY = ("httptools", "uvloop")
# As in the Dockerfile: headers, libraries for linking, tests, stubs. And what says how it was installed.
_UNUSED = re.compile(
    r"numpy/_core/(include|lib)/|numpy/random/lib/|numpy/f2py/|(^|/)(tests|__pycache__)/|\.pyi$|^bin/|\.dist-info/"
)
# Amazon Linux 2023: https://docs.aws.amazon.com/linux/al2023/ug/compare-with-al2.html
NEWEST_GLIBC = (2, 34)
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
MOST_UNZIPPED_BYTES = 250 << 20
# No file of it is newer than another: zip knows no earlier year.
_TIME = (1980, 1, 1, 0, 0, 0)


def make(output: Path, packages: Path, tags: dict[str, str]) -> int:
    """Write the package and return how many bytes it unpacks to. It appears whole or not at all."""
    with tempfile.TemporaryDirectory() as folder:
        libraries = _compile(Path(folder))
        files = {
            **{path.relative_to(packages).as_posix(): path for path in _files(packages)},
            **{
                path.relative_to(_SOURCE).as_posix(): path
                for each in ("inference_server", "model_trial")
                for path in _files(_SOURCE / each)
            },
            **{f"libraries/{path.name}": path for path in libraries},
        }
        kept = {name: path for name, path in sorted(files.items()) if _is_kept(name)}
        size = sum(path.stat().st_size for path in kept.values())
        if size > MOST_UNZIPPED_BYTES:
            raise SystemExit(f"The package unpacks to {size} bytes; Lambda takes {MOST_UNZIPPED_BYTES}.")
        partial = output.with_name(f"{output.name}.{os.getpid()}")
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as package:
            _write(package, "image-tags.json", json.dumps(tags, sort_keys=True).encode())
            for name, path in kept.items():
                _write(package, name, path.read_bytes())
        os.replace(partial, output)
    return size


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def _is_kept(name: str) -> bool:
    return name.split("/")[0] not in _SERVING_ONLY and _UNUSED.search(name) is None and not name.endswith(".pyc")


def _write(package: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, _TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    # Lambda's user is none of ours: everybody reads, and libraries are mapped to be run.
    entry.external_attr = (0o755 if ".so" in name else 0o644) << 16
    package.writestr(entry, content)


def _compile(folder: Path) -> list[Path]:
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return []
    os.environ["INFERENCE_SERVER_LIBRARIES"] = str(folder)
    made = []
    for source in build.SOURCES:
        path = build.kept_path(source)
        try:
            build.compile_to(path, source)
        except Exception as error:
            print(f"{source.name} is left out: {error}", file=sys.stderr)
            continue
        newest = newest_glibc(path.read_bytes())
        if newest > NEWEST_GLIBC:
            print(f"{source.name} is left out: it needs glibc {newest[0]}.{newest[1]}", file=sys.stderr)
        else:
            made.append(path)
    return made


def newest_glibc(library: bytes) -> tuple[int, int]:
    """Return the newest version of glibc that a library names its symbols by."""
    return max(
        ((int(major), int(minor)) for major, minor in re.findall(rb"GLIBC_(\d+)\.(\d+)", library)), default=(0, 0)
    )


if __name__ == "__main__":
    print(make(Path(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3])))
