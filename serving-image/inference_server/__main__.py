"""The entry: ``python -m inference_server serve``, as SageMaker starts the image."""

from __future__ import annotations

import logging
import os
import signal
import sys

# As PID 1 a process ignores SIGTERM unless it handles it; until the server takes over, that means: leave.
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))

# joblib would otherwise create semaphores outside the temporary directory, and threads per model setting.
os.environ.setdefault("JOBLIB_MULTIPROCESSING", "0")

from inference_server.settings import InvalidSettings, read_settings  # noqa: E402


def main(arguments: list[str]) -> int:
    """Return the exit status: 2 for a wrong command line or environment, else that of ``serve``."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr)
    if arguments not in ([], ["serve"]):
        print("usage: python -m inference_server [serve]", file=sys.stderr)
        return 2
    try:
        settings = read_settings(os.environ)
    except InvalidSettings as error:
        print(error, file=sys.stderr)
        return 2
    logging.getLogger().setLevel(settings.log_level)
    if settings.processes > 1:
        # A process for each processor: more threads of numpy's and scikit-learn's would only be in each other's way.
        for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
            os.environ.setdefault(name, "1")
    # Only now: numpy reads the environment when it is imported.
    from inference_server.serve import serve

    return serve(settings)


def leave(status: int) -> None:
    """End the process without waiting for predictions that outlived the drain."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    leave(main(sys.argv[1:]))
