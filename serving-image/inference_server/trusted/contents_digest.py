"""One digest of all files of an unpacked archive, which trust is bound to: docs/adr/0016-trust-names-one-artifact.md"""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

from inference_server.model_error import ModelError
from inference_server.sha256_of import sha256_of


def contents_digest(directory: Path) -> str:
    """Return the sha256 of the listing that ``sha256sum`` would print, paths in the order of their bytes.

    By hand: ``find . -type f -printf '%P\\0' | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum``. The deployer
    computes the same from the archive. Raises ``ModelError`` for links and anything else that is no plain file.
    """
    root = os.fsencode(directory)
    lines = []
    for folder, folders, files in os.walk(root, onerror=_raise):
        for name in [*folders, *files]:
            path = os.path.join(folder, name)
            mode = os.lstat(path).st_mode
            if stat.S_ISREG(mode):
                digest = sha256_of(Path(os.fsdecode(path)))
                lines.append((os.path.relpath(path, root), digest))
            elif not stat.S_ISDIR(mode):
                raise ModelError(
                    f"{os.fsdecode(os.path.relpath(path, root))} is a link or a device. "
                    "An artifact that is trusted to run code holds plain files only."
                )
    listing = b"".join(b"%b  %b\n" % (digest.encode(), path) for path, digest in sorted(lines))
    return hashlib.sha256(listing).hexdigest()


def _raise(error: OSError) -> None:
    raise ModelError(f"The model directory cannot be read: {error.strerror}.") from error


def check_trust(directory: Path, trust: str) -> None:
    """Raise ``ModelError`` unless ``trust`` is the digest of what lies in the directory."""
    found = contents_digest(directory)
    if found != trust:
        raise ModelError(
            f"The files are not those that SAGEMAKER_DEPLOYER_TRUST allows to run code: their digest is {found}, "
            f"trusted is {trust}. Name the sha256 of this very archive in the request's trust."
        )
