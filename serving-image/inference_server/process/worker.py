"""What the supervisor forks: workers, and the porter, who has no model and says so until there is one."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
from collections.abc import Callable
from dataclasses import dataclass
from mmap import mmap
from typing import TYPE_CHECKING

import uvloop

from inference_server.http.limits import HttpLimits
from inference_server.http.server import HttpServer
from inference_server.metrics.counts import Metrics
from inference_server.quick_answer.quick_answer import quick_answer
from inference_server.routes.application import Application
from inference_server.settings import Settings

if TYPE_CHECKING:
    from inference_server.model import Model

# SageMaker sends SIGKILL 30 s after SIGTERM; requests get most of that to finish.
DRAIN_SECONDS = 20

_log = logging.getLogger("inference_server")


@dataclass(frozen=True)
class Process:
    """``failed`` is one byte, not zero once a worker has died for good; ``life`` ends with the supervisor."""

    settings: Settings
    listener: socket.socket
    failed: mmap
    life: int
    processes: int

    def make(self) -> tuple[Application, HttpServer]:
        """Return what answers, and the server around it."""
        application = Application(self.settings, self.failed)
        return application, make_server(application, self.processes)

    def run(self, application: Application, server: HttpServer) -> None:
        """Serve until SIGTERM, or until the supervisor is gone."""
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(self._serve(application, server))

    async def _serve(self, application: Application, server: HttpServer) -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        loop.add_reader(self.life, stop.set)
        await serve_and_report(application, server, self.listener, stop)
        loop.remove_reader(self.life)


async def serve_and_report(
    application: Application, server: HttpServer, listener: socket.socket, stop: asyncio.Event
) -> None:
    """Serve until ``stop``, and drain; write metrics meanwhile where the settings say so."""
    reporting = None
    if application.settings.emf:
        from inference_server.metrics.embedded_metrics import EmbeddedMetrics

        reporting = asyncio.create_task(EmbeddedMetrics(lambda: application.models).run())
    await server.serve(listener, stop, DRAIN_SECONDS)
    if reporting is not None:
        reporting.cancel()
        await asyncio.wait([reporting])


def make_server(application: Application, processes: int) -> HttpServer:
    """Return the server around an application, with this process's share of what all may hold at once."""
    body_bytes = application.settings.max_body_bytes
    limits = HttpLimits(
        body_bytes=body_bytes,
        body_seconds=application.settings.request_seconds,
        held_bytes=max(2 * body_bytes, HttpLimits.held_bytes // processes),
    )
    return HttpServer(application.answer, limits)


def run_worker(process: Process, model: Model, metrics: Metrics, await_begin: Callable[[], bool]) -> None:
    """Serve the model, once all other workers could serve it too."""
    application, server = process.make()
    application.set_model(model, model.sha256, metrics)
    server.quick = quick_answer(application.served, process.settings.default_accept)
    if await_begin():
        process.run(application, server)


def run_porter(process: Process) -> None:
    """Answer that there is no model."""
    process.run(*process.make())
