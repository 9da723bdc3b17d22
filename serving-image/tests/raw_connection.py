"""A caller at the level of bytes: sends what it is told, in the pieces it is told, and reads whole answers."""

from __future__ import annotations

import json
import socket
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

BODY = b'{"instances": [[5.1, 3.5, 1.4, 0.2]]}'


def post(body: bytes = BODY, *lines: str, path: str = "/invocations") -> bytes:
    """Return an invocation of whole bytes, with further header lines."""
    head = [f"POST {path} HTTP/1.1", "Host: x", "Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*head, *lines, "", ""]).encode() + body


@dataclass(frozen=True)
class RawAnswer:
    """``headers`` have names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def error(self) -> str:
        return json.loads(self.body)["error"]


class RawConnection:
    """One TCP connection; ``url`` names the server."""

    def __init__(self, url: str, timeout: float = 10) -> None:
        address = urlsplit(url)
        self.socket = socket.create_connection((address.hostname, address.port), timeout=timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""

    def __enter__(self) -> RawConnection:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, *pieces: bytes, pause: float = 0) -> None:
        for piece in pieces:
            self.socket.sendall(piece)
            if pause:
                time.sleep(pause)

    def end(self) -> None:
        """Close this side; the server's side stays open."""
        self.socket.shutdown(socket.SHUT_WR)

    def read(self, has_body: bool = True) -> RawAnswer:
        """Read one answer; raises EOFError if the connection ends before it is complete."""
        head = self._until(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")[:-2]
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        status = int(first.split(" ")[1])
        length = int(headers.get("content-length", 0)) if has_body and status != 100 else 0
        while len(self.received) < length:
            self._more()
        body, self.received = self.received[:length], self.received[length:]
        return RawAnswer(status, headers, body)

    def is_closed(self) -> bool:
        """Wait until the server closes, and say whether it did so without another byte."""
        if self.received:
            return False
        try:
            return self.socket.recv(1) == b""
        except ConnectionResetError:
            return True

    def _until(self, mark: bytes) -> bytes:
        while mark not in self.received:
            self._more()
        found, _, self.received = self.received.partition(mark)
        return found + mark

    def _more(self) -> None:
        piece = self.socket.recv(65536)
        if not piece:
            raise EOFError(self.received)
        self.received += piece
