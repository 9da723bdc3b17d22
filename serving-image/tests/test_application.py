"""A model that breaks, is slow, or is asked by too many: no internals in the answer and no payload in the log."""

from __future__ import annotations

import asyncio
import json
import threading

import numpy as np
import pytest
from sklearn.base import BaseEstimator, RegressorMixin

from inference_server.http.error_body import error_body
from inference_server.http.messages import Request, Response
from inference_server.model import Model
from inference_server.routes.application import Application
from inference_server.settings import Settings

PING = Request(b"GET", b"/ping", {}, b"", True, True)


class Broken(RegressorMixin, BaseEstimator):
    n_features_in_ = 1

    def predict(self, rows):
        raise RuntimeError(f"value {rows[0][0]}")


class Endless(RegressorMixin, BaseEstimator):
    n_features_in_ = 1

    def predict(self, rows):
        return np.array([np.inf] * len(rows))


class Waiting(RegressorMixin, BaseEstimator):
    """Predicts only once ``released`` is set; ``waited`` says whether that came in time."""

    n_features_in_ = 1

    def predict(self, rows):
        self.waited = self.released.wait(5)
        return rows[:, 0]


def invocation(body: bytes) -> Request:
    return Request(b"POST", b"/invocations", {b"content-type": b"application/json"}, body, True, True)


def ask(application: Application, body: bytes) -> Response:
    async def answer() -> Response:
        found = application.answer(invocation(body))
        return found if isinstance(found, Response) else await found

    return asyncio.run(answer())


def serving(estimator, **settings) -> Application:
    application = Application(Settings(**settings))
    application.set_model(Model(estimator), None)
    return application


def test_a_model_that_breaks_is_a_500_without_internals(caplog):
    answer = ask(serving(Broken()), b'{"instances": [[1234.5]]}')
    assert (answer.status, answer.body) == (500, b'{"error": "Internal server error"}')
    assert "RuntimeError" in caplog.text
    assert "predict" in caplog.text
    assert "1234.5" not in caplog.text


@pytest.mark.parametrize("accept", ["application/json", "application/jsonlines", "text/csv"])
def test_a_prediction_that_is_not_finite_is_a_500(accept):
    assert ask(serving(Endless(), default_accept=accept), b'{"instances": [[1]]}').status == 500


def test_before_the_model_is_there_invocations_are_503():
    answer = ask(Application(Settings()), b'{"instances": [[1]]}')
    assert (answer.status, answer.body) == (503, b'{"error": "The model is still loading"}')


@pytest.fixture
def waiting(monkeypatch):
    """An application whose model waits for ``released``; not timed at the start, because it would wait there too."""
    monkeypatch.setattr("inference_server.served.served_model.is_quick", lambda model, row: False)
    estimator = Waiting()
    estimator.released = threading.Event()
    # It is asked for an example when it is loaded.
    estimator.released.set()
    application = serving(estimator, workers=1, max_waiting=3)
    estimator.released.clear()
    yield application
    estimator.released.set()


def test_ping_is_answered_while_a_prediction_runs(waiting):
    async def ping_meanwhile() -> int:
        answer = waiting.answer(invocation(b'{"instances": [[1]]}'))
        await asyncio.sleep(0.05)
        ping = waiting.answer(PING)
        assert not answer.done()
        waiting.served.model.estimator.released.set()
        assert (await answer).status == 200
        return ping.status

    assert asyncio.run(ping_meanwhile()) == 200
    assert waiting.served.model.estimator.waited


def test_more_than_may_wait_are_turned_away_at_once(waiting):
    async def ask_many() -> list[int]:
        answers = [waiting.answer(invocation(b'{"instances": [[1]]}')) for _ in range(5)]
        assert [type(answer) is Response for answer in answers] == [False] * 3 + [True] * 2
        assert [(answer.status, answer.headers) for answer in answers[3:]] == [(503, b"retry-after: 1\r\n")] * 2
        waiting.served.model.estimator.released.set()
        statuses = [(await answer).status for answer in answers[:3]]
        await asyncio.sleep(0)
        # There is room again.
        return [*statuses, (await waiting.answer(invocation(b'{"instances": [[1]]}'))).status]

    assert asyncio.run(ask_many()) == [200] * 4
    assert waiting.served.metrics.total().statuses[503] == 2


def test_whatever_goes_wrong_beside_the_model_is_an_answer_too(caplog, monkeypatch):
    application = serving(Broken())
    monkeypatch.setattr("inference_server.routes.model_executor.wanted", lambda request: 1 / 0)
    request = invocation(b"{}")
    request.query = b"secret"
    answer = application.answer(request)
    assert (answer.status, answer.body) == (500, b'{"error": "Internal server error"}')
    assert "request failed: ZeroDivisionError" in caplog.text
    assert "secret" not in caplog.text


def test_a_request_for_which_there_is_no_memory_is_a_507():
    class Large(Broken):
        def predict(self, rows):
            raise MemoryError

    assert ask(serving(Large()), b'{"instances": [[1]]}').status == 507


def test_all_workers_know_when_what_predicts_for_one_has_died_for_good():
    failed = bytearray(1)
    one, other = Application(Settings(), failed), Application(Settings(), failed)
    for application in (one, other):
        application.set_model(Model(Broken()), None)
    ping = Request(b"GET", b"/ping", {}, b"", True, True)
    assert (one.answer(ping).status, other.answer(ping).status) == (200, 200)
    one.served.model.estimator.is_dead = True
    assert (one.answer(ping).status, other.answer(ping).status) == (500, 500)


@pytest.mark.parametrize("message", ["x" * 5000, "\U0001f4a9" * 5000, "\0" * 1000, "x" * 2034, "x" * 2035, "x" * 2036])
def test_errors_stay_below_what_sagemaker_passes_on(message):
    body = error_body(message)
    assert len(body) < 2048
    found = json.loads(body)["error"]
    assert found == message or (found.endswith("...") and message.startswith(found[:-3]))
