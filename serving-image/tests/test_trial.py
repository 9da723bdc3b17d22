"""A trial rejects what the server's own code refuses and what answers wrongly; nothing that only the trial finds."""

from __future__ import annotations

import io
import json
import os
import pickle
import re
import subprocess
import sys
import tarfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sklearn
from sklearn.neighbors import KNeighborsClassifier

import author_code
from inference_server.load_model import load_model
from inference_server.model_error import ModelError
from model_trial import ask_child, child, handler
from model_trial.verdict import Tried, judge, trial_output
from server_process import SOURCE

TAGS = {"src-full-1": "full", "src-lite-1": "lite"}
GOLDEN = {"bucket": "b", "key": "golden"}


class S3:
    """Objects in memory; what is none is refused as S3 refuses it."""

    def __init__(self, objects: dict[str, bytes]) -> None:
        self.objects = objects

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:
        if Key not in self.objects:
            raise RuntimeError(f"NoSuchKey: {Key}")
        return {"Body": io.BytesIO(self.objects[Key])}


@pytest.fixture
def attempt(monkeypatch, tmp_path):
    """Try files of an archive, with the cases given or those of its golden.json."""
    tags = tmp_path / "image-tags.json"
    tags.write_text(json.dumps(TAGS))
    monkeypatch.setattr(handler, "_TAGS_FILE", tags)
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "2048")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("PYTHONPATH", str(SOURCE))

    def run(
        *models: dict[str, bytes], cases: Any = None, tag="src-full-1", seconds=60.0, objects=None
    ) -> dict[str, Any]:
        stored = {f"model-{number}": _archive(files) for number, files in enumerate(models)}
        if cases is not None:
            stored["golden"] = json.dumps({"cases": cases}).encode()
        monkeypatch.setattr(handler, "_client", S3(stored if objects is None else objects))
        trials = [
            {
                "variantName": None if len(models) == 1 else f"v{number}",
                "location": {"bucket": "b", "key": f"model-{number}"},
                "goldenCases": None if cases is None else GOLDEN,
                "imageTag": tag,
                "accept": "",
            }
            for number in range(len(models))
        ]
        left = SimpleNamespace(get_remaining_time_in_millis=lambda: int(1000 * (seconds + 5)))
        return handler.handler({"artifact": {"trials": trials}}, left)

    return run


def _archive(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()


@pytest.fixture
def iris(pack_iris, forest) -> dict[str, bytes]:
    """The files of the recipe's forest, packed with golden answers."""
    directory = pack_iris(forest) / "model"
    return {path.name: path.read_bytes() for path in directory.iterdir() if path.is_file()}


@pytest.fixture
def golden(iris) -> list[dict[str, Any]]:
    """Its golden cases, some of which expect to be refused."""
    return json.loads(iris["golden.json"])["cases"]


def test_a_right_model_passes_with_the_number_of_its_golden_answers(attempt, iris, golden):
    assert attempt(iris, cases=golden) == {
        "verdict": "passed",
        "problems": [],
        "goldenCases": len(golden),
        "untried": [],
        "skipped": [],
        "failure": None,
    }
    assert attempt(iris)["verdict"] == "passed"


def test_a_wrong_golden_answer_is_rejected_with_its_place(attempt, iris, golden):
    case = next(each for each in golden if each["expect"]["status"] == 200)
    case["expect"]["json"]["predictions"][0]["predicted_class"] = "tulip"
    output = attempt(iris, cases=golden)
    assert output["verdict"] == "rejected"
    assert output["goldenCases"] == len(golden) - 1
    [problem] = output["problems"]
    assert problem["where"] == "golden answers"
    assert re.fullmatch(
        r'Golden case ".+": \$\.predictions\[0\]\.predicted_class is \w+ instead of tulip\.', problem["message"]
    )
    assert output["failure"] == {
        "Error": "RequestRejected",
        "Cause": f"Rejected for 1 problem:\n- golden answers: {problem['message']}",
    }


def _refused() -> dict[str, dict[str, bytes]]:
    return {
        "empty": {"model.pkl": b""},
        "text": {"model.pkl": b"these are my weights\n"},
        "no model": {"readme.txt": b"x"},
        "code of its own": {"model.pkl": pickle.dumps(author_code.Steady())},
        "another library": {"model.joblib": pickle.dumps({"weights": [1, 2]})},
        "truncated": {"model.pkl": pickle.dumps(list(range(1000)))[:500]},
        "broken model.json": {"model.pkl": b"", "model.json": b"{"},
    }


@pytest.mark.parametrize("name", _refused())
def test_what_the_server_refuses_is_rejected_in_its_words(attempt, tmp_path, name):
    files = _refused()[name]
    directory = tmp_path / "model"
    directory.mkdir()
    for file, content in files.items():
        (directory / file).write_bytes(content)
    with pytest.raises(ModelError) as refusal:
        load_model(directory)
    output = attempt(files)
    assert output["verdict"] == "rejected"
    assert [each["message"] for each in output["problems"]] == [str(refusal.value)[:1000]]


def test_what_only_the_target_full_could_serve_is_rejected_of_the_target_lite_alone(attempt, iris_data):
    files = {"model.pkl": pickle.dumps(KNeighborsClassifier(metric="cosine").fit(*iris_data))}
    full, lite = attempt(files), attempt(files, tag="src-lite-1")
    assert full["verdict"] == "skipped"
    assert "scikit-learn or onnxruntime" in full["skipped"][0]
    assert lite["verdict"] == "rejected"
    assert "use the target full" in lite["problems"][0]["message"]


def test_a_scikit_learn_that_the_image_has_none_of_is_rejected(attempt, iris_data):
    written = pickle.dumps(KNeighborsClassifier(metric="cosine").fit(*iris_data))
    version = sklearn.__version__.encode()
    other = written.replace(version, b"1.2.2" + b"0" * (len(version) - 5))
    output = attempt({"model.pkl": other})
    assert output["verdict"] == "rejected"
    assert "was written by scikit-learn 1.2.2" in output["problems"][0]["message"]
    assert "this server has 1.5, 1.6, 1.7, 1.8, 1.9" in output["problems"][0]["message"]


def test_of_several_models_each_is_tried_and_named(attempt, iris):
    output = attempt(iris, {"model.pkl": b""}, {"model.pkl": b"text"})
    assert output["verdict"] == "rejected"
    assert [each["where"] for each in output["problems"]] == ["variant v1: model", "variant v2: model"]


def test_another_source_than_that_of_the_image_is_no_trial(attempt):
    output = attempt({"model.pkl": b""}, tag="src-full-2")
    assert output["verdict"] == "skipped"
    assert output["skipped"] == ["The image src-full-2 was built from another source than the trial."]


@pytest.mark.parametrize("row", json.loads((SOURCE / "tests" / "trial-outputs.json").read_text()))
def test_the_output_is_as_the_contract_has_it(row):
    """The contract's own test reads the same table."""
    tried = [
        (name, Tried(**{**one, "problems": tuple(map(tuple, one.get("problems", ())))})) for name, one in row["tried"]
    ]
    assert trial_output(tried) == row["output"]


def test_a_cause_is_never_too_long():
    output = trial_output([(f"v{n}", Tried(problems=(("model", "ä" * 900),))) for n in range(9)])
    assert len(output["failure"]["Cause"].encode()) <= 3000


# What only the trial finds rejects nothing, not even a model that is wrong.


def test_without_time_a_model_is_untried(attempt):
    output = attempt({"model.pkl": b""}, seconds=0.01)
    assert output["verdict"] == "untried"
    assert "longer than" in output["untried"][0] or "in the time" in output["untried"][0]


def test_without_its_objects_a_model_is_untried(attempt):
    output = attempt({"model.pkl": b""}, objects={})
    assert output == {
        "verdict": "untried",
        "problems": [],
        "goldenCases": 0,
        "untried": ["RuntimeError: NoSuchKey: model-0"],
        "skipped": [],
        "failure": None,
    }


@pytest.mark.parametrize("megabytes", [16, 64])
def test_without_memory_a_model_is_untried(tmp_path, iris, megabytes):
    for name, content in iris.items():
        (tmp_path / name).write_bytes(content)
    cases = tmp_path / "cases.json"
    cases.write_text('{"cases": []}')
    try:
        said = ask_child.ask_child(tmp_path, cases, "", megabytes << 20, 60)
    except ask_child.Untried as reason:
        said = {"untried": str(reason)}
    assert judge(said, [], "full").problems == ()
    assert judge(said, [], "full").untried is not None


@pytest.mark.parametrize(
    ("cause", "is_ours"),
    [
        (MemoryError(), True),
        (ModuleNotFoundError("no numpy"), True),
        (OSError(28, "No space left on device"), True),
        (OSError("Invalid data stream"), False),
        (ValueError("not a pickle"), False),
    ],
)
def test_a_refusal_that_the_limits_caused_is_none(monkeypatch, tmp_path, cause, is_ours):
    def refuse(_):
        try:
            try:
                raise cause
            except Exception as error:
                raise RuntimeError("between") from error
        except RuntimeError as error:
            raise ModelError("holds a Forest that is not whole") from error

    monkeypatch.setattr(child, "_confine", lambda _: True)
    monkeypatch.setattr(child, "_LEFT_OUT", ())
    monkeypatch.setattr("inference_server.load_model.load_model", refuse)
    assert list(child.main(tmp_path, [], "", 1 << 30)) == ["untried" if is_ours else "refused"]


def test_without_a_filter_nothing_is_loaded(monkeypatch, tmp_path):
    monkeypatch.setattr(child, "_confine", lambda _: False)
    assert "no way to take the network away" in child.main(tmp_path, [], "", 1 << 30)["untried"]


@pytest.mark.parametrize("said", ["", "not JSON", "[]", "{}", '{"a": 1, "b": 2}', "exit"])
def test_a_child_that_says_nothing_of_use_proves_nothing(monkeypatch, tmp_path, said):
    lines = "import os; os._exit(3)" if said == "exit" else f"print({said!r}, end='')"
    (tmp_path / "model_trial").mkdir()
    (tmp_path / "model_trial" / "__init__.py").touch()
    (tmp_path / "model_trial" / "child.py").write_text(lines)
    monkeypatch.setattr(ask_child, "_ROOT", tmp_path)
    with pytest.raises(ask_child.Untried):
        ask_child.ask_child(tmp_path, tmp_path / "cases.json", "", 1 << 30, 60)


# What the child may reach.


@pytest.fixture
def confined(monkeypatch, tmp_path):
    """Run a line in a child that confines itself as the trial's does."""

    def run(line: str) -> Any:
        package = tmp_path / "code" / "model_trial"
        package.mkdir(parents=True, exist_ok=True)
        (package / "__init__.py").touch()
        code = f"""
import json, os, sys
sys.path.append({str(SOURCE)!r})
from inference_server.trusted.confine import confine
assert confine()
try:
    found = eval({line!r})
except Exception as error:
    found = type(error).__name__
print(json.dumps({{"found": found}}))
"""
        (package / "child.py").write_text(code)
        monkeypatch.setattr(ask_child, "_ROOT", tmp_path / "code")
        return ask_child.ask_child(tmp_path / "model", tmp_path / "cases.json", "", 1 << 30, 60)["found"]

    return run


def test_the_child_has_no_credentials_no_network_and_no_programs(confined, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("SOMETHING_ELSE", "x")
    kept = confined("sorted(os.environ)")
    assert not [name for name in kept if name.startswith("AWS") or name == "SOMETHING_ELSE"]
    assert confined("__import__('socket').socket()") == "PermissionError"
    assert confined("__import__('subprocess').run(['true'])") == "PermissionError"


def test_no_process_of_the_same_user_reads_the_credentials_of_the_function():
    """Root may read everything: the kernel's word for it is asked instead, and the owner of the file."""
    code = (
        "import ctypes, os; from model_trial.ask_child import _hide_environment; _hide_environment();"
        "print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), os.stat('/proc/self/environ').st_uid)"
    )
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    printed = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    ).stdout
    assert printed.split() == ["0", "0"]


def test_the_package_is_whole_without_botocore_until_s3_is_asked():
    code = "import sys, model_trial.handler; print('botocore' in sys.modules, 'numpy' in sys.modules)"
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    printed = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert printed.stdout.split() == ["False", "False"]
    assert Path(SOURCE / "model_trial").is_dir()
