"""The answer to a model that breaks: 500, without internals and without the payload in the log."""

from __future__ import annotations

import asyncio
import threading

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin

from inference_server.application import Application
from inference_server.model import Model


class Broken(RegressorMixin, BaseEstimator):
    n_features_in_ = 1

    def predict(self, rows):
        raise RuntimeError(f"value {rows[0][0]}")


class Endless(RegressorMixin, BaseEstimator):
    n_features_in_ = 1

    def predict(self, rows):
        return np.array([np.inf])


class Waiting(RegressorMixin, BaseEstimator):
    """Predicts only once ``released`` is set; ``waited`` says whether that came in time."""

    n_features_in_ = 1

    def predict(self, rows):
        self.waited = self.released.wait(5)
        return rows[:, 0]


def ask(application: Application, body: bytes) -> tuple[int, bytes]:
    sent = []

    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message):
        sent.append(message)

    headers = [(b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": "/invocations", "headers": headers}
    asyncio.run(application(scope, receive, send))
    return sent[0]["status"], sent[1]["body"]


def test_a_model_that_breaks_is_a_500_without_internals(caplog):
    application = Application()
    application.model = Model(Broken())
    assert ask(application, b'{"instances": [[1234.5]]}') == (500, b'{"error": "Internal server error"}')
    assert "RuntimeError" in caplog.text
    assert "predict" in caplog.text
    assert "1234.5" not in caplog.text


def test_a_prediction_that_is_not_finite_is_a_500():
    application = Application()
    application.model = Model(Endless())
    assert ask(application, b'{"instances": [[1]]}')[0] == 500


def test_before_the_model_is_there_invocations_are_503():
    assert ask(Application(), b'{"instances": [[1]]}') == (503, b'{"error": "The model is still loading"}')


def test_ping_is_answered_while_a_prediction_runs():
    application = Application()
    estimator = Waiting()
    estimator.released = threading.Event()
    application.model = Model(estimator)

    async def ping_meanwhile() -> int:
        statuses = []

        async def receive():
            return {"type": "http.request", "body": b'{"instances": [[1]]}', "more_body": False}

        async def send(message):
            statuses.append(message.get("status"))

        headers = [(b"content-type", b"application/json")]
        scope = {"type": "http", "method": "POST", "path": "/invocations", "headers": headers}
        invocation = asyncio.create_task(application(scope, receive, send))
        await asyncio.sleep(0.05)
        await application({"type": "http", "method": "GET", "path": "/ping", "headers": []}, receive, send)
        assert statuses == [200, None]
        estimator.released.set()
        await invocation
        return statuses[2]

    assert asyncio.run(ping_meanwhile()) == 200
    assert estimator.waited
