"""The process: binds, loads the model, serves, and leaves within SageMaker's 30 s when told to."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import time

import uvloop

from inference_server.http.server import HttpServer
from inference_server.model_error import ModelError
from inference_server.process.listen import bind
from inference_server.process.worker import make_server, serve_and_report
from inference_server.quick_answer.quick_answer import quick_answer
from inference_server.routes.application import Application
from inference_server.settings import Settings

_log = logging.getLogger("inference_server")


def serve(settings: Settings) -> int:
    """Serve until SIGTERM and return the exit status: 0 after a drain, 1 when the model cannot be served.

    The socket accepts from the start and /ping answers 503 until the model is there.
    """
    try:
        sockets = bind(settings.host, settings.port, settings.processes)
    except OSError as error:
        _log.error("cannot listen on %s port %d: %s", settings.host, settings.port, error.strerror)
        return 1
    _log.info("listening on http://%s:%d", *sockets[0].getsockname()[:2])
    if len(sockets) > 1:
        from inference_server.process.supervisor import Supervisor

        return Supervisor(settings, sockets).run()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        loaded = runner.run(_serve(sockets[0], settings))
    _log.info("stopped")
    return 0 if loaded else 1


async def _serve(listener: socket.socket, settings: Settings) -> bool:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _stop, stop)
    application = Application(settings)
    server = make_server(application, processes=1)
    loading = asyncio.create_task(_load(application, server, settings, stop))
    await serve_and_report(application, server, listener, stop)
    # Stopped while loading: that is an orderly end too.
    return loading.result() if loading.done() else True


def _stop(stop: asyncio.Event) -> None:
    _log.info("Shutting down")
    stop.set()


def _reap(*_: object) -> None:
    """Whoever loses his parent becomes a child of PID 1, and stays a zombie until he is asked for."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


async def _load(application: Application, server: HttpServer, settings: Settings, stop: asyncio.Event) -> bool:
    started = time.monotonic()
    try:
        # Not asyncio's own pool: asyncio.Runner would wait for it, and SIGTERM may come while loading.
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(application.threads, _import_and_load, application, server, settings)
    except ModelError as error:
        _log.error("the model cannot be served: %s", error)
    except Exception:
        _log.exception("the model cannot be served")
    else:
        if os.getpid() == 1:
            # Only now: loading may run a compiler, whose status must not be taken away from it.
            # Not the loop's add_signal_handler: uvloop keeps SIGCHLD for itself.
            signal.signal(signal.SIGCHLD, _reap)
            _reap()
        _log.info("ready after %.2f s", time.monotonic() - started)
        return True
    stop.set()
    return False


def _import_and_load(application: Application, server: HttpServer, settings: Settings) -> None:
    if settings.multi_model:
        return
    # What a model needs may take a second to import: the port is open before that.
    from inference_server.load_model import load_model

    model = load_model(settings.model_directory, apart=True, trust=settings.trust)
    application.set_model(model, model.sha256)
    server.quick = quick_answer(application.served, settings.default_accept)
