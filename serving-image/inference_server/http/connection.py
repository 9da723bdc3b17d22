"""One caller's connection: HTTP/1.1 read by httptools' parser (llhttp, strict), answered in order.

What the parser lets through and RFC 9112 does not is refused here. A refusal is the last answer of a
connection: it goes out, our side is closed, and what the caller still sends is read and dropped for a
moment, because closing a socket with unread bytes would take the answer away from him.
https://www.rfc-editor.org/rfc/rfc9112#section-9.6
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import TYPE_CHECKING

import httptools

from inference_server.http.error_body import error_body
from inference_server.http.messages import Request, Response, response_bytes
from inference_server.invalid_input import InvalidInput

if TYPE_CHECKING:
    from inference_server.http.server import HttpServer

MAX_HEAD_BYTES = 65_536
MAX_HEADERS = 100
# Chunks of one byte take six on the wire; more than this is chunk extensions or trailers, which nobody needs.
MAX_WIRE_FACTOR = 8
# Requests that were sent at once are answered in groups, so that other callers get their turn.
BURST = 16

_HEAD_TOO_LARGE = f"The headers are larger than {MAX_HEAD_BYTES} bytes, or more than {MAX_HEADERS}"

# Headers that mean something else the second time, to us or to whoever stands before us.
_ONLY_ONCE = frozenset(
    (b"host", b"content-length", b"transfer-encoding", b"content-type", b"accept", b"expect", b"content-encoding")
)


class HttpConnection(asyncio.Protocol):
    """Reads requests, has ``server.application`` answer them, writes the answers.

    At most one piece of input (256 KiB) is read ahead while an answer is due: after that, reading pauses.
    """

    def __init__(self, server: HttpServer) -> None:
        self.server = server
        self.limits = server.limits
        self.parser = httptools.HttpRequestParser(self)
        self.transport: asyncio.Transport
        # Complete requests, and at the end perhaps the refusal of an incomplete one.
        self.waiting: deque[Request | Response] = deque()
        self.answering: asyncio.Future[Response] | None = None
        self.receiving = False  # a request has begun and is not complete
        self.in_head = True
        self.input_ended = False  # nothing more is read as HTTP
        self.eof = False
        self.lingering = False  # everything is answered, and our side is closed
        self.read_paused = False
        self.write_paused = False
        self.continue_due = False
        self.wire_bytes = 0
        self.head_bytes = 0
        self.body_bytes = 0
        self.held_bytes = 0
        self.pending_bytes = 0
        self.deadline = time.monotonic() + self.limits.idle_seconds
        self.url = b""
        self.headers: dict[bytes, bytes] = {}
        self.body: bytes | bytearray = b""

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
        self._release(self.held_bytes)
        self.server.connections.discard(self)

    def data_received(self, data: bytes) -> None:
        if self._answer_quickly(data):
            return
        self.wire_bytes += len(data)
        if self.input_ended:
            if self.wire_bytes > self.limits.dropped_bytes:
                self.transport.abort()
            return
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            # We do not upgrade: the request is answered as it is, and what follows is not HTTP.
            self.input_ended = True
            if self.waiting and isinstance(self.waiting[-1], Request):
                self.waiting[-1].keep_alive = False
        except httptools.HttpParserCallbackError as error:
            reason = error.__context__
            if not isinstance(reason, InvalidInput):
                raise
            self._refuse(reason.status, str(reason))
        except httptools.HttpParserInvalidMethodError:
            self._refuse(501, "Unknown method")
        except httptools.HttpParserError:
            self._refuse(400, "Malformed request")
        else:
            if self.wire_bytes > MAX_HEAD_BYTES:
                if self.in_head or not self.receiving:
                    self._refuse(431, _HEAD_TOO_LARGE)
                elif self.wire_bytes > MAX_WIRE_FACTOR * self.limits.body_bytes:
                    self._refuse(400, "Too much beside the body in its chunks")
        if self.waiting or self.continue_due:
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

    # The parser's side; an exception in here ends feed_data with HttpParserCallbackError

    def on_message_begin(self) -> None:
        self.receiving = self.in_head = True
        self.wire_bytes = self.head_bytes = self.body_bytes = 0
        self.url = b""
        self.headers = {}
        self.body = b""
        self.deadline = time.monotonic() + self.limits.head_seconds

    def on_url(self, url: bytes) -> None:
        self.url += url
        self.head_bytes += len(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self.in_head:
            return  # trailers mean nothing to us
        name = name.lower()
        if name in self.headers and name in _ONLY_ONCE:
            raise InvalidInput(f"More than one {name.decode('latin-1')} header")
        self.headers[name] = value
        self.head_bytes += len(name) + len(value)
        if self.head_bytes > MAX_HEAD_BYTES or len(self.headers) > MAX_HEADERS:
            raise InvalidInput(_HEAD_TOO_LARGE, status=431)

    def on_headers_complete(self) -> None:
        headers = self.headers
        self.in_head = False
        version = self.parser.get_http_version()
        if version not in ("1.1", "1.0"):
            raise InvalidInput("This server speaks HTTP/1.1", status=505)
        if version == "1.1" and b"host" not in headers:
            raise InvalidInput("The Host header is missing")
        encoding = headers.get(b"transfer-encoding")
        if encoding is not None:
            # llhttp has refused Content-Length beside it; it takes `gzip, chunked`, and in HTTP/1.0 too.
            if version == "1.0":
                raise InvalidInput("HTTP/1.0 has no Transfer-Encoding")
            if encoding.lower() != b"chunked":
                raise InvalidInput("The only Transfer-Encoding is chunked", status=501)
        length = int(headers.get(b"content-length", b"0"))
        if length > self.limits.body_bytes:
            raise InvalidInput(f"Request body is larger than {self.limits.body_bytes} bytes", status=413)
        expect = headers.get(b"expect")
        if expect is not None and version == "1.1":
            if expect.lower() != b"100-continue":
                raise InvalidInput("The only expectation is 100-continue", status=417)
            self.continue_due = length > 0 or encoding is not None
        self.deadline = time.monotonic() + self.limits.body_seconds

    def on_body(self, piece: bytes) -> None:
        self.continue_due = False
        size = len(piece)
        self.body_bytes += size
        self.held_bytes += size
        self.server.held_bytes += size
        if self.server.held_bytes > self.limits.held_bytes:
            raise InvalidInput("Too many bodies at once; try again", status=503)
        if self.body_bytes > self.limits.body_bytes:
            raise InvalidInput(f"Request body is larger than {self.limits.body_bytes} bytes", status=413)
        if not self.body:
            self.body = piece
            return
        if isinstance(self.body, bytes):
            self.body = bytearray(self.body)
        self.body += piece

    def on_message_complete(self) -> None:
        self.receiving = self.continue_due = False
        self.wire_bytes = self.body_bytes = 0
        parser = self.parser
        path, _, query = self.url.partition(b"?")
        self.waiting.append(
            Request(
                parser.get_method(),
                path if path.startswith(b"/") else _path(path),
                self.headers,
                bytes(self.body),
                parser.get_http_version() == "1.1",
                parser.should_keep_alive(),
                query,
            )
        )
        self.body = b""

    # Answers

    def _answer_quickly(self, data: bytes) -> bool:
        """Answer a whole request between two others without the parser, which then never hears of it."""
        server = self.server
        quick = server.quick
        if quick is None or self.receiving or self.waiting or self.answering is not None:
            return False
        if self.input_ended or self.write_paused or server.draining:
            return False
        answer = quick(data, server.date)
        if answer is None:
            return False
        self.transport.write(answer)
        self.wire_bytes = 0
        self.deadline = time.monotonic() + self.limits.idle_seconds
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
            if self.continue_due:
                self.continue_due = False
                self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            if self.input_ended:
                self._finish()
                return
        # While one answer is due and nothing more has come, reading goes on: that is how we learn that the caller left.
        should_pause = bool(self.waiting) or self.write_paused or (self.answering is not None and self.receiving)
        if should_pause != self.read_paused and not self.input_ended:
            self.read_paused = should_pause
            if should_pause:
                self.transport.pause_reading()
            else:
                self.transport.resume_reading()
                self.deadline = time.monotonic() + self.limits.body_seconds

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
            self._release(len(request.body))
            return
        self._write(done.result(), request)
        self._proceed()

    def _write(self, response: Response, request: Request | None) -> None:
        is_last = request is None or not request.keep_alive
        if not is_last and not self.waiting and not self.receiving:
            is_last = self.server.draining or self.input_ended
        self.transport.write(response_bytes(response, self.server.date, not is_last, request))
        if request is not None:
            self._release(len(request.body))
        if is_last:
            self._finish()
        elif not self.receiving:
            self.deadline = time.monotonic() + self.limits.idle_seconds

    def _refuse(self, status: int, message: str) -> None:
        """Let the refusal be the last answer, after those that are due."""
        if self.waiting and isinstance(self.waiting[-1], Request) and not self.waiting[-1].keep_alive:
            return  # bytes after the request that said it was the last
        self.input_ended, self.receiving, self.continue_due = True, False, False
        self.body = b""
        self._release(self.body_bytes)
        self.waiting.append(Response(status, error_body(message)))

    def _finish(self) -> None:
        """Close our side, and wait a moment for the caller to close his."""
        self.waiting.clear()
        self.input_ended = self.lingering = True
        self.wire_bytes = 0
        self.deadline = time.monotonic() + self.limits.linger_seconds
        if self.eof or self.transport.is_closing():
            self.transport.close()
            return
        self.transport.write_eof()
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()

    def _release(self, size: int) -> None:
        size = min(size, self.held_bytes)
        self.held_bytes -= size
        self.server.held_bytes -= size

    # Time

    def check_time(self, now: float) -> None:
        """Called once a second: end what has taken too long."""
        pending = self.transport.get_write_buffer_size()
        if pending:
            if pending != self.pending_bytes:
                self.pending_bytes = pending
                self.deadline = now + self.limits.write_seconds
            elif now > self.deadline:
                self.transport.abort()
        elif self.pending_bytes:
            self.pending_bytes = 0
            self.deadline = now + (self.limits.linger_seconds if self.lingering else self.limits.idle_seconds)
        elif now <= self.deadline or self.answering is not None or self.waiting:
            return
        elif self.lingering or not self.receiving:
            self.transport.close()
        else:
            self._refuse(408, "The request took too long to arrive")
            self._proceed()

    def drain(self) -> None:
        """Close at once where nothing has begun; otherwise the answer that is due is the last."""
        if self.answering is None and not self.waiting and not self.receiving and not self.lingering:
            self.transport.close()


def _path(target: bytes) -> bytes:
    # The absolute form, which every server must take: http://host/ping
    scheme, _, rest = target.partition(b"://")
    return b"/" + rest.partition(b"/")[2] if scheme.lower() in (b"http", b"https") else target
