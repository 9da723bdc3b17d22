"""What callers may not do for long, or all at once: the same classes, with limits that a test can wait for."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time

import pytest

from inference_server.http.limits import HttpLimits
from inference_server.http.messages import Request, Response
from inference_server.http.server import HttpServer
from raw_connection import RawConnection, post

PATIENT = {"head_seconds": 30, "body_seconds": 30, "idle_seconds": 30, "write_seconds": 30, "linger_seconds": 30}
PING = b"GET /ping HTTP/1.1\r\nHost: x\r\n\r\n"


class ServerThread:
    """Answers /large with 20 MB, everything else with the length of its body; ``server`` is for looking inside."""

    def __init__(self, limits: HttpLimits) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.server = HttpServer(self.answer, limits)
        self.loop = asyncio.new_event_loop()
        self.stop = asyncio.Event()
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def answer(self, request: Request) -> Response:
        return Response(200, b"x" * 20_000_000 if request.path == b"/large" else b"%d" % len(request.body))

    def run(self) -> None:
        self.loop.run_until_complete(self.server.serve(self.listener, self.stop, 5))
        self.loop.close()

    def end(self) -> None:
        with contextlib.suppress(RuntimeError):  # it may have come to its end already
            self.loop.call_soon_threadsafe(self.stop.set)
        self.thread.join(10)


@pytest.fixture
def serve():
    started: list[ServerThread] = []

    def start(**limits: float) -> ServerThread:
        started.append(ServerThread(HttpLimits(**PATIENT | limits)))
        return started[-1]

    yield start
    for server in started:
        server.end()


@pytest.fixture(params=["asyncio", "uvloop"], autouse=True)
def loop_of(request, monkeypatch):
    """The same on both event loops: on uvloop the server runs, asyncio's is what its documentation promises."""
    if request.param == "uvloop":
        import uvloop

        monkeypatch.setattr(asyncio, "new_event_loop", uvloop.new_event_loop)


def test_a_head_that_does_not_come_to_its_end_is_408(serve):
    with RawConnection(serve(head_seconds=0.5).url) as connection:
        connection.send(PING + PING[:-4])
        assert connection.read().status == 200
        answer = connection.read()
        assert (answer.status, answer.headers["connection"]) == (408, "close")


def test_a_head_that_comes_by_drops_is_408(serve):
    started = time.monotonic()
    with RawConnection(serve(head_seconds=1).url) as connection:
        with contextlib.suppress(OSError):
            connection.send(*[b"GET /ping HTTP/1.1\r\n", *[b"X: y\r\n"] * 25], pause=0.1)
        assert connection.read().status == 408
    assert time.monotonic() - started < 5


def test_a_body_that_does_not_come_to_its_end_is_408(serve):
    with RawConnection(serve(body_seconds=0.5).url) as connection:
        connection.send(post()[:-1])
        assert connection.read().status == 408


def test_empty_lines_do_not_keep_a_connection(serve):
    with RawConnection(serve(idle_seconds=1).url) as connection, contextlib.suppress(OSError):
        connection.send(*[b"\r\n"] * 100, pause=0.1)
        pytest.fail("the connection is still open after 10 s")


def test_a_connection_that_nobody_uses_is_closed(serve):
    with RawConnection(serve(idle_seconds=0.5).url) as connection:
        connection.send(PING)
        assert connection.read().status == 200
        started = time.monotonic()
        assert connection.is_closed()
        assert time.monotonic() - started < 4


def test_a_caller_who_does_not_read_his_answer_is_cut_off(serve):
    served = serve(write_seconds=1)
    with RawConnection(served.url) as connection:
        connection.send(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.socket.recv(1)
        deadline = time.monotonic() + 8
        while served.server.connections and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not served.server.connections
        received = 0
        with contextlib.suppress(ConnectionResetError):
            while piece := connection.socket.recv(1_000_000):
                received += len(piece)
        assert received < 20_000_000


def test_a_caller_who_reads_slowly_gets_all_of_his_answer(serve):
    with RawConnection(serve(write_seconds=2, idle_seconds=1, linger_seconds=1).url) as connection:
        connection.send(b"GET /large HTTP/1.0\r\n\r\n")
        time.sleep(1.5)
        head = connection._until(b"\r\n\r\n")
        received = len(connection.received)
        for _ in range(8):
            time.sleep(0.3)
            received += len(connection.socket.recv(1_000_000))
        while piece := connection.socket.recv(1_000_000):
            received += len(piece)
        assert b"content-length: 20000000" in head
        assert received == 20_000_000


def test_after_a_refusal_the_connection_ends_though_the_caller_does_not(serve):
    with RawConnection(serve(linger_seconds=0.5).url) as connection:
        connection.send(b"nonsense\r\n\r\n")
        assert connection.read().status == 501
        assert connection.is_closed()
        with pytest.raises(OSError):  # noqa: PT011 (reset or broken pipe, by the moment)
            connection.send(*[b"x"] * 50, pause=0.1)


def test_all_bodies_together_are_bounded(serve):
    served = serve(held_bytes=1000)
    with RawConnection(served.url) as first, RawConnection(served.url) as second:
        first.send(post(b"x" * 900)[:-1])
        while served.server.held_bytes < 899:
            time.sleep(0.01)
        second.send(post(b"x" * 200))
        assert second.read().status == 503
        first.send(b"x")
        assert first.read().body == b"900"
        first.send(post(b"x" * 999))
        assert first.read().status == 200
    while served.server.connections:
        time.sleep(0.01)
    assert served.server.held_bytes == 0


def test_bodies_of_callers_who_leave_are_not_counted_on(serve):
    served = serve()
    for _ in range(20):
        with RawConnection(served.url) as connection:
            connection.send(post(b"x" * 1000)[:-1])
    with RawConnection(served.url) as connection:
        connection.send(PING)
        connection.read()
    deadline = time.monotonic() + 5
    while (served.server.connections or served.server.held_bytes) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert (served.server.connections, served.server.held_bytes) == (set(), 0)


def test_more_connections_than_there_may_be_are_503(serve):
    served = serve(connections=3)
    kept = [RawConnection(served.url) for _ in range(3)]
    try:
        for connection in kept:
            connection.send(PING)
            assert connection.read().status == 200
        with RawConnection(served.url) as connection:
            assert connection.read().status == 503
            assert connection.is_closed()
    finally:
        for connection in kept:
            connection.socket.close()


def test_a_drain_answers_what_has_begun_and_closes_what_has_not(serve):
    served = serve()
    with RawConnection(served.url) as idle, RawConnection(served.url) as begun:
        idle.send(PING)
        idle.read()
        begun.send(PING + post()[:-1])
        begun.read()
        served.loop.call_soon_threadsafe(served.stop.set)
        assert idle.is_closed()
        begun.send(post()[-1:])
        answer = begun.read()
        assert (answer.status, answer.headers["connection"]) == (200, "close")
        assert begun.is_closed()
    served.thread.join(5)
    assert not served.thread.is_alive()
    with pytest.raises(ConnectionRefusedError):
        RawConnection(served.url)
