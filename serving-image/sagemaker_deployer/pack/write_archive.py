"""Writes model.tar.gz so that equal content gives equal bytes, and so an equal sha256."""

from __future__ import annotations

import gzip
import os
import tarfile
import tempfile
from io import BytesIO
from pathlib import Path


def write_archive(output: Path, files: dict[str, Path | bytes]) -> None:
    """Write the files in the given order: no times, no owners, no name in the gzip header.

    The archive appears under its name only when it is complete.
    """
    handle, partial = tempfile.mkstemp(dir=output.parent, prefix=f".{output.name}-")
    try:
        with (
            os.fdopen(handle, "wb") as raw,
            gzip.GzipFile(filename="", fileobj=raw, mode="wb", compresslevel=6, mtime=0) as compressed,
            tarfile.open(fileobj=compressed, mode="w", format=tarfile.PAX_FORMAT) as archive,
        ):
            for name, content in files.items():
                entry = tarfile.TarInfo(name)
                entry.mode = 0o644
                if isinstance(content, bytes):
                    entry.size = len(content)
                    archive.addfile(entry, BytesIO(content))
                else:
                    entry.size = content.stat().st_size
                    with content.open("rb") as file:
                        archive.addfile(entry, file)
        # mkstemp's 0600 would keep other users from uploading the file.
        os.chmod(partial, 0o644)
        os.replace(partial, output)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise
