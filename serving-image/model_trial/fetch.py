"""Brings what is to be tried from S3 onto the function's disk."""

from __future__ import annotations

import tarfile
import time
from pathlib import Path
from typing import IO, Any, Protocol

from model_trial.ask_child import Untried

# An object that holds them is refused above 1 MiB.
_MOST_CASES_BYTES = 2 << 20
_NO_CASES = b'{"cases":[]}'


class S3(Protocol):
    """The one call of S3's client that a trial makes."""

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:
        """Return the object with its ``Body``, a stream."""
        ...


def fetch_model(s3: S3, location: dict[str, str], directory: Path, deadline: float) -> None:
    """Unpack an archive as it arrives. InspectArtifact has read every entry of it: there are no links in it.

    Raises ``Untried`` after the deadline, ``OSError`` where the disk is full.
    """
    body = s3.get_object(Bucket=location["bucket"], Key=location["key"])["Body"]
    with tarfile.open(fileobj=_Until(body, deadline), mode="r|gz") as archive:
        for member in archive:
            if member.isfile() or member.isdir():
                archive.extract(member, directory, filter="data")


def fetch_cases(s3: S3, location: dict[str, str] | None, file: Path) -> bytes:
    """Write golden cases to a file, and return them; an empty list where there are none."""
    content = _NO_CASES
    if location is not None:
        content = s3.get_object(Bucket=location["bucket"], Key=location["key"])["Body"].read(_MOST_CASES_BYTES)
    file.write_bytes(content)
    return content


class _Until:
    """A stream that ends with an error where it takes too long."""

    def __init__(self, body: IO[bytes], deadline: float) -> None:
        self._body = body
        self._deadline = deadline

    def read(self, size: int) -> bytes:
        if time.monotonic() > self._deadline:
            raise Untried("Its archive could not be downloaded and unpacked in the time for a trial.")
        return self._body.read(size)
