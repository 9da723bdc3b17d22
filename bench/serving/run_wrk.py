"""Runs wrk once against /invocations with one row, and reads what it counted. One thread of wrk, always."""

from __future__ import annotations

import http.client
import re
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

SCRIPT = Path(__file__).parent / "invocation.lua"
CALLER_SECONDS = 30


@dataclass(frozen=True)
class Measured:
    """``rate`` counts answers of status 200 only; ``failed`` are other answers, timeouts and broken connections."""

    completed: int
    failed: int
    rate: float
    p50_ms: float
    p99_ms: float


def run_wrk(port: int, connections: int, seconds: float) -> Measured:
    """Measure for ``seconds`` (whole ones are what wrk takes: rounded up)."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", f"--timeout={CALLER_SECONDS}s"]
    command += ["-s", str(SCRIPT), f"http://127.0.0.1:{port}/invocations"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"^MEASURED (.*)$", text, re.MULTILINE)
    if found is None:
        raise RuntimeError(f"wrk has not reported:\n{text}")
    completed, failed, microseconds, p50, p99 = map(float, found[1].split())
    correct = int(completed - failed)
    return Measured(int(completed), int(failed), max(0, correct) / (microseconds / 1e6), p50 / 1000, p99 / 1000)


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def wait_until_ready(port: int, process: subprocess.Popen, seconds: float = 30) -> float:
    """Wait until /ping answers 200, and return how long it took; raises RuntimeError if it never does."""
    began = time.monotonic()
    while time.monotonic() - began < seconds and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        try:
            connection.request("GET", "/ping")
            if connection.getresponse().status == 200:
                return time.monotonic() - began
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.02)
    raise RuntimeError(f"{process.args} is not ready on port {port}")
