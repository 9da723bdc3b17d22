"""Loads each folder below FOLDER, in a process that notes what it does: ``python read_all.py FOLDER`` prints JSON."""

from __future__ import annotations

import json
import sys
import time
import warnings
from pathlib import Path

import sklearn.ensemble
import sklearn.linear_model
import sklearn.pipeline  # noqa: F401

from inference_server.load_model import load_model
from inference_server.model_error import ModelError
from inference_server.model_files import onnx_runtime, read_estimator  # noqa: F401

_NEVER = (
    "os.", "subprocess.", "socket.", "shutil.", "ctypes.", "pty.", "marshal.", "urllib.", "webbrowser.", "sqlite3.",
    "exec", "compile", "code.__new__", "function.__new__", "tempfile.", "signal.", "syslog.", "sys.set",
)  # fmt: skip
_noted: list[str] = []
_watching = False


def _watch(event: str, arguments: tuple) -> None:
    if not _watching or event in ("os.listdir", "os.scandir", "sys._getframe"):
        return
    writes = event == "open" and isinstance(arguments[1], str) and not set(arguments[1]) <= set("rbt")
    # Modules of scikit-learn that are on the list are imported, and numpy reads headers by ast.literal_eval.
    importing = event in ("exec", "compile", "marshal.loads") and _is_importing()
    literal = event == "compile" and arguments[1] == "<unknown>"
    if (writes or event.startswith(_NEVER)) and not importing and not literal:
        _noted.append(f"{event} {arguments!r}"[:300])


def _is_importing() -> bool:
    frame = sys._getframe(2)
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


def main(folder: Path) -> None:
    """Print for each folder in it what came of loading it."""
    global _watching
    warnings.simplefilter("ignore")
    sys.addaudithook(_watch)
    for directory in sorted(folder.iterdir()):
        _noted.clear()
        started = time.monotonic()
        _watching = True
        try:
            outcome, message = "loaded", type(load_model(directory).estimator).__name__
        except ModelError as error:
            outcome, message = "refused", str(error)
        except BaseException as error:
            outcome, message = type(error).__name__, str(error)
        finally:
            _watching = False
        seconds = time.monotonic() - started
        print(json.dumps([directory.name, outcome, message[:300], seconds, _noted]), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
