"""A server as the local cloud runs it: a process of its own on a free port, asked over HTTP."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import httpx

SOURCE = Path(__file__).parent.parent
PATIENCE_SECONDS = 30


class ServerProcess:
    """Starts in an empty working directory; ``url`` is known once it listens."""

    def __init__(self, command: list[str], model_directory: Path, environment: dict[str, str]) -> None:
        self.model_directory = model_directory
        self.folder = Path(tempfile.mkdtemp(prefix="server-"))
        (self.folder / "work").mkdir()
        (self.folder / "tmp").mkdir()
        settings = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(SOURCE),
            "PYTHONDONTWRITEBYTECODE": "1",
            "SM_MODEL_DIR": str(model_directory),
            "SAGEMAKER_BIND_TO_PORT": "0",
            "SAGEMAKER_MODEL_SERVER_WORKERS": "1",
            "TMPDIR": str(self.folder / "tmp"),
        }
        with (self.folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                command, cwd=self.folder / "work", env=settings | environment, stdout=log, stderr=log
            )

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()

    @property
    def url(self) -> str:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            if found := re.search(r"listening on (http://[\d.]+:\d+)", self.log):
                return found[1]
            time.sleep(0.02)
        raise AssertionError(f"the server does not listen:\n{self.log}")

    def processes(self) -> list[int]:
        """Return the ids of the server and of its workers."""
        pid = self.process.pid
        return [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]

    def ping(self) -> int:
        return httpx.get(f"{self.url}/ping", timeout=2).status_code

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self._is_ready():
            assert time.monotonic() < deadline, self.log
            time.sleep(0.02)

    def _is_ready(self) -> bool:
        try:
            return self.ping() == 200
        except httpx.TransportError:
            # Asked in the moment in which the workers take the socket over: a probe comes again.
            return False

    def invoke(self, content: bytes | str, content_type: str | None = "application/json") -> httpx.Response:
        headers = {} if content_type is None else {"content-type": content_type}
        return httpx.post(f"{self.url}/invocations", content=content, headers=headers, timeout=30)

    def terminate(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE_SECONDS)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder)
