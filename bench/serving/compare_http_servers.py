"""ours against uvicorn on the same work, side by side: `python compare_http_servers.py [--rounds 9] [--seconds 2]`.

Prints one JSON object: for 1, 8 and 32 connections the medians of requests a second, of the server's CPU
time a request (which a busy machine disturbs less), and of the ratio within each round. Needs wrk, and an
environment with requirements.txt of the serving image and bench/serving/requirements.txt.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from run_wrk import free_port, run_wrk, wait_until_ready

KINDS = ("ours", "uvicorn", "uvicorn-threads")
HERE = Path(__file__).parent
_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """Return the user and system time of a process and all of its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=2)
    flags = parser.parse_args()
    ports = {kind: free_port() for kind in KINDS}
    servers = {
        kind: subprocess.Popen([sys.executable, str(HERE / "http_server_under_test.py"), kind, str(port)])
        for kind, port in ports.items()
    }
    try:
        for kind, port in ports.items():
            wait_until_ready(port, servers[kind])
        report = {str(count): compare(count, servers, ports, flags) for count in (1, 8, 32)}
    finally:
        for server in servers.values():
            server.kill()
            server.wait()
    print(json.dumps({"rounds": flags.rounds, "seconds": flags.seconds, "connections": report}, indent=1))


def compare(connections: int, servers: dict, ports: dict, flags: argparse.Namespace) -> dict:
    """Run the rounds for one number of connections."""
    rates: dict[str, list[float]] = {kind: [] for kind in KINDS}
    costs: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for _ in range(flags.rounds):
        for kind in KINDS:
            before, began = cpu_seconds(servers[kind].pid), time.monotonic()
            measured = run_wrk(ports[kind], connections, flags.seconds)
            if measured.failed:
                raise SystemExit(f"{kind}: {measured.failed} answers were not 200")
            rates[kind].append(measured.rate)
            costs[kind].append((cpu_seconds(servers[kind].pid) - before) / measured.completed * 1e6)
            print(f"{connections} {kind} {measured.rate:.0f}/s {time.monotonic() - began:.1f} s", file=sys.stderr)
    result = {
        kind: {
            "perSecond": round(statistics.median(rates[kind])),
            "cpuMicrosecondsARequest": round(statistics.median(costs[kind]), 1),
        }
        for kind in KINDS
    }
    for kind in KINDS[1:]:
        result[kind]["oursIsFasterBy"] = round(
            statistics.median(ours / other for ours, other in zip(rates["ours"], rates[kind], strict=True)), 2
        )
        result[kind]["oursTakesLessCpuBy"] = round(
            statistics.median(other / ours for ours, other in zip(costs["ours"], costs[kind], strict=True)), 2
        )
    return result


if __name__ == "__main__":
    main()
