"""A sample of tests/fuzz_http.py, which says how to run all of it."""

from __future__ import annotations

import os

import pytest
from thoroughness import runs

import fuzz_http

SEED = int(os.environ.get("FUZZ_SEED", "1"))


@pytest.fixture(scope="module")
def both():
    with fuzz_http.servers() as servers:
        yield servers


def test_malformed_requests_never_kill_a_worker(both):
    seen = fuzz_http.fuzz(both[0], fuzz_http.SEEDS, runs(60_000), SEED)
    # The generator is good for something: it gets answers, refusals of both layers, and unknown methods.
    assert {200, 400, 404, 501} <= set(seen)
    assert both[0].invoke(fuzz_http.BODY).status_code == 200
    assert both[0].terminate() == 0


def test_malformed_orders_never_kill_a_multi_model_endpoint(both):
    seen = fuzz_http.fuzz(both[1], fuzz_http.MULTI_MODEL_SEEDS, runs(30_000), SEED)
    assert {200, 400, 404} <= set(seen)
    assert both[1].terminate() == 0
