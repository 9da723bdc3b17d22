"""The compiled path for usual requests: it takes them, and answers as the general path does, to the byte."""

from __future__ import annotations

import ctypes
import json
import math
import pickle
import random
import shutil

import numpy as np
import orjson
import pytest
from sklearn.ensemble import ExtraTreesClassifier, GradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier
from thoroughness import runs

from fuzz_http import SEEDS, malform
from inference_server.evaluate.build import QUICK_SOURCE, load_library
from inference_server.http.connection import HttpConnection
from inference_server.http.limits import HttpLimits
from inference_server.http.server import HttpServer
from inference_server.load_model import load_model
from inference_server.quick_answer.quick_answer import quick_answer
from inference_server.routes.application import Application
from inference_server.settings import Settings
from raw_connection import BODY, post

DATE = b"Sun, 22 Nov 2026 17:00:00 GMT"
pytestmark = pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler (cc)")


def weighted_forest():
    """Sums with all their digits, four classes and names that JSON has to escape."""
    random_ = np.random.default_rng(3)
    table = random_.integers(0, 40, (400, 3)) / 10
    classes = np.array(["a", 'b "quoted" \\', "ü 1.5", "%d\n"])[(table.sum(axis=1) * 2).astype(int) % 4]
    forest = RandomForestClassifier(n_estimators=37, max_depth=4, random_state=1)
    return forest.fit(table, classes, sample_weight=random_.random(400) + 0.01)


def deep_tree():
    random_ = np.random.default_rng(4)
    return DecisionTreeClassifier(random_state=1).fit(random_.normal(size=(300, 20)), random_.integers(0, 2, 300))


MODELS = {
    "iris": lambda iris: RandomForestClassifier(n_estimators=100, random_state=42).fit(*iris),
    "extra trees": lambda iris: ExtraTreesClassifier(n_estimators=30, max_depth=3, random_state=1).fit(*iris),
    "weighted forest": lambda iris: weighted_forest(),
    "deep tree": lambda iris: deep_tree(),
}


@pytest.fixture(scope="module", params=MODELS)
def pair(request, make_application, iris_data):
    """Two equal applications; the first has the compiled path, the second has none."""
    return [make_application(MODELS[request.param](iris_data)) for _ in range(2)]


@pytest.fixture(scope="module")
def iris_application(make_application, iris_data):
    return make_application(MODELS["iris"](iris_data))


@pytest.fixture(scope="module")
def make_application(tmp_path_factory):
    def make(estimator) -> Application:
        folder = tmp_path_factory.mktemp("model")
        (folder / "model.pkl").write_bytes(pickle.dumps(estimator))
        application = Application(Settings())
        model = load_model(folder)
        application.set_model(model, model.sha256)
        # A busy machine may time it otherwise.
        application.served.quick = True
        return application

    return make


class Sent:
    """A transport that keeps what was written."""

    def __init__(self) -> None:
        self.written = b""
        self.closing = False

    def write(self, data: bytes) -> None:
        self.written += data

    def is_closing(self) -> bool:
        return self.closing

    def close(self) -> None:
        self.closing = True

    abort = write_eof = close

    def pause_reading(self) -> None: ...

    resume_reading = pause_reading


def talk(application: Application, quick, pieces: list[bytes]) -> bytes:
    """Send pieces over one connection and return all answers."""
    server = HttpServer(application.answer, HttpLimits())
    server.quick, server.date = quick, DATE
    connection, transport = HttpConnection(server), Sent()
    connection.connection_made(transport)
    for piece in pieces:
        if transport.closing:
            break
        connection.data_received(piece)
    return transport.written


def a_number(random_: random.Random) -> str:
    whole = random_.choice(("0", "1", "5", "7", "-3", "40", "-0", "123456", "999999999999999", "-12345678901234567"))
    kind = random_.randrange(12)
    if kind < 2:
        return whole
    if kind < 8:
        return f"{random_.randint(-9, 40)}.{random_.randrange(10 ** random_.randint(1, 4))}"
    if kind < 10:
        return f"{whole}.{random_.randrange(10 ** random_.randint(1, 20)):0{random_.randint(1, 18)}d}"
    return random_.choice(("1e1", "0.00001", "-0.0", "true", "1E5", repr(random_.random()), "0.0001", "00", "1.", ".5"))


def a_request(random_: random.Random, features: int) -> bytes:
    space = random_.choice(("", "", "", " ", "\n\t "))
    plain = random_.random() < 0.7
    number = (lambda: str(random_.randint(0, 790) / 100)) if plain else (lambda: a_number(random_))
    row = lambda: "[" + f",{space}".join(number() for _ in range(features)) + f"{space}]"  # noqa: E731
    rows = f"{space},{space}".join(row() for _ in range(random_.choice((1, 1, 2, 7))))
    body = f'{space}{{"instances"{space}:{space}[{rows}]{space}}}{space}'.encode()
    lines = random_.sample(
        [
            "User-Agent: x/1.0 (y)", "Accept: */*", "accept: application/json", "Accept: text/csv", "X-Other: ",
            "Connection: keep-alive", "Connection: close", "Expect: 100-continue", "Accept-Encoding: gzip, br",
            "X-Amzn-SageMaker-Custom-Attributes: a=b", "Content-Type: text/csv", "Host: y", "TE: x", "X_Y: z",
            "Transfer-Encoding: chunked", "Upgrade: h2c", "Keep-Alive: 5", "x-forwarded-for:  1.2.3.4", "Via:1.1 x",
        ],
        random_.choice((0, 0, 1, 2, 3)),
    )  # fmt: skip
    return post(body, *lines, path=random_.choice(("/invocations",) * 9 + ("/invocations?a=b",)))


def test_usual_and_odd_requests_are_answered_as_the_general_path_does(pair):
    application, other = pair
    quick = quick_answer(application.served, "application/json")
    random_, taken = random.Random(1), 0
    features = len(application.served.model.feature_names)
    for _ in range(runs(40_000)):
        request = a_request(random_, features)
        answer = quick(request, DATE)
        if answer is not None:
            taken += 1
            assert answer == talk(other, None, [request]), request
    assert taken > 400


def test_malformed_requests_are_answered_as_the_general_path_does(pair):
    application, other = pair
    quick = quick_answer(application.served, "application/json")
    random_, taken = random.Random(2), 0
    for _ in range(runs(40_000)):
        request = malform(random_, SEEDS[:7])
        answer = quick(request, DATE)
        if answer is not None:
            taken += 1
            assert answer == talk(other, None, [request]), request
    assert taken > 10 or len(application.served.model.feature_names) != 4


def test_a_connection_may_change_between_both(iris_application):
    quick = quick_answer(iris_application.served, "application/json")
    random_ = random.Random(3)
    for _ in range(500):
        requests = [a_request(random_, 4) for _ in range(6)]
        whole = b"".join(requests)
        cuts = sorted(random_.sample(range(1, len(whole)), 3))
        for pieces in (requests, [whole[a:b] for a, b in zip([0, *cuts], [*cuts, None], strict=True)]):
            assert talk(iris_application, quick, pieces) == talk(iris_application, None, pieces), pieces


def test_it_takes_what_callers_send(iris_application):
    quick = quick_answer(iris_application.served, "application/json")
    hundred = json.dumps({"instances": [[5.1, 3.5, 1.4, 0.2]] * 100}).encode()
    curl = b"POST /invocations HTTP/1.1\r\nHost: localhost:8080\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n"
    for request in (
        post(),
        post(hundred),
        post(BODY, "X-Request-Id: 0b7ad9f6", "Accept-Encoding: gzip, deflate", "Connection: Keep-Alive"),
        curl + b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY,
    ):
        assert quick(request, DATE) == talk(iris_application, None, [request])


@pytest.mark.parametrize(
    "request_",
    [
        post(path="/invocations?explain=true"),
        post(path="/ping"),
        post(BODY, "X-Amzn-SageMaker-Custom-Attributes: explain=true"),
        post(BODY, "Expect: 100-continue"),
        post(BODY, "Connection: close"),
        post(BODY, "Host: y"),
        post(BODY, "Content-Length: 1"),
        post(BODY, "Transfer-Encoding: chunked"),
        post(BODY, "Accept: text/csv"),
        post() + post(),
        post()[:-1],
        post().replace(b"Host: x\r\n", b""),
        post().replace(b"HTTP/1.1", b"HTTP/1.0"),
        post().replace(b"\r\n\r\n", b"\n\n"),
        post().replace(b"x\r\n", b"x\r\n folded\r\n"),
        post().replace(b"Host: x", b"Host : x"),
        post(BODY.replace(b"5.1", b"5.1e0")),
        post(BODY.replace(b"5.1", b"5.100000000000000088")),
        post(BODY.replace(b"5.1", b"NaN")),
        post(BODY.replace(b"5.1", b"true")),
        post(BODY.replace(b"5.1, ", b"")),
        post(BODY.replace(b"{", b'{"a": 1, ')),
        post(BODY.replace(b"}", b', "instances": []}')),
        post(b"\xef\xbb\xbf" + BODY),
        post(b'{"instances": []}'),
        post(b""),
    ],
)
def test_it_leaves_everything_else_alone(iris_application, request_):
    assert quick_answer(iris_application.served, "application/json")(request_, DATE) is None


def test_both_count_the_same(pair):
    application, other = pair
    random_ = random.Random(5)
    features = len(application.served.model.feature_names)
    quick = quick_answer(application.served, "application/json")
    before = [one.served.metrics.total() for one in pair]
    for _ in range(300):
        request = a_request(random_, features)
        if quick(request, DATE) is not None:
            talk(other, None, [request])
    counted, expected = (one.served.metrics.total() for one in pair)
    for now, then, now_other, then_other in [
        (counted.statuses, before[0].statuses, expected.statuses, before[1].statuses),
        (counted.classes, before[0].classes, expected.classes, before[1].classes),
    ]:
        added = {key: now[key] - then.get(key, 0) for key in now}
        assert added == {key: now_other[key] - then_other.get(key, 0) for key in added}
        assert sum(added.values()) > 50
    assert sum(counted.buckets) - sum(before[0].buckets) == counted.statuses[200] - before[0].statuses.get(200, 0)
    assert 0 < counted.seconds - before[0].seconds < 5


@pytest.mark.parametrize(
    "estimator",
    [GradientBoostingClassifier(n_estimators=2), LogisticRegression(max_iter=1000)],
    ids=lambda estimator: type(estimator).__name__,
)
def test_other_models_are_left_to_the_general_path(make_application, iris_data, estimator):
    application = make_application(estimator.fit(*iris_data))
    assert quick_answer(application.served, "application/json") is None


def test_other_formats_by_default_are_left_to_the_general_path(iris_application):
    assert quick_answer(iris_application.served, "text/csv") is None


@pytest.mark.parametrize("names", [["null", "b"], ["8640197531", "b"], ['"the class"', "b"], ["\ud800", "b"]])
def test_names_that_look_like_values_are_answered_right_or_not_at_all(make_application, names):
    random_ = np.random.default_rng(6)
    estimator = DecisionTreeClassifier().fit(random_.normal(size=(50, 4)), random_.integers(0, 2, 50))
    application = make_application(estimator)
    application.served.model.class_names = tuple(names)
    quick = quick_answer(application.served, "application/json")
    if quick is not None:
        assert quick(post(), DATE) == talk(application, None, [post()])


def test_probabilities_are_written_as_orjson_writes_them():
    write = load_library(QUICK_SOURCE).put_probability
    write.argtypes, write.restype = [ctypes.c_char_p, ctypes.c_double], ctypes.c_void_p
    out = ctypes.create_string_buffer(64)
    random_, written = random.Random(7), 0
    values = [0.0, 1.0, 0.5, 0.25, 0.1, 1e-4, math.nextafter(1, 0), math.nextafter(0.1, 0), 1 / 3, 2 / 3, 5e-324, 2.0]
    values += [part / whole for whole in (3, 7, 100, 999) for part in range(whole)]
    values += [math.nextafter(part / 1000, side) for part in range(1, 1000) for side in (0, 1)]
    values += [random_.random() ** random_.randint(1, 4) for _ in range(60_000)]
    values += [sum(random_.random() for _ in range(9)) / 9 for _ in range(20_000)]
    values += [-0.0, -0.5, math.nan, math.inf]
    for value in values:
        end = write(out, value)
        if end is not None:
            written += 1
            assert out.raw[: end - ctypes.addressof(out)] == orjson.dumps(value), value
    assert written > 0.9 * len(values)
