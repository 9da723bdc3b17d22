"""Lines of CloudWatch's embedded metric format: what they hold, when they are written, and what they never hold."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

import pytest
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LinearRegression

from inference_server.metrics import embedded_metrics
from inference_server.metrics.embedded_metrics import EmbeddedMetrics
from inference_server.model import Model
from inference_server.served.served_model import ServedModel
from raw_connection import BODY


@pytest.fixture
def served(iris_data) -> ServedModel:
    model = Model(DummyClassifier().fit(*iris_data), class_names=["a", "b", "c"])
    return ServedModel("iris", model, "f" * 64)


@pytest.fixture
def written(served):
    lines: list[bytes] = []
    reporter = EmbeddedMetrics(lambda: [served], lines.append)

    def write() -> list[dict]:
        lines.clear()
        reporter.write()
        return [json.loads(line) for line in lines]

    return write


def test_a_line_is_what_cloudwatch_takes(served, written):
    for _ in range(98):
        served.metrics.count(200, 0.0002, ["a", "a", "b"])
    served.metrics.count(400, 0.0001, ())
    served.metrics.count(500, 3, ())
    served.metrics.count_refusal(503)
    before = int(1000 * time.time())
    (line,) = written()
    stamp = line["_aws"].pop("Timestamp")
    assert before <= stamp <= 1000 * time.time()
    (definition,) = line.pop("_aws")["CloudWatchMetrics"]
    assert definition["Namespace"] == "InferenceServer"
    assert definition["Dimensions"] == [["Model"]]
    mean = line.pop("LatencyMean")
    assert mean == pytest.approx((98 * 0.2 + 0.1 + 3000) / 100)
    assert line == {
        "Model": "iris",
        "ModelSha256": "f" * 64,
        "Process": os.getpid(),
        "Invocations": 101,
        "ClientErrors": 1,
        "ServerErrors": 2,
        "LatencyP50": 0.25,
        "LatencyP99": 0.25,
        "Predicted.a": 196,
        "Predicted.b": 98,
    }
    assert {metric["Name"]: metric["Unit"] for metric in definition["Metrics"]} == {
        "Invocations": "Count",
        "ClientErrors": "Count",
        "ServerErrors": "Count",
        "LatencyMean": "Milliseconds",
        "LatencyP50": "Milliseconds",
        "LatencyP99": "Milliseconds",
        "Predicted.a": "Count",
        "Predicted.b": "Count",
    }


def test_each_line_holds_what_is_new_and_idle_models_write_none(served, written):
    assert written() == []
    served.metrics.count(200, 100, ["c"])
    (first,) = written()
    assert (first["Invocations"], first["Predicted.c"], first["LatencyP99"]) == (1, 1, 60_000)
    assert written() == []
    served.metrics.count(200, 0.001, ["a"])
    (second,) = written()
    assert (second["Invocations"], second["LatencyMean"]) == (1, pytest.approx(1))
    assert "Predicted.c" not in second


def test_a_worker_that_takes_over_reports_only_its_own(served):
    served.metrics.count(200, 0.001, ["a"])
    lines: list[bytes] = []
    EmbeddedMetrics(lambda: [served], lines.append).write()
    assert lines == []


def test_many_classes_stay_within_what_a_line_may_hold(served):
    names = [f"class {index}" for index in range(300)]
    served.metrics = type(served.metrics)(names)
    lines: list[bytes] = []
    reporter = EmbeddedMetrics(lambda: [served], lines.append)
    served.metrics.count(200, 0.001, [*names, "class 7"])
    reporter.write()
    line = json.loads(lines[0])
    assert len(line["_aws"]["CloudWatchMetrics"][0]["Metrics"]) <= 100
    assert line["Predicted.class 7"] == 2


def test_a_regression_has_no_classes(iris_data):
    served = ServedModel("r", Model(LinearRegression().fit(*iris_data)), None)
    lines: list[bytes] = []
    reporter = EmbeddedMetrics(lambda: [served], lines.append)
    served.metrics.count(200, 0.001, ())
    reporter.write()
    assert not [name for name in json.loads(lines[0]) if name.startswith("Predicted")]


def test_it_is_once_a_minute():
    assert embedded_metrics.EVERY_SECONDS == 60


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_server_writes_what_is_left_when_it_ends_and_nothing_of_the_payload(start_server, pack_iris, forest, workers):
    model: Path = pack_iris(forest) / "model"
    server = start_server(model, INFERENCE_SERVER_EMF="true", SAGEMAKER_MODEL_SERVER_WORKERS=workers)
    server.wait_until_ready()
    for _ in range(40):
        assert server.invoke('{"instances": [[51.4711, 3.5, 1.4, 0.2]]}').status_code == 200
    assert server.invoke('{"instances": [["geheim"]]}').status_code == 400
    assert "CloudWatchMetrics" not in server.log
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(20) == 0
    lines = [json.loads(line) for line in server.log.splitlines() if line.startswith("{")]
    assert 1 <= len(lines) <= int(workers)
    assert sum(line["Invocations"] for line in lines) == 41
    assert sum(line["ClientErrors"] for line in lines) == 1
    assert len({line["Process"] for line in lines}) == len(lines)
    assert "51.4711" not in server.log
    assert "geheim" not in server.log


def test_without_the_setting_there_are_no_lines(start_server, pack_iris, forest):
    server = start_server(pack_iris(forest) / "model")
    server.wait_until_ready()
    assert server.invoke(BODY).status_code == 200
    assert server.terminate() == 0
    assert "CloudWatchMetrics" not in server.log
