"""The process: binds, loads the model, serves, and leaves within SageMaker's 30 s when told to."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator

import uvicorn

from inference_server.application import Application
from inference_server.model_error import ModelError
from inference_server.settings import Settings

# SageMaker sends SIGKILL 30 s after SIGTERM; requests get most of that to finish.
DRAIN_SECONDS = 20

_log = logging.getLogger("inference_server")


class _Server(uvicorn.Server):
    """uvicorn, leaving with status 0 after SIGTERM: its own way raises the signal again when it is done."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.handle_exit)
        yield


def serve(settings: Settings) -> int:
    """Serve until SIGTERM and return the exit status: 0 after a drain, 1 when the model cannot be served.

    The socket accepts from the start and /ping answers 503 until the model is there.
    """
    try:
        listener = _listen(settings)
    except OSError as error:
        _log.error("cannot listen on %s port %d: %s", settings.host, settings.port, error.strerror)
        return 1
    application = Application()
    server = _Server(
        uvicorn.Config(
            application,
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            timeout_graceful_shutdown=DRAIN_SECONDS,
        )
    )
    _log.info("listening on http://%s:%d", *listener.getsockname()[:2])
    loaded = asyncio.run(_serve(server, listener, application, settings))
    _log.info("stopped")
    return 0 if loaded else 1


def _listen(settings: Settings) -> socket.socket:
    # Not socket.create_server: it leaves the protocol out, and asyncio sets TCP_NODELAY only where it
    # reads TCP there. Without it every answer waits 40 ms for the caller's delayed acknowledgement.
    family, kind, protocol, _, address = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0]
    listener = socket.socket(family, kind, protocol)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(address)
    listener.listen(2048)
    return listener


async def _serve(server: _Server, listener: socket.socket, application: Application, settings: Settings) -> bool:
    loading = asyncio.create_task(_load(server, application, settings))
    await server.serve(sockets=[listener])
    # Stopped while loading: that is an orderly end too.
    return loading.result() if loading.done() else True


async def _load(server: _Server, application: Application, settings: Settings) -> bool:
    started = time.monotonic()
    try:
        # Not asyncio's own pool: asyncio.run would wait for it, and SIGTERM may come while loading.
        application.model = await asyncio.get_running_loop().run_in_executor(
            application.workers, _import_and_load, settings
        )
    except ModelError as error:
        _log.error("the model cannot be served: %s", error)
    except Exception:
        _log.exception("the model cannot be served")
    else:
        _log.info("ready after %.2f s", time.monotonic() - started)
        return True
    server.should_exit = True
    return False


def _import_and_load(settings: Settings):
    # scikit-learn takes about a second to import: the port is open before that.
    from inference_server.load_model import load_model

    return load_model(settings.model_directory)


def leave(status: int) -> None:
    """End the process without waiting for predictions that outlived the drain."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
