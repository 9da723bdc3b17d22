"""A request as the connection hands it on, a response as it goes out, and the response's bytes."""

from __future__ import annotations

import http
from dataclasses import dataclass

_STATUS_LINES = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode() for status in http.HTTPStatus}

JSON = b"application/json"


@dataclass(slots=True)
class Request:
    """One complete request; header names are in lower case, ``path`` is without ``query`` and the mark before it."""

    method: bytes
    path: bytes
    headers: dict[bytes, bytes]
    body: bytes
    is_http_1_1: bool
    keep_alive: bool
    query: bytes = b""


@dataclass(slots=True)
class Response:
    """Status, body and type; ``headers`` are whole lines of our own making, never a caller's bytes."""

    status: int
    body: bytes = b""
    content_type: bytes = JSON
    headers: bytes = b""


def response_bytes(response: Response, date: bytes, keep_alive: bool, request: Request | None) -> bytes:
    """Return what goes over the wire; without a body in answer to HEAD, and without a type where there is none."""
    if not keep_alive:
        connection = b"connection: close\r\n"
    elif request is not None and not request.is_http_1_1:
        connection = b"connection: keep-alive\r\n"
    else:
        connection = b""
    body = response.body
    return b"%bdate: %b\r\n%b%b%bcontent-length: %d\r\n\r\n%b" % (
        _STATUS_LINES[response.status],
        date,
        b"content-type: %b\r\n" % response.content_type if body else b"",
        response.headers,
        connection,
        len(body),
        b"" if request is not None and request.method == b"HEAD" else body,
    )
