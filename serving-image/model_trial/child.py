"""The child: confines itself, loads the model as the container would, and answers the golden cases.

Usage: python -P -m model_trial.child MODEL_DIRECTORY CASES_FILE ACCEPT MEMORY_BYTES PARENT_PID

It prints one JSON document with one key:

- ``answers``: status and body of the answer to each case
- ``refused``: why the server would not serve the model, in its own words
- ``needsFull``: the same, where only the image's target ``full`` might serve it
- ``untried``: why nobody knows
"""

from __future__ import annotations

import json
import logging
import os
import re
import resource
import sys
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inference_server.trusted.confine import confine

if TYPE_CHECKING:
    from inference_server.model import Model

# What the target lite has none of: where they are installed all the same, the trial does without them too.
_LEFT_OUT = ("sklearn", "scipy", "joblib", "onnxruntime", "pandas")


def main(directory: Path, cases: list[dict[str, Any]], accept: str, memory_bytes: int) -> dict[str, Any]:
    """Return the document."""
    if not _confine(memory_bytes):
        return {"untried": "This system offers no way to take the network away from what loads the model."}
    # Only now: importing numpy starts threads, and confinement must hold for them too.
    sys.modules.update(dict.fromkeys(_LEFT_OUT))
    from inference_server.example.check_answers import PATIENCE_SECONDS
    from inference_server.load_model import load_model
    from inference_server.model_error import ModelError, NeedsFull

    started = time.monotonic()
    try:
        model = load_model(directory)
        return {"answers": [_answer(model, case["request"], accept) for case in cases]}
    except NeedsFull as error:
        return {"needsFull": str(error)}
    except ModelError as error:
        seconds = time.monotonic() - started
        if seconds > PATIENCE_SECONDS:
            # After so long the server gives rows up that it would have tried on another machine.
            return {"untried": f"It was not loaded within {PATIENCE_SECONDS} s: {error}"}
        cause = _cause_of_ours(error)
        return {"refused": str(error)} if cause is None else {"untried": _said(cause)}
    except Exception as error:
        traceback.print_exc()
        return {"untried": _said(error)}


def _confine(memory_bytes: int) -> bool:
    resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, memory_bytes))
    return confine()


def _answer(model: Model, request: dict[str, Any], accept: str) -> dict[str, Any]:
    """As ``ModelExecutor`` answers; what is this process's own fault is raised."""
    from inference_server.http.error_body import error_body
    from inference_server.routes.answer_invocation import Invocation, answer_invocation

    content_type, body = _sent(request)
    try:
        answered = answer_invocation(model, Invocation(content_type, accept, body))
    except Exception as error:
        if _cause_of_ours(error) is not None:
            raise
        traceback.print_exc()
        return {"status": 500, "body": error_body("Internal server error").decode()}
    return {"status": answered.status, "body": answered.body.decode(errors="replace")}


def _sent(request: dict[str, Any]) -> tuple[str, bytes]:
    """Return content type and body as ``lambdas/core/canary/golden-request.ts`` sends them."""
    from model_trial.json_text import json_text

    content_type, body = request.get("contentType", "application/json"), request.get("body")
    is_json = re.match(r"application/(.+\+)?json\b", content_type, re.IGNORECASE) is not None
    return content_type, (json_text(body) if is_json or not isinstance(body, str) else body).encode()


def _cause_of_ours(error: BaseException | None) -> BaseException | None:
    """Find what the limits of this process caused: no memory, no file, no process, no package.

    Of damaged archives ``gzip`` and ``bz2`` complain with an ``OSError`` that has no number.
    """
    while error is not None:
        if isinstance(error, MemoryError | ImportError) or (isinstance(error, OSError) and error.errno is not None):
            return error
        error = error.__cause__ or error.__context__
    return None


def _said(error: BaseException) -> str:
    """Type and message; of a memory error the type alone says it."""
    message = str(error)
    return f"{type(error).__name__}: {message}"[:500] if message else type(error).__name__


if __name__ == "__main__":
    # The parent may have ended before the kernel was asked to tell of it.
    if os.getppid() != int(sys.argv[5]):
        sys.exit("the parent is gone")
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s", stream=sys.stderr)
    from model_trial.json_text import read_json

    golden = read_json(Path(sys.argv[2]).read_bytes())["cases"]
    print(json.dumps(main(Path(sys.argv[1]), golden, sys.argv[3], int(sys.argv[4]))), flush=True)
    # Threads of libraries need not be waited for.
    os._exit(0)
