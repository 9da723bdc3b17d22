"""All connections together: accepts, watches the clock, and drains."""

from __future__ import annotations

import asyncio
import socket
import time
from email.utils import formatdate

from inference_server.http.connection import HttpConnection
from inference_server.http.limits import HttpLimits
from inference_server.http.shared import Answer, Shared


class HttpServer(Shared):
    """Serves ``answer`` on a listening socket."""

    def __init__(self, answer: Answer, limits: HttpLimits) -> None:
        super().__init__(answer, limits)
        self._tick()

    async def serve(self, listener: socket.socket, stop: asyncio.Event, drain_seconds: float) -> None:
        """Serve until ``stop``; then let requests that have begun come to their end, for ``drain_seconds``."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: HttpConnection(self), sock=listener, backlog=2048)
        ticking = asyncio.create_task(self._keep_time())
        try:
            await stop.wait()
            server.close()
            await self._drain(drain_seconds)
        finally:
            ticking.cancel()

    async def _drain(self, seconds: float) -> None:
        self.draining = True
        for connection in list(self.connections):
            connection.drain()
        deadline = time.monotonic() + seconds
        while self.connections and time.monotonic() < deadline:
            await asyncio.sleep(0.02)
        for connection in list(self.connections):
            connection.transport.abort()

    async def _keep_time(self) -> None:
        while True:
            await asyncio.sleep(1)
            self._tick()

    def _tick(self) -> None:
        self.date = formatdate(usegmt=True).encode()
        now = time.monotonic()
        for connection in list(self.connections):
            connection.check_time(now)
