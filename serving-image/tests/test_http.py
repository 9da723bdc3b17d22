"""HTTP/1.1 at the level of bytes, asked of a real process: framing, order, limits, refusals.

https://www.rfc-editor.org/rfc/rfc9112
"""

from __future__ import annotations

import json
import socket
import time

import pytest

from raw_connection import BODY, RawConnection, post

PING = b"GET /ping HTTP/1.1\r\nHost: x\r\n\r\n"
CHUNKED = (
    b"POST /invocations HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
)


@pytest.fixture
def connection(iris_server):
    with RawConnection(iris_server.url) as connection:
        yield connection


def head(*lines: str) -> bytes:
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def is_alive(connection: RawConnection) -> bool:
    connection.send(PING)
    return connection.read().status == 200


def test_a_connection_is_kept_and_says_when_it_answered(connection):
    for _ in range(3):
        connection.send(post())
        answer = connection.read()
        assert answer.status == 200
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["date"].endswith("GMT")
        assert "connection" not in answer.headers


def test_a_request_may_come_in_two_pieces_split_at_every_byte(connection):
    request = post()
    for place in range(1, len(request)):
        connection.send(request[:place])
        connection.send(request[place:])
        assert connection.read().status == 200


def test_a_request_may_come_byte_by_byte(connection):
    first, second = BODY[:5], BODY[5:]
    request = CHUNKED + b"5\r\n%b\r\n%x;name=value\r\n%b\r\n0\r\nA: b\r\n\r\n" % (first, len(second), second)
    for byte in range(len(request)):
        connection.send(request[byte : byte + 1])
    assert connection.read().status == 200
    assert is_alive(connection)


def test_chunks_are_put_together(connection):
    for size in (1, 2, 7, len(BODY)):
        pieces = [BODY[start : start + size] for start in range(0, len(BODY), size)]
        connection.send(CHUNKED, *(b"%X\r\n%b\r\n" % (len(piece), piece) for piece in pieces), b"0\r\n\r\n")
        assert connection.read().status == 200


def test_requests_sent_at_once_are_answered_in_order(connection):
    lengths = [1, 300, 2, 2000, 1, 50, 1]  # some are answered by threads, some at once
    rows = [json.dumps({"instances": [[number, 3, 4, 5]] * length}) for number, length in enumerate(lengths)]
    connection.send(b"".join(PING + post(row.encode()) for row in rows))
    for number, length in enumerate(lengths):
        assert connection.read().body == b""
        predictions = json.loads(connection.read().body)["predictions"]
        assert len(predictions) == length
        assert predictions[0]["input_features"]["sepal_length"] == number


def test_a_thousand_requests_at_once(connection):
    connection.send(PING * 1000)
    assert [connection.read().status for _ in range(1000)] == [200] * 1000


def test_the_answer_comes_when_the_caller_has_closed_his_side(connection):
    connection.send(post() + post(b"[]"))
    connection.end()
    assert [connection.read().status, connection.read().status] == [200, 400]
    assert connection.is_closed()


def test_half_a_request_and_then_nothing_is_closed_without_an_answer(connection):
    connection.send(post()[:-5])
    connection.end()
    assert connection.is_closed()


def test_an_answer_is_followed_by_the_end_when_the_rest_will_not_come(connection):
    connection.send(post() + post()[:-5])
    connection.end()
    assert connection.read().status == 200
    assert connection.is_closed()


@pytest.mark.parametrize(
    ("line", "version", "kept"),
    [
        ("Connection: close", "1.1", False),
        ("Connection: keep-alive", "1.1", True),
        ("X: y", "1.0", False),
        ("Connection: keep-alive", "1.0", True),
    ],
)
def test_the_connection_is_kept_as_the_caller_asks(connection, line, version, kept):
    connection.send(head(f"GET /ping HTTP/{version}", "Host: x", line))
    answer = connection.read()
    said = "close" if not kept else "keep-alive" if version == "1.0" else None
    assert answer.headers.get("connection") == said
    assert is_alive(connection) if kept else connection.is_closed()


def test_http_1_0_needs_no_host(connection):
    connection.send(b"GET /ping HTTP/1.0\r\n\r\n")
    assert connection.read().status == 200


def test_expect_100_continue_is_answered_before_the_body(connection):
    request = post(BODY, "Expect: 100-continue")
    connection.send(request[: -len(BODY)])
    assert connection.read().status == 100
    connection.send(BODY)
    assert connection.read().status == 200
    connection.send(request)  # the body came along: nobody waits for the 100
    assert connection.read().status == 200


def test_100_continue_keeps_its_place_behind_earlier_answers(connection):
    large = json.dumps({"instances": [[1, 2, 3, 4]] * 5000}).encode()
    connection.send(post(large) + post(BODY, "Expect: 100-continue")[: -len(BODY)])
    assert [connection.read().status, connection.read().status] == [200, 100]
    connection.send(BODY)
    assert connection.read().status == 200


def test_too_large_a_body_is_refused_before_it_is_sent(connection):
    connection.send(head("POST /invocations HTTP/1.1", "Host: x", "Expect: 100-continue", "Content-Length: 6291457"))
    answer = connection.read()
    assert (answer.status, answer.headers["connection"]) == (413, "close")
    assert answer.error == "Request body is larger than 6291456 bytes"
    assert connection.is_closed()


def test_too_large_a_body_in_chunks_is_refused_when_it_becomes_too_large(connection):
    chunk = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
    connection.send(CHUNKED, *[chunk] * 6)
    connection.socket.settimeout(0.2)
    with pytest.raises(TimeoutError):
        connection.read()
    connection.socket.settimeout(10)
    connection.send(b"1\r\n")
    connection.send(b" ")
    assert connection.read().status == 413


def test_a_caller_who_never_ends_is_cut_off(connection):
    connection.send(head("POST /invocations HTTP/1.1", "Host: x", "Content-Length: 99999999999"))
    assert connection.read().status == 413
    with pytest.raises(OSError):  # noqa: PT011, PT012 (reset or broken pipe, at some moment)
        for _ in range(100):
            connection.send(b" " * 1_048_576)


def test_a_head_without_end_is_refused(connection):
    connection.send(b"GET /ping HTTP/1.1\r\nHost: x\r\nX: ")
    with pytest.raises(OSError):  # noqa: PT011, PT012
        for _ in range(2000):
            connection.send(b"x" * 65536)


@pytest.mark.parametrize(
    "request_bytes",
    [
        head("GET /ping HTTP/1.1", "Host: x", "X: " + "x" * 65536),
        head("GET /ping?" + "x" * 65536 + " HTTP/1.1", "Host: x"),
        head("GET /ping HTTP/1.1", "Host: x", *(f"X-{number}: y" for number in range(200))),
        head("GET /ping HTTP/1.1", "Host: x", *["X: y"] * 40_000),
        b"\r\n" * 100_000,
    ],
    ids=["value", "path", "different headers", "one header again and again", "empty lines"],
)
def test_large_heads_are_431(connection, request_bytes):
    connection.send(request_bytes)
    answer = connection.read()
    assert answer.status == 431
    assert connection.is_closed()


POST = "POST /ping HTTP/1.1", "Host: x"
MALFORMED = {
    "length and chunks": (400, head(*POST, "Content-Length: 3", "Transfer-Encoding: chunked")),
    "chunks and length": (400, head(*POST, "Transfer-Encoding: chunked", "Content-Length: 3")),
    "two lengths": (400, head(*POST, "Content-Length: 3", "Content-Length: 4") + b"abcd"),
    "the same length twice": (400, head(*POST, "Content-Length: 3", "Content-Length: 3") + b"abc"),
    "a list of lengths": (400, head(*POST, "Content-Length: 3, 3") + b"abc"),
    "a signed length": (400, head(*POST, "Content-Length: +3") + b"abc"),
    "a negative length": (400, head(*POST, "Content-Length: -3") + b"abc"),
    "a length in hexadecimal": (400, head(*POST, "Content-Length: 0x3") + b"abc"),
    "an empty length": (400, head(*POST, "Content-Length: ") + b"abc"),
    "a length of 20 digits": (400, head(*POST, "Content-Length: 99999999999999999999")),
    "a length in other digits": (400, head(*POST, "Content-Length: \xb2")),
    "two encodings": (400, head(*POST, *["Transfer-Encoding: chunked"] * 2) + b"0\r\n\r\n"),
    "chunks that are not last": (400, head(*POST, "Transfer-Encoding: chunked, gzip")),
    "another encoding first": (501, head(*POST, "Transfer-Encoding: gzip, chunked")),
    "an unknown encoding": (501, head(*POST, "Transfer-Encoding: xchunked")),
    "an encoding behind a tab": (400, head(*POST, "Transfer-Encoding:\x0bchunked")),
    "chunks in HTTP/1.0": (400, head("POST /ping HTTP/1.0", "Transfer-Encoding: chunked") + b"0\r\n\r\n"),
    "a size of chunk that is none": (400, CHUNKED + b"0x3\r\nabc\r\n0\r\n\r\n"),
    "a size of chunk too large": (400, CHUNKED + b"fffffffffffffffff\r\nabc"),
    "a chunk longer than its size": (400, CHUNKED + b"3\r\nabcd\r\n0\r\n\r\n"),
    "a size of chunk ended by LF": (400, CHUNKED + b"3\nabc\r\n0\r\n\r\n"),
    "a LF in a chunk's extension": (400, CHUNKED + b"3;a=\nb\r\nabc\r\n0\r\n\r\n"),
    "space before the colon": (400, head(*POST, "Content-Length : 3") + b"abc"),
    "a folded header": (400, head("GET /ping HTTP/1.1", "Host: x", "X: a", " b")),
    "a header without a name": (400, head("GET /ping HTTP/1.1", "Host: x", ": b")),
    "a header without a colon": (400, head("GET /ping HTTP/1.1", "Host: x", "X")),
    "a line ended by LF": (400, b"GET /ping HTTP/1.1\r\nHost: x\nX: y\r\n\r\n"),
    "lines ended by LF": (400, b"GET /ping HTTP/1.1\nHost: x\n\n"),
    "a bare CR": (400, b"GET /ping HTTP/1.1\r\nHost: x\r\nX: a\rY: b\r\n\r\n"),
    "a NUL": (400, head("GET /ping HTTP/1.1", "Host: x", "X: a\0b")),
    "no host": (400, head("GET /ping HTTP/1.1")),
    "two hosts": (400, head("GET /ping HTTP/1.1", "Host: x", "Host: y")),
    "two types": (400, head(*POST, "Content-Type: text/csv", "Content-Type: application/json")),
    "HTTP/0.9": (505, b"GET /ping\r\n\r\n"),
    "HTTP/2": (400, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    "HTTP/2 without its preface": (505, head("GET /ping HTTP/2.0", "Host: x")),
    "a version that is none": (400, head("GET /ping HTTP/1.9", "Host: x")),
    "an unknown method": (501, head("BREW /ping HTTP/1.1", "Host: x")),
    "a method in lower case": (501, head("get /ping HTTP/1.1", "Host: x")),
    "another protocol": (501, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
    "an expectation that is none": (417, head(*POST, "Expect: tea", "Content-Length: 1")),
    "a space in the path": (400, head("GET /pi ng HTTP/1.1", "Host: x")),
    "a byte beyond ASCII in the path": (400, head("GET /p\xffng HTTP/1.1", "Host: x")),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_what_is_malformed_is_refused_and_nothing_after_it_is_read(connection, name):
    status, request = MALFORMED[name]
    # If what stands behind it were read as a request, there would be a second answer.
    connection.send(PING + request + PING)
    assert connection.read().status == 200
    answer = connection.read()
    assert (answer.status, answer.headers["connection"]) == (status, "close")
    assert answer.error
    assert connection.is_closed()


@pytest.mark.parametrize(
    ("method", "path", "status", "allow"),
    [
        ("OPTIONS", "/invocations", 405, "POST"),
        ("OPTIONS", "*", 404, None),
        ("PUT", "/ping", 405, "GET, HEAD, POST"),
        ("TRACE", "/ping", 405, "GET, HEAD, POST"),
        ("GET", "/ping/../invocations", 404, None),
        ("GET", "//ping", 404, None),
        ("GET", "/%70ing", 404, None),
        ("GET", "/ping%0d%0aX: y", 400, None),
        ("GET", "/metrics?x=y", 200, None),
        ("GET", "http://elsewhere/ping", 200, None),
    ],
)
def test_methods_and_paths(connection, method, path, status, allow):
    connection.send(head(f"{method} {path} HTTP/1.1", "Host: x"))
    answer = connection.read()
    assert (answer.status, answer.headers.get("allow")) == (status, allow)
    if status >= 400:
        assert answer.headers["content-type"] == "application/json"
        assert answer.error
    if status != 400:
        assert is_alive(connection)


@pytest.mark.parametrize("path", ["/ping", "/metrics", "/execution-parameters", "/nowhere", "/invocations"])
def test_head_has_the_headers_and_no_body(connection, path):
    connection.send(head(f"HEAD {path} HTTP/1.1", "Host: x"))
    assert (int(connection.read(has_body=False).headers["content-length"]) > 0) == (path != "/ping")
    assert is_alive(connection)


def test_a_caller_who_would_upgrade_is_answered_as_he_is(connection):
    connection.send(head("GET /ping HTTP/1.1", "Host: x", "Connection: Upgrade", "Upgrade: h2c"))
    answer = connection.read()
    assert (answer.status, answer.headers["connection"]) == (200, "close")


def test_nothing_that_a_caller_sends_becomes_a_header(connection):
    lines = ["Accept: text/csv\tX-Injected: 1", "X-Amzn-SageMaker-Custom-Attributes: a=b\tX-Injected: 1"]
    connection.send(post(BODY, *lines) + post(b"5.1", "X-Amzn-SageMaker-Inference-Id: 1\u00a0X-Injected: 1"))
    for _ in range(2):
        answer = connection.read()
        assert set(answer.headers) == {
            "date",
            "content-type",
            "content-length",
            "x-amzn-sagemaker-custom-attributes",
        }
        assert answer.headers["x-amzn-sagemaker-custom-attributes"].startswith("model-sha256=")


def test_a_caller_who_does_not_read_stops_being_read(iris_server):
    """Each request is answered with 310 bytes: what cannot be written must not pile up in memory."""
    with RawConnection(iris_server.url, timeout=3) as connection:
        connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sent, request = 0, post(json.dumps({"instances": [[1, 2, 3, 4]] * 100}).encode())
        with pytest.raises(TimeoutError):  # noqa: PT012
            while sent < 100_000_000:
                sent += connection.socket.send(request * 20)
        assert sent < 50_000_000
        assert iris_server.ping() == 200
        # He reads after all: every complete request is answered.
        connection.socket.settimeout(10)
        for _ in range(20):
            assert connection.read().status == 200


def test_many_callers_at_once(iris_server):
    connections = [RawConnection(iris_server.url) for _ in range(200)]
    try:
        for connection in connections:
            connection.send(post())
        assert [connection.read().status for connection in connections] == [200] * 200
    finally:
        for connection in connections:
            connection.socket.close()


def test_slow_callers_do_not_hold_up_others(iris_server):
    slow = [RawConnection(iris_server.url) for _ in range(50)]
    try:
        for connection in slow:
            connection.send(post()[:40])
        started = time.monotonic()
        assert iris_server.invoke(BODY).status_code == 200
        assert time.monotonic() - started < 2
    finally:
        for connection in slow:
            connection.socket.close()
