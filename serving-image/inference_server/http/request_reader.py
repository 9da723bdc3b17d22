"""Reads the requests of one connection out of its bytes, by httptools' parser (llhttp, strict).

What the parser lets through and RFC 9112 does not is refused here.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import httptools

from inference_server.http.messages import Request
from inference_server.http.shared import Shared
from inference_server.invalid_input import InvalidInput

MAX_HEAD_BYTES = 65_536
MAX_HEADERS = 100
# Chunks of one byte take six on the wire; more than this is chunk extensions or trailers, which nobody needs.
MAX_WIRE_FACTOR = 8

_HEAD_TOO_LARGE = f"The headers are larger than {MAX_HEAD_BYTES} bytes, or more than {MAX_HEADERS}"

# Headers that mean something else the second time, to us or to whoever stands before us.
_ONLY_ONCE = frozenset(
    (b"host", b"content-length", b"transfer-encoding", b"content-type", b"accept", b"expect", b"content-encoding")
)


class RequestReader:
    """Gives every complete request to ``take``.

    ``receiving`` tells that a request has begun and is not complete; ``continue_due`` that its sender waits for
    100 Continue. ``wire_bytes`` are those of the part that is read now. ``deadline`` is when the connection has waited
    long enough: the reader moves it with the parts of a request, the connection with its answers.
    """

    def __init__(self, shared: Shared, take: Callable[[Request], object]) -> None:
        self._shared = shared
        self._limits = shared.limits
        self._take = take
        self._parser = httptools.HttpRequestParser(self)
        self.receiving = False
        self.continue_due = False
        self.deadline = time.monotonic() + self._limits.idle_seconds
        self.wire_bytes = 0
        self._in_head = True
        self._head_bytes = 0
        self._body_bytes = 0
        self._held_bytes = 0
        self._url = b""
        self._headers: dict[bytes, bytes] = {}
        self._body: bytes | bytearray = b""

    def feed(self, data: bytes) -> bool:
        """Read on; return False where what follows is no HTTP. Raises ``InvalidInput`` for what is refused."""
        self.wire_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            # We do not upgrade: the request is answered as it is.
            return False
        except httptools.HttpParserCallbackError as error:
            reason = error.__context__
            if not isinstance(reason, InvalidInput):
                raise
            raise reason from None
        except httptools.HttpParserInvalidMethodError:
            raise InvalidInput("Unknown method", status=501) from None
        except httptools.HttpParserError:
            raise InvalidInput("Malformed request") from None
        if self.wire_bytes > MAX_HEAD_BYTES:
            if self._in_head or not self.receiving:
                raise InvalidInput(_HEAD_TOO_LARGE, status=431)
            if self.wire_bytes > MAX_WIRE_FACTOR * self._limits.body_bytes:
                raise InvalidInput("Too much beside the body in its chunks")
        return True

    def give_up(self) -> None:
        """Forget the request that is not complete."""
        self.receiving = self.continue_due = False
        self._body = b""
        self.release(self._body_bytes)

    def release(self, size: int | None = None) -> None:
        """Note that a body of this size, or all of them, is held no longer."""
        size = self._held_bytes if size is None else min(size, self._held_bytes)
        self._held_bytes -= size
        self._shared.held_bytes -= size

    # The parser's side; an exception in here ends feed_data with HttpParserCallbackError

    def on_message_begin(self) -> None:
        self.receiving = self._in_head = True
        self.wire_bytes = self._head_bytes = self._body_bytes = 0
        self._url = b""
        self._headers = {}
        self._body = b""
        self.deadline = time.monotonic() + self._limits.head_seconds

    def on_url(self, url: bytes) -> None:
        self._url += url
        self._head_bytes += len(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._in_head:
            return  # trailers mean nothing to us
        name = name.lower()
        if name in self._headers and name in _ONLY_ONCE:
            raise InvalidInput(f"More than one {name.decode('latin-1')} header")
        self._headers[name] = value
        self._head_bytes += len(name) + len(value)
        if self._head_bytes > MAX_HEAD_BYTES or len(self._headers) > MAX_HEADERS:
            raise InvalidInput(_HEAD_TOO_LARGE, status=431)

    def on_headers_complete(self) -> None:
        headers = self._headers
        self._in_head = False
        version = self._parser.get_http_version()
        if version not in ("1.1", "1.0"):
            raise InvalidInput("This server speaks HTTP/1.1", status=505)
        if version == "1.1" and b"host" not in headers:
            raise InvalidInput("The Host header is missing")
        encoding = headers.get(b"transfer-encoding")
        if encoding is not None:
            # The parser has refused Content-Length beside it; what follows is RFC 9112, section 6.1.
            if version == "1.0":
                raise InvalidInput("HTTP/1.0 has no Transfer-Encoding")
            if encoding.lower() != b"chunked":
                raise InvalidInput("The only Transfer-Encoding is chunked", status=501)
        length = int(headers.get(b"content-length", b"0"))
        if length > self._limits.body_bytes:
            raise InvalidInput(f"Request body is larger than {self._limits.body_bytes} bytes", status=413)
        expect = headers.get(b"expect")
        if expect is not None and version == "1.1":
            if expect.lower() != b"100-continue":
                raise InvalidInput("The only expectation is 100-continue", status=417)
            self.continue_due = length > 0 or encoding is not None
        self.deadline = time.monotonic() + self._limits.body_seconds

    def on_body(self, piece: bytes) -> None:
        self.continue_due = False
        size = len(piece)
        self._body_bytes += size
        self._held_bytes += size
        self._shared.held_bytes += size
        if self._shared.held_bytes > self._limits.held_bytes:
            raise InvalidInput("Too many bodies at once; try again", status=503)
        if self._body_bytes > self._limits.body_bytes:
            raise InvalidInput(f"Request body is larger than {self._limits.body_bytes} bytes", status=413)
        if not self._body:
            self._body = piece
            return
        if isinstance(self._body, bytes):
            self._body = bytearray(self._body)
        self._body += piece

    def on_message_complete(self) -> None:
        self.receiving = self.continue_due = False
        self.wire_bytes = self._body_bytes = 0
        parser = self._parser
        path, _, query = self._url.partition(b"?")
        self._take(
            Request(
                parser.get_method(),
                path if path.startswith(b"/") else _path(path),
                self._headers,
                bytes(self._body),
                parser.get_http_version() == "1.1",
                parser.should_keep_alive(),
                query,
            )
        )
        self._body = b""


def _path(target: bytes) -> bytes:
    # The absolute form, which every server must take: http://host/ping
    scheme, _, rest = target.partition(b"://")
    return b"/" + rest.partition(b"/")[2] if scheme.lower() in (b"http", b"https") else target
