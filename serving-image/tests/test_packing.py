"""The packing tool: equal bytes for equal input, golden answers that the server really gives, all problems at once."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from refused.assemble import pickled
from refused.names import WITNESS
from refused.positions import positions
from sklearn.linear_model import LinearRegression
from sklearn.neighbors import KNeighborsClassifier

import train
from inference_server.evaluate.evaluator import Evaluator
from inference_server.load_model import load_model
from server_process import SOURCE

EXAMPLE = Path(train.__file__).parent


def test_golden_cases_hold_for_the_served_model(start_server, pack_iris, iris_estimator):
    folder = pack_iris(iris_estimator)
    cases = json.loads((folder / "model" / "golden.json").read_text())["cases"]
    assert [case["name"] for case in cases] == ["setosa", "versicolor", "virginica", "one-of-each", "too-few-features"]
    server = start_server(folder / "model")
    server.wait_until_ready()
    for case in cases:
        answer = server.invoke(json.dumps(case["request"]["body"]), case["request"]["contentType"])
        if case["expect"]["status"] == "4xx":
            assert answer.status_code == 400
        else:
            assert answer.status_code == case["expect"]["status"] == 200
            assert_matches(answer.json(), case["expect"]["json"], case["expect"]["tolerance"])


def assert_matches(found, expected, tolerance: float) -> None:
    if isinstance(expected, dict):
        for key, value in expected.items():
            assert_matches(found[key], value, tolerance)
    elif isinstance(expected, list):
        assert len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            assert_matches(one, other, tolerance)
    elif isinstance(expected, float):
        assert abs(found - expected) <= tolerance
    else:
        assert found == expected


@pytest.mark.parametrize("kind", ["random-forest", "gradient-boosting"])
def test_the_example_trains_the_same_model_every_time(tmp_path, kind):
    for folder in ("a", "b"):
        command = [sys.executable, EXAMPLE / "train.py", "--model", kind, "--output", tmp_path / folder]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert json.loads(done.stdout)["accuracy"] == 1.0
    assert (tmp_path / "a/model.pkl").read_bytes() == (tmp_path / "b/model.pkl").read_bytes()


def test_golden_json_has_the_form_that_the_deployer_reads(pack_iris, forest):
    text = (pack_iris(forest) / "model" / "golden.json").read_text()
    assert len(text) <= 8192
    content = json.loads(text)
    assert set(content) == {"cases"}
    row = {"instances": [[5.1, 3.5, 1.4, 0.2]]}
    assert content["cases"][0]["request"] == {"contentType": "application/json", "body": row}
    assert content["cases"][0]["expect"]["tolerance"] == 1e-6
    assert content["cases"][0]["expect"]["json"]["predictions"][0]["predicted_class"] == "setosa"
    assert content["cases"][-1] == {
        "name": "too-few-features",
        "request": {"contentType": "application/json", "body": {"instances": [[1, 2, 3]]}},
        "expect": {"status": "4xx"},
    }


def test_equal_input_gives_equal_bytes_and_a_label_changes_them(tmp_path, run):
    (tmp_path / "elsewhere").mkdir()
    first = run(tmp_path, "--output", tmp_path / "model.tar.gz", "--golden", EXAMPLE / "golden-rows.json")
    os.utime(tmp_path / "model.pkl", (0, 0))
    second = run(tmp_path, "--output", tmp_path / "elsewhere/again.tar.gz", "--golden", EXAMPLE / "golden-rows.json")
    labelled = run(
        tmp_path, "--output", tmp_path / "c.tar.gz", "--golden", EXAMPLE / "golden-rows.json", "--label", "note"
    )
    assert first["sha256"] == second["sha256"] != labelled["sha256"]
    assert (tmp_path / "model.tar.gz").read_bytes() == (tmp_path / "elsewhere/again.tar.gz").read_bytes()
    assert labelled["model"]["label"] == "note"
    with tarfile.open(tmp_path / "model.tar.gz") as archive:
        assert archive.getnames() == ["model.json", "golden.json", "model.pkl"]
        assert {(m.mtime, m.uid, m.gid, m.uname, m.gname, m.mode) for m in archive} == {(0, 0, 0, "", "", 0o644)}


def test_a_list_of_rows_is_enough_and_gets_a_negative_case(tmp_path, run):
    (tmp_path / "rows.json").write_text("[[5.1, 3.5, 1.4, 0.2], [6, 3, 5, 2]]")
    run(tmp_path, "--output", tmp_path / "model.tar.gz", "--golden", tmp_path / "rows.json")
    cases = read_member(tmp_path / "model.tar.gz", "golden.json")["cases"]
    assert [(c["name"], c["expect"]["status"]) for c in cases] == [
        ("positive-1", 200),
        ("positive-2", 200),
        ("too-few-features", "4xx"),
    ]


def test_a_regressor_without_names_or_rows(tmp_path, run, iris_data):
    (tmp_path / "model.pkl").write_bytes(pickle.dumps(LinearRegression().fit(*iris_data)))
    packed = run(tmp_path, "--output", tmp_path / "model.tar.gz", names=False)
    assert packed["goldenCases"] == 2
    assert packed["model"]["task"] == "regression"
    assert "classNames" not in packed["model"]
    with tarfile.open(tmp_path / "model.tar.gz") as archive:
        assert archive.getnames() == ["model.json", "golden.json", "model.pkl"]


def test_all_problems_are_reported_at_once(tmp_path, run):
    golden = {"positive": [{"name": "a", "instance": []}], "negative": [{"body": 1, "x": 1}], "other": []}
    (tmp_path / "rows.json").write_text(json.dumps(golden))
    answer = run(
        tmp_path, "--model", "nowhere.bin", "--output", tmp_path / "no/model.zip", "--golden", tmp_path / "rows.json",
        "--class-names", "a", "a", status=2, names=False,
    )  # fmt: skip
    expected = [
        "--model nowhere.bin: the name must end in "
        ".pkl, .pickle, .joblib, .skops, .onnx, .ubj, .cat.json, .json, xgboost-model, .txt, .cbm.",
        "--model nowhere.bin: no such file.",
        f"--output {tmp_path}/no/model.zip: the name must end in .tar.gz.",
        f"--output {tmp_path}/no/model.zip: the folder {tmp_path}/no does not exist.",
        "'classNames' holds a name twice.",
        f"--golden {tmp_path}/rows.json: unknown key 'other'.",
        f"--golden {tmp_path}/rows.json: positive[0] must be an object with 'instances'.",
        f"--golden {tmp_path}/rows.json: negative[0]: unknown key 'x'.",
    ]
    assert answer == {"problems": expected}


@pytest.mark.parametrize(
    ("golden", "problem"),
    [
        ({"positive": [{"name": "p", "instances": [[1]]}]}, "'p' is positive, but is answered 400: Invalid input"),
        (
            {"negative": [{"name": "n", "body": {"instances": [[1, 2, 3, 4]]}}]},
            "'n' is negative, but the model answers",
        ),
        ({"positive": []}, "holds no case"),
    ],
)
def test_cases_that_are_not_what_they_say_are_refused(tmp_path, run, golden, problem):
    (tmp_path / "rows.json").write_text(json.dumps(golden))
    output = tmp_path / "model.tar.gz"
    answer = run(tmp_path, "--output", output, "--golden", tmp_path / "rows.json", status=2)
    assert len(answer["problems"]) == 1
    assert problem in answer["problems"][0]
    assert not output.exists()


def test_a_name_off_the_list_is_not_called_while_packing(tmp_path, run, monkeypatch):
    monkeypatch.setenv("WITNESS", str(tmp_path))
    (tmp_path / "model.pkl").write_bytes(pickled(positions(*WITNESS)["REDUCE"]))
    answer = run(tmp_path, "--output", tmp_path / "model.tar.gz", status=2)
    assert "refused.witness.note, which is not on the list" in answer["problems"][0]
    assert not (tmp_path / "called").exists()


@pytest.fixture
def run(tmp_path, forest):
    """Run the command with --json and return what it printed."""
    (tmp_path / "model.pkl").write_bytes(pickle.dumps(forest))

    def run_command(folder: Path, *arguments, status: int = 0, names: bool = True):
        model = [] if "--model" in arguments else ["--model", folder / "model.pkl"]
        named = ["--class-names", *train.CLASS_NAMES, "--feature-names", *train.FEATURE_NAMES] if names else []
        command = [sys.executable, "-m", "model_packing", *model, *arguments, *named, "--json"]
        environment = os.environ | {"PYTHONPATH": f"{SOURCE}{os.pathsep}{Path(__file__).parent}"}
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, env=environment, cwd=folder)
        assert done.returncode == status, done.stderr
        return json.loads(done.stdout)

    return run_command


def read_member(archive: Path, name: str):
    with tarfile.open(archive) as tar:
        return json.load(tar.extractfile(name))


def test_the_parity_with_scikit_learn_is_written_into_the_archive(tmp_path, run):
    run(tmp_path, "--output", tmp_path / "model.tar.gz", "--golden", EXAMPLE / "golden-rows.json")
    parity = read_member(tmp_path / "model.tar.gz", "model.json")["parity"]
    assert parity.pop("rows") > 1000
    assert parity == {"servedBy": "evaluator", "labelsFlipped": 0, "largestDifference": 0.0}


def test_what_is_not_evaluated_is_marked_for_scikit_learn(tmp_path, run, iris_data):
    (tmp_path / "model.pkl").write_bytes(pickle.dumps(KNeighborsClassifier(algorithm="brute").fit(*iris_data)))
    packed = run(tmp_path, "--output", tmp_path / "model.tar.gz", names=False)
    assert packed["model"]["parity"] == {
        "servedBy": "scikit-learn",
        "reason": "The server does not evaluate a KNeighborsClassifier itself.",
    }


def test_a_model_marked_for_scikit_learn_is_served_by_it(pack_iris, forest, caplog):
    folder = pack_iris(forest) / "model"
    assert isinstance(load_model(folder).estimator, Evaluator)
    description = json.loads((folder / "model.json").read_text())
    description["parity"]["servedBy"] = "scikit-learn"
    (folder / "model.json").write_text(json.dumps(description))
    caplog.set_level("INFO", "inference_server")
    assert type(load_model(folder).estimator) is type(forest)
    assert "served by scikit-learn" in caplog.text
