"""What a route is made of."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from inference_server.http.messages import Request, Response

Answered = Response | asyncio.Future[Response]
Handler = Callable[[Request], Answered]
# By method.
Handlers = Mapping[bytes, Handler]
