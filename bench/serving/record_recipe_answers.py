"""Records what the recipe's server answers: `python record_recipe_answers.py`, into the tests of the serving image.

Trains the recipe's forest, starts recipe_server.py with it, and puts recipe_requests.py to it. Needs an
environment with peers/flask/requirements.txt, such as .venv/bench-flask, which the benchmark makes.
"""

from __future__ import annotations

import http.client
import json
import pickle
import socket
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

from recipe_requests import REQUESTS

HERE = Path(__file__).parent
TARGET = HERE.parents[1] / "serving-image" / "tests" / "recipe-answers.json"
sys.path.insert(0, str(HERE.parents[1] / "examples" / "iris"))

import train  # noqa: E402


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "model.pkl"
        model.write_bytes(pickle.dumps(train.train("random-forest")[0]))
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        with (Path(folder) / "log").open("wb") as log:
            command = [sys.executable, HERE / "recipe_server.py", model, str(port)]
            server = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            wait_until_ready(port, server)
            answers = [ask(port, name, *request) for name, request in REQUESTS.items()]
        finally:
            server.kill()
            server.wait()
    versions = {name: version(name) for name in ("flask", "werkzeug", "scikit-learn")}
    lines = ",\n".join(json.dumps(answer) for answer in answers)
    TARGET.write_text(f'{{"versions": {json.dumps(versions)}, "answers": [\n{lines}\n]}}\n')
    print(f"{len(answers)} answers in {TARGET}")


def wait_until_ready(port: int, process: subprocess.Popen, seconds: float = 30) -> None:
    """Wait until the port accepts; raises RuntimeError if it never does."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=2).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"the recipe's server is not ready on port {port}")


def ask(port: int, name: str, method: str, path: str, content_type: str | None, body: str) -> dict:
    """Ask once; ``json`` is None where the answer is not JSON (Flask's own pages are HTML)."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, path, body.encode(), {} if content_type is None else {"Content-Type": content_type})
    answer = connection.getresponse()
    content, answered = answer.read(), answer.getheader("Content-Type", "").split(";")[0]
    connection.close()
    request = {"method": method, "path": path, "contentType": content_type, "body": body}
    found = json.loads(content) if answered == "application/json" else None
    return {"name": name, "request": request, "status": answer.status, "contentType": answered, "json": found}


if __name__ == "__main__":
    main()
