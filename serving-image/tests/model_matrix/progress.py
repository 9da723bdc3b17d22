"""Programs that run for a while: says so beyond two seconds, and shows what they wrote only where they fail."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence

_FIRST_SECONDS, _EVERY_SECONDS = 2, 15


class Progress:
    """One line on standard error after two seconds, then one every fifteen, and none for what is quick."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._started = time.monotonic()
        self._next = self._started + _FIRST_SECONDS
        self._said = False

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._started

    def say(self, details: str = "") -> None:
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + _EVERY_SECONDS
            self._said = True
            print(f"{self._what} ... {self.seconds:.0f} s{details}", file=sys.stderr, flush=True)

    def end(self) -> None:
        if self._said:
            print(f"{self._what}: done in {self.seconds:.0f} s", file=sys.stderr, flush=True)


def run(what: str, command: Sequence[str], environment: dict[str, str] | None = None) -> str:
    """Run a program to its end and return its standard output; ``CalledProcessError`` where it fails."""
    progress = Progress(what)
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        while True:
            try:
                output, errors = process.communicate(timeout=1)
                break
            except subprocess.TimeoutExpired:
                progress.say()
            except BaseException:
                process.kill()
                raise
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command, output, errors)
    progress.end()
    return output
