"""The child process: confines itself, loads the estimator, and answers rows until the server goes away.

Usage: python -P -m inference_server.trusted.child FD listed|trusted MODEL_FILE SERVER_PID
"""

from __future__ import annotations

import os
import sys
import traceback
import warnings
from pathlib import Path
from typing import Any

from inference_server.trusted.confine import confine


def main(fd: int, trusted: bool, path: Path) -> None:
    """Say what was loaded in a first frame, or why nothing was; then a frame of answers for each frame of rows."""
    offline = confine()
    # Only now: importing numpy starts threads, and confinement must hold for them too.
    from inference_server.model_error import ModelError
    from inference_server.trusted.channel import Channel
    from inference_server.trusted.loaded_estimator import LoadedEstimator

    channel = Channel(fd)
    try:
        if trusted and not offline:
            raise ModelError("This system offers no way to take the network away from code of an artifact's own.")
        estimator = LoadedEstimator(_load(path, trusted), as_trained=trusted)
    except Exception as error:
        known = isinstance(error, ModelError)
        channel.send({"refused": str(error)[:2000] if known else None, "failed": _place(error)}, [])
        return
    channel.send({"loaded": estimator.description()}, [])
    while (received := channel.receive()) is not None:
        rows, raw = received
        try:
            head, arrays = estimator.answer(rows, raw)
        except Exception as error:
            # Of texts among numbers numpy and scikit-learn complain with a TypeError.
            kinds = (ValueError, TypeError) if raw else ValueError
            head, arrays = {"failed": _place(error), "value": isinstance(error, kinds)}, []
        channel.send(head, arrays)


def _load(path: Path, trusted: bool) -> Any:
    if trusted:
        from inference_server.trusted.load_trusted import load_trusted

        return load_trusted(path)
    from inference_server.model_files.with_scikit_learn import read_with_scikit_learn

    return read_with_scikit_learn(path)


def _place(error: BaseException) -> str:
    """Type and place. Not the message: those of scikit-learn quote values of the payload."""
    return f"{type(error).__name__}\n{''.join(traceback.format_tb(error.__traceback__)[-8:])}"[:4000]


if __name__ == "__main__":
    # Rows are matched by position here; scikit-learn would rather see a DataFrame.
    warnings.filterwarnings("ignore", "X does not have valid feature names", UserWarning)
    # The server may have ended before the kernel was asked to tell of it.
    if os.getppid() == int(sys.argv[4]):
        main(int(sys.argv[1]), sys.argv[2] == "trusted", Path(sys.argv[3]))
