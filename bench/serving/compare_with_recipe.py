"""The whole server against the recipe's: `python compare_with_recipe.py [--rounds 5] [--seconds 3]`.

Interleaved rounds of wrk with 1, 8 and 32 connections and one row a request, on the recipe's own forest:
ours as the image starts it, the ASGI server before ADR 13 (`--before`, a folder with its serving-image),
gunicorn with one worker, and Flask's development server. Prints one JSON object. Needs wrk, and an
environment with requirements.txt of the serving image and of this folder.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from run_wrk import Measured, free_port, run_wrk, wait_until_ready

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "examples" / "iris"))

import train  # noqa: E402


def commands(model: Path, before: str | None) -> dict[str, tuple[list[str], dict[str, str]]]:
    """Return the production command and the environment of each server; {port} is filled in later."""
    image = {"SM_MODEL_DIR": str(model.parent), "SAGEMAKER_BIND_TO_PORT": "{port}"}
    serve = [sys.executable, "-m", "inference_server", "serve"]
    gunicorn = [sys.executable, "-m", "gunicorn", "--workers=1", "--bind=127.0.0.1:{port}", "recipe_server:app"]
    servers = {"ours": (serve, image | {"PYTHONPATH": str(ROOT / "serving-image")})}
    if before is not None:
        servers["before"] = (serve, image | {"PYTHONPATH": before})
    servers["gunicorn"] = (gunicorn, {"RECIPE_MODEL": str(model)})
    servers["recipe"] = ([sys.executable, str(HERE / "recipe_server.py"), str(model), "{port}"], {})
    return servers


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--before", help="a folder that holds an earlier inference_server")
    flags = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "model.pkl"
        model.write_bytes(pickle.dumps(train.train("random-forest")[0]))
        (model.parent / "model.json").write_text(
            json.dumps({"classNames": list(train.CLASS_NAMES), "featureNames": list(train.FEATURE_NAMES)})
        )
        print(json.dumps(measure(commands(model, flags.before), flags), indent=1))


def measure(servers: dict[str, tuple[list[str], dict[str, str]]], flags: argparse.Namespace) -> dict:
    """Start all, measure in turn, stop all."""
    running: dict[str, tuple[int, subprocess.Popen]] = {}
    ready = {}
    try:
        for name, (command, environment) in servers.items():
            port = free_port()
            process = subprocess.Popen(
                [part.format(port=port) for part in command],
                cwd=HERE,
                env=os.environ | {key: value.format(port=port) for key, value in environment.items()},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            running[name] = (port, process)
            ready[name] = round(wait_until_ready(port, process), 2)
        found = {name: {str(count): [] for count in (1, 8, 32)} for name in servers}
        for count in (1, 8, 32):
            for number in range(flags.rounds):
                for name, (port, _) in running.items():
                    found[name][str(count)].append(run_wrk(port, count, flags.seconds))
                    print(f"{count} connections, round {number + 1}, {name}", file=sys.stderr)
    finally:
        for _, process in running.values():
            process.kill()
            process.wait()
    report = {name: {count: summary(rounds) for count, rounds in counts.items()} for name, counts in found.items()}
    for name in report:
        report[name]["readySeconds"] = ready[name]
        for count in ("1", "8", "32"):
            ratios = [
                ours.rate / other.rate
                for ours, other in zip(found["ours"][count], found[name][count], strict=True)
                if other.rate
            ]
            report[name][count]["oursIsFasterBy"] = round(statistics.median(ratios), 2) if ratios else None
    return {"rounds": flags.rounds, "seconds": flags.seconds, "servers": report}


def summary(rounds: list[Measured]) -> dict[str, float]:
    """Return medians, and the part of all requests that failed."""
    return {
        "perSecond": round(statistics.median(measured.rate for measured in rounds), 1),
        "p50Ms": round(statistics.median(measured.p50_ms for measured in rounds), 2),
        "p99Ms": round(statistics.median(measured.p99_ms for measured in rounds), 2),
        "failed": round(sum(m.failed for m in rounds) / max(1, sum(m.completed for m in rounds)), 4),
    }


if __name__ == "__main__":
    main()
