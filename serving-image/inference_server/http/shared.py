"""What the connections of one server share: who answers, the limits, and the sums that these hold for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from inference_server.http.limits import HttpLimits
from inference_server.http.messages import Request, Response

# Answers at once, or later from beside the event loop; never raises.
Answer = Callable[[Request], "Response | asyncio.Future[Response]"]
# Takes a piece of input and the time as an HTTP date; returns a whole answer, or None where it is not for it.
Quick = Callable[[bytes, bytes], bytes | None]


class Connection(Protocol):
    """A connection, as its server sees it."""

    transport: asyncio.Transport

    def check_time(self, now: float) -> None:
        """End what has taken too long."""

    def drain(self) -> None:
        """Begin no more."""


class Shared:
    """``held_bytes`` are those of bodies that arrive, wait or are being answered; ``date`` is an HTTP date."""

    def __init__(self, answer: Answer, limits: HttpLimits) -> None:
        self.answer = answer
        self.limits = limits
        self.quick: Quick | None = None
        self.connections: set[Connection] = set()
        self.held_bytes = 0
        self.draining = False
        self.date = b""
