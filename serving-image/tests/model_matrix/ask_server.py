"""One model file, loaded by a real server process and asked over HTTP in each way that its rows can come."""

from __future__ import annotations

import csv
import http.client
import io
import json
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from model_matrix.compare_answers import find_differences
from model_matrix.recorded_file import RecordedFile
from server_process import ServerProcess

_START_SECONDS = 60
_REFUSAL = re.compile(r"the model cannot be served: (.*)")
_BY_SCIKIT_LEARN = re.compile(r"served by [a-z-]+, because (.*)")
# Rows that are asked alone, for which the server has code of its own.
_ALONE = 3


@dataclass
class Outcome:
    """What came of a file.

    ``refusal``: what the log says where it is not served; ``wrong``: what was answered otherwise than by the library;
    ``answers5xx``: errors of the server's own, once it was healthy; ``served_by``: why not by the server itself.
    """

    model: RecordedFile
    refusal: str | None = None
    served_by: str | None = None
    wrong: list[str] = field(default_factory=list)
    answers5xx: list[str] = field(default_factory=list)
    seconds: float = 0.0


def ask_server(model: RecordedFile) -> Outcome:
    """Start a server for the file, ask it the recorded rows, and stop it."""
    started = time.monotonic()
    outcome = Outcome(model)
    with tempfile.TemporaryDirectory(prefix="model-") as folder:
        shutil.copyfile(model.path, Path(folder) / f"model{model.path.suffix}")
        server = ServerProcess([sys.executable, "-m", "inference_server", "serve"], Path(folder), {})
        try:
            if _wait_until_healthy(server):
                if found := _BY_SCIKIT_LEARN.search(server.log):
                    outcome.served_by = found[1]
                _ask(server, model, outcome)
                if outcome.answers5xx:
                    outcome.answers5xx.append(server.log[-600:])
            else:
                found = _REFUSAL.search(server.log)
                outcome.refusal = found[1] if found else f"it does not start: {server.log[-600:]}"
                if not found or "Traceback" in server.log:
                    outcome.wrong.append(f"no reason in the log: {server.log[-600:]}")
        finally:
            server.kill()
    outcome.seconds = time.monotonic() - started
    return outcome


def _wait_until_healthy(server: ServerProcess) -> bool:
    deadline = time.monotonic() + _START_SECONDS
    connection = None
    while time.monotonic() < deadline and server.process.poll() is None:
        time.sleep(0.02)
        address = re.search(r"listening on (http://[\d.]+:\d+)", server.log)
        if not address:
            continue
        connection = connection or http.client.HTTPConnection(urlsplit(address[1]).netloc, timeout=10)
        try:
            connection.request("GET", "/ping")
            response = connection.getresponse()
            response.read()
            if response.status == 200:
                return True
        except (OSError, http.client.HTTPException):
            connection.close()
    return False


def _ask(server: ServerProcess, model: RecordedFile, outcome: Outcome) -> None:
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=60)
    for asked in _requests(model):
        connection.request("POST", "/invocations", asked.body, {"content-type": asked.content_type})
        response = connection.getresponse()
        content = response.read()
        said = f"{asked.how}: {response.status} {content[:300].decode(errors='replace')}"
        if response.status >= 500:
            outcome.answers5xx.append(said)
        elif response.status != 200:
            if not asked.may_be_refused:
                outcome.wrong.append(f"{said} to rows that the library answers")
        elif not asked.places:
            outcome.wrong.append(f"{said} to a row that the library refuses")
        else:
            found = find_differences(model, asked.places, json.loads(content)["predictions"])
            outcome.wrong += [f"{asked.how}: {one}" for one in found]
    connection.close()


@dataclass(frozen=True)
class _Asked:
    """A request, and which of the recorded rows it asks: none where the library refuses the row."""

    how: str
    places: list[int]
    body: bytes
    content_type: str = "application/json"
    may_be_refused: bool = False


def _requests(model: RecordedFile) -> Iterator[_Asked]:
    answered = model.answered
    rows = [model.rows[place] for place in answered]
    yield _Asked("rows", answered, _json(rows))
    for place in answered[:_ALONE]:
        yield _Asked("a row", [place], _json([model.rows[place]]))
    if model.names is not None:
        yield _Asked("rows by name", answered, _json([dict(zip(model.names, row, strict=True)) for row in rows]))
    if not any(cell == "" for row in rows for cell in row):
        yield _Asked("CSV", answered, _csv(rows), "text/csv; header=absent")
    for place in model.doubtful:
        yield _Asked("a row with a gap", [place], _json([model.rows[place]]), may_be_refused=True)
    for place, error in enumerate(model.refused):
        if error is not None:
            yield _Asked(f"a row refused with {error}", [], _json([model.rows[place]]), may_be_refused=True)


def _json(rows: list[Any]) -> bytes:
    return json.dumps({"instances": rows}).encode()


def _csv(rows: list[list[Any]]) -> bytes:
    file = io.StringIO()
    csv.writer(file).writerows([["" if cell is None else cell for cell in row] for row in rows])
    return file.getvalue().encode()
