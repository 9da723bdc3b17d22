"""Turns golden requests into golden.json: the answers are those of the very code that will serve them.

The deployer's canary sends each case and compares. `status` is a number or "4xx"; `json` names what
must be in the answer (further keys may be), numbers within the absolute `tolerance`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from inference_server.model import Model
from inference_server.routes.answer_invocation import Invocation, answer_invocation
from inference_server.several_outputs import find_indexes, split_probabilities
from inference_server.table.read_rows import read_rows
from sagemaker_deployer.pack.golden.golden_requests import GoldenRequest
from sagemaker_deployer.pack.parity.ask_author import AskAuthor
from sagemaker_deployer.pack.problems import Problems

# The deployer reads at most this much; 8 KiB is customary.
MAX_BYTES = 1_048_576


def record_golden_cases(
    model: Model, ask: AskAuthor | None, requests: list[GoldenRequest], tolerance: float
) -> list[dict[str, Any]]:
    """Ask the model every request and return the cases; ``ask`` None: there is no library to compare with.

    Raises ``Problems`` where an answer is not what its author means by positive or negative, and where
    the server's answer differs from the library's own predict and predict_proba by more than ``tolerance``, relative
    where numbers are above 1: of 150.0 float32 knows the fifth digit.
    """
    if all(request.positive for request in requests):
        requests = [*requests, _too_few_features(model)]
    found: list[str] = []
    cases: list[dict[str, Any]] = []
    for request in requests:
        invocation = Invocation(request.content_type, "", json.dumps(request.body).encode())
        try:
            answer = answer_invocation(model, invocation)
        except Exception as error:
            # scikit-learn raises more than ValueError; of a caller's request the server would say 500.
            found.append(
                f"Golden case {request.name!r}: the server fails ({type(error).__name__}: {str(error)[:200]})."
            )
            continue
        status, content = answer.status, json.loads(answer.body)
        expect: dict[str, Any] = {"status": "4xx"}
        if request.positive and status == 200:
            found += _find_differences(model, ask, request, content["predictions"], tolerance)
            expect = {"status": 200, "json": content, "tolerance": _absolute(tolerance, content["predictions"])}
        elif request.positive:
            found.append(f"Golden case {request.name!r} is positive, but is answered {status}: {content['error']}.")
        elif status == 200:
            found.append(f"Golden case {request.name!r} is negative, but the model answers it.")
        body = {"contentType": request.content_type, "body": request.body}
        cases.append({"name": request.name, "request": body, "expect": expect})
    size = len(golden_file(cases))
    if size > MAX_BYTES:
        found.append(f"The golden cases take {size} bytes; the most is {MAX_BYTES}.")
    if found:
        raise Problems(found)
    return cases


def golden_file(cases: list[dict[str, Any]]) -> bytes:
    """Return the content of golden.json, one line per case."""
    lines = ",\n".join(json.dumps(case, ensure_ascii=False, allow_nan=False) for case in cases)
    return f'{{"cases": [\n{lines}\n]}}\n'.encode()


def _absolute(tolerance: float, predictions: list[dict[str, Any]]) -> float:
    """The deployer's tolerance is absolute: of predictions above 1 as many digits count as of one."""
    numbers = [np.abs(answer["prediction"]).max() for answer in predictions if _is_number(answer.get("prediction"))]
    return float(f"{tolerance * max([1.0, *numbers]):.3g}")


def _is_number(prediction: Any) -> bool:
    return isinstance(prediction, (int, float, list)) and np.asarray(prediction).dtype.kind in "biuf"


def _too_few_features(model: Model) -> GoldenRequest:
    row = [0] * (len(model.feature_names) - 1)
    return GoldenRequest("too-few-features", positive=False, content_type="application/json", body={"instances": [row]})


def _find_differences(
    model: Model, ask: AskAuthor | None, request: GoldenRequest, answered: list[dict[str, Any]], tolerance: float
) -> list[str]:
    if ask is None:
        return []
    asked = ask(read_rows(list(request.body["instances"]), model.schema))
    predicted, probabilities = asked.predicted, asked.probabilities
    if model.output_labels is not None:
        same = _are_same_labels(model.output_labels, answered, predicted, probabilities, tolerance)
    elif model.labels is None:
        found = np.array([answer["prediction"] for answer in answered])
        same = found.shape == predicted.shape and np.allclose(found, predicted, rtol=tolerance, atol=tolerance)
    else:
        same = [model.labels[answer["predicted_class_index"]] for answer in answered] == predicted.tolist()
        if probabilities is not None:
            shares = [list(answer["probabilities"].values()) for answer in answered]
            same = same and np.allclose(shares, probabilities, rtol=0, atol=tolerance)
    return [] if same else [f"Golden case {request.name!r}: the server and the library disagree."]


def _are_same_labels(
    labels: Sequence[Sequence[Any]],
    answered: list[dict[str, Any]],
    predicted: np.ndarray,
    probabilities: Any,
    tolerance: float,
) -> bool:
    """Compare the answers of several outputs."""
    indexes = [answer["predicted_class_index"] for answer in answered]
    if not np.array_equal(indexes, find_indexes(predicted, labels)):
        return False
    if probabilities is None:
        return True
    by_output = zip(*(answer["probabilities"] for answer in answered), strict=True)
    found = [[list(shares.values()) for shares in output] for output in by_output]
    expected = split_probabilities(probabilities, labels)
    return all(np.allclose(*pair, rtol=0, atol=tolerance) for pair in zip(found, expected, strict=True))
