"""One caller's connection: what ``RequestReader`` reads is answered in order, and the clock is watched.

A refusal is the last answer of a connection: it goes out, our side is closed, and what the caller still sends is
read and dropped for a moment, because closing a socket with unread bytes would take the answer away from him.
https://www.rfc-editor.org/rfc/rfc9112#section-9.6
"""

from __future__ import annotations

import asyncio
import time
from collections import deque

from inference_server.http.error_body import error_body
from inference_server.http.messages import Request, Response, response_bytes
from inference_server.http.request_reader import RequestReader
from inference_server.http.shared import Shared
from inference_server.invalid_input import InvalidInput

# Requests that were sent at once are answered in groups, so that other callers get their turn.
BURST = 16


class HttpConnection(asyncio.Protocol):
    """Reads requests, has ``server`` answer them, writes the answers.

    At most one piece of input (256 KiB) is read ahead while an answer is due: after that, reading pauses.
    """

    def __init__(self, server: Shared) -> None:
        self.server = server
        self.limits = server.limits
        self.transport: asyncio.Transport
        # Complete requests, and at the end perhaps the refusal of an incomplete one.
        self.waiting: deque[Request | Response] = deque()
        self.reader = RequestReader(server, self.waiting.append)
        self.answering: asyncio.Future[Response] | None = None
        self.input_ended = False  # nothing more is read as HTTP
        self.eof = False
        self.lingering = False  # everything is answered, and our side is closed
        self.read_paused = False
        self.write_paused = False
        self.dropped_bytes = 0
        self.pending_bytes = 0

    # asyncio's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]
        self.server.connections.add(self)
        if len(self.server.connections) > self.limits.connections:
            self._refuse(503, "Too many connections")
            self._proceed()

    def connection_lost(self, error: Exception | None) -> None:
        self.waiting.clear()
        self.lingering = True
        if self.answering is not None:
            self.answering.cancel()
        self.reader.release()
        self.server.connections.discard(self)

    def data_received(self, data: bytes) -> None:
        if self._answer_quickly(data):
            return
        if self.input_ended:
            self.dropped_bytes += len(data)
            if self.dropped_bytes > self.limits.dropped_bytes:
                self.transport.abort()
            return
        try:
            if not self.reader.feed(data):
                self.input_ended = True
                if self.waiting and isinstance(self.waiting[-1], Request):
                    self.waiting[-1].keep_alive = False
        except InvalidInput as error:
            self._refuse(error.status, str(error))
        if self.waiting or self.reader.continue_due:
            self._proceed()

    def eof_received(self) -> bool:
        """Keep our side open while answers are due to a caller that has closed his."""
        self.input_ended = self.eof = True
        return not self.lingering and (self.answering is not None or bool(self.waiting))

    def pause_writing(self) -> None:
        self.write_paused = True

    def resume_writing(self) -> None:
        self.write_paused = False
        self._proceed()

    # Answers

    def _answer_quickly(self, data: bytes) -> bool:
        """Answer a whole request between two others without the parser, which then never hears of it."""
        server, reader = self.server, self.reader
        quick = server.quick
        if quick is None or reader.receiving or self.waiting or self.answering is not None:
            return False
        if self.input_ended or self.write_paused or server.draining:
            return False
        answer = quick(data, server.date)
        if answer is None:
            return False
        self.transport.write(answer)
        reader.wire_bytes = 0
        reader.deadline = time.monotonic() + self.limits.idle_seconds
        return True

    def _proceed(self) -> None:
        """Answer what is waiting, as far as the caller reads; then let him send on."""
        for _ in range(BURST):
            if not self.waiting or self.answering is not None or self.write_paused or self.lingering:
                break
            self._answer(self.waiting.popleft())
        else:
            if self.waiting:
                asyncio.get_running_loop().call_soon(self._proceed)
        if self.lingering:
            return
        is_busy = self.answering is not None or bool(self.waiting) or self.write_paused
        if not is_busy:
            if self.reader.continue_due:
                self.reader.continue_due = False
                self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            if self.input_ended:
                self._finish()
                return
        # While one answer is due and nothing more has come, reading goes on: that is how we learn that the caller left.
        should_pause = bool(self.waiting) or self.write_paused or (self.answering is not None and self.reader.receiving)
        if should_pause != self.read_paused and not self.input_ended:
            self.read_paused = should_pause
            if should_pause:
                self.transport.pause_reading()
            else:
                self.transport.resume_reading()
                self.reader.deadline = time.monotonic() + self.limits.body_seconds

    def _answer(self, request: Request | Response) -> None:
        if isinstance(request, Response):
            self._write(request, None)
            return
        answer = self.server.answer(request)
        if isinstance(answer, Response):
            self._write(answer, request)
            return
        self.answering = answer
        answer.add_done_callback(lambda done: self._answered(done, request))

    def _answered(self, done: asyncio.Future[Response], request: Request) -> None:
        self.answering = None
        if done.cancelled() or self.transport.is_closing():
            self.reader.release(len(request.body))
            return
        self._write(done.result(), request)
        self._proceed()

    def _write(self, response: Response, request: Request | None) -> None:
        reader = self.reader
        is_last = request is None or not request.keep_alive
        if not is_last and not self.waiting and not reader.receiving:
            is_last = self.server.draining or self.input_ended
        self.transport.write(response_bytes(response, self.server.date, not is_last, request))
        if request is not None and request.body:
            reader.release(len(request.body))
        if is_last:
            self._finish()
        elif not reader.receiving:
            reader.deadline = time.monotonic() + self.limits.idle_seconds

    def _refuse(self, status: int, message: str) -> None:
        """Let the refusal be the last answer, after those that are due."""
        if self.waiting and isinstance(self.waiting[-1], Request) and not self.waiting[-1].keep_alive:
            return  # bytes after the request that said it was the last
        self.input_ended = True
        self.reader.give_up()
        self.waiting.append(Response(status, error_body(message)))

    def _finish(self) -> None:
        """Close our side, and wait a moment for the caller to close his."""
        self.waiting.clear()
        self.input_ended = self.lingering = True
        self.dropped_bytes = 0
        self.reader.deadline = time.monotonic() + self.limits.linger_seconds
        if self.eof or self.transport.is_closing():
            self.transport.close()
            return
        self.transport.write_eof()
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()

    # Time

    def check_time(self, now: float) -> None:
        """Called once a second: end what has taken too long."""
        pending = self.transport.get_write_buffer_size()
        if pending:
            if pending != self.pending_bytes:
                self.pending_bytes = pending
                self.reader.deadline = now + self.limits.write_seconds
            elif now > self.reader.deadline:
                self.transport.abort()
        elif self.pending_bytes:
            self.pending_bytes = 0
            self.reader.deadline = now + (self.limits.linger_seconds if self.lingering else self.limits.idle_seconds)
        elif now <= self.reader.deadline or self.answering is not None or self.waiting:
            return
        elif self.lingering or not self.reader.receiving:
            self.transport.close()
        else:
            self._refuse(408, "The request took too long to arrive")
            self._proceed()

    def drain(self) -> None:
        """Close at once where nothing has begun; otherwise the answer that is due is the last."""
        if self.answering is None and not self.waiting and not self.reader.receiving and not self.lingering:
            self.transport.close()
