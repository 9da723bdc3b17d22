"""Code of an artifact's own: only with trust, only in a child that can do nothing but compute, and in batches."""

from __future__ import annotations

import errno
import json
import os
import pickle
import shutil
import struct
import subprocess
import threading
import time
from pathlib import Path

import httpx
import numpy as np
import pytest
from sklearn.ensemble import IsolationForest, RandomForestClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier

import author_code
from inference_server.load_model import load_model
from inference_server.model_error import ModelError
from inference_server.trusted import remote_estimator, system_call_filter
from inference_server.trusted.child_process import ChildDied
from inference_server.trusted.contents_digest import contents_digest
from inference_server.trusted.remote_estimator import PredictionFailed, RemoteEstimator

AUTHOR_CODE = Path(author_code.__file__)


@pytest.fixture
def artifact(tmp_path):
    """Make a model directory of a pickle, with the author's module beside it where the model needs it."""

    def make(estimator, module: str | None = "author_code.py", **description) -> Path:
        directory = tmp_path / "model"
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir()
        (directory / "model.pkl").write_bytes(pickle.dumps(estimator))
        if module is not None:
            (directory / module).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(AUTHOR_CODE, directory / module)
        if description:
            (directory / "model.json").write_text(json.dumps(description))
        return directory

    return make


@pytest.fixture
def remote(artifact, monkeypatch, tmp_path):
    """Load an estimator into a child that may run code; ended with the test."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    begun: list[RemoteEstimator] = []

    def load(estimator, trusted: bool = True) -> RemoteEstimator:
        begun.append(RemoteEstimator(artifact(estimator) / "model.pkl", trusted))
        return begun[-1]

    yield load
    for estimator in begun:
        estimator.close()


# Trust


def test_the_digest_is_what_sha256sum_says(artifact):
    directory = artifact(author_code.Steady(), "code/ö/author_code.py")
    (directory / "empty").touch()
    by_hand = "find . -type f -printf '%P\\0' | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum"
    printed = subprocess.run(by_hand, shell=True, cwd=directory, capture_output=True, text=True, check=True).stdout
    assert contents_digest(directory) == printed.split()[0]


@pytest.mark.parametrize("change", ["content", "name", "more", "less"])
def test_the_digest_changes_with_every_file(artifact, change):
    directory = artifact(author_code.Steady())
    before = contents_digest(directory)
    module = directory / "author_code.py"
    {
        "content": lambda: module.write_bytes(module.read_bytes() + b"\n"),
        "name": lambda: module.rename(directory / "other.py"),
        "more": (directory / "sitecustomize.py").touch,
        "less": module.unlink,
    }[change]()
    assert contents_digest(directory) != before


@pytest.mark.parametrize("target", ["model.pkl", "/etc/passwd", "."])
def test_links_are_not_trusted(artifact, target):
    directory = artifact(author_code.Steady())
    (directory / "link").symlink_to(target)
    with pytest.raises(ModelError, match="link is a link or a device"):
        load_model(directory, apart=True, trust="0" * 64)


def test_without_trust_code_is_refused_with_the_way_forward_and_never_run(artifact, tmp_path):
    directory = artifact(author_code.Steady())
    written = tmp_path / "written"
    with (directory / "author_code.py").open("a") as module:
        module.write(f"\nopen({str(written)!r}, 'w').close()\n")
    with pytest.raises(ModelError, match=r"author_code\.Steady.* not on the list.*`trust`, with the archive's sha256"):
        load_model(directory, apart=True)
    assert not written.exists()
    model = load_model(directory, apart=True, trust=contents_digest(directory))
    assert written.exists()
    model.estimator.close()


def test_trust_in_other_files_is_refused(artifact):
    directory = artifact(author_code.Steady())
    digest = contents_digest(directory)
    (directory / "author_code.py").write_text("raise SystemExit('must not run')")
    with pytest.raises(ModelError, match=f"trusted is {digest}"):
        load_model(directory, apart=True, trust=digest)


@pytest.mark.parametrize("key", ["trust", "SAGEMAKER_DEPLOYER_TRUST", "environment"])
def test_an_archive_cannot_grant_trust(artifact, key):
    with pytest.raises(ModelError, match=f"Unknown key '{key}'"):
        load_model(artifact(author_code.Steady(), None, **{key: "0" * 64}), apart=True)


@pytest.mark.parametrize("module", ["author_code.py", "code/author_code.py"])
def test_a_server_with_trust_serves_the_authors_code(start_server, artifact, module):
    directory = artifact(author_code.Steady(), module, featureNames=["age"])
    server = start_server(directory, SAGEMAKER_DEPLOYER_TRUST=contents_digest(directory))
    server.wait_until_ready()
    answer = server.invoke('{"instances": [[7], [8]]}')
    assert answer.json() == {"predictions": [{"prediction": 2, "input_features": {"age": x}} for x in (7.0, 8.0)]}


def test_a_server_without_trust_does_not_start(start_server, artifact):
    server = start_server(artifact(author_code.Steady()))
    assert server.process.wait(30) == 1
    assert "`trust`, with the archive's sha256" in server.log


def test_trust_that_is_no_digest_is_a_wrong_setting(start_server, artifact):
    server = start_server(artifact(GaussianNB()), SAGEMAKER_DEPLOYER_TRUST="yes")
    assert server.process.wait(30) == 2
    assert "SAGEMAKER_DEPLOYER_TRUST must be a sha256" in server.log


def test_a_module_that_is_nowhere_is_named(artifact):
    directory = artifact(author_code.Steady(), None)
    with pytest.raises(ModelError, match="needs the Python module author_code, which neither this image nor the arch"):
        load_model(directory, apart=True, trust=contents_digest(directory))


# Confinement


def test_what_a_child_cannot_reach(remote):
    """The same attempts succeed in this process (below), or fail for want of what the child was denied as well."""
    attempts = remote(author_code.Attempts())
    answered, _ = attempts.answer(np.arange(len(author_code.NAMES), dtype=float).reshape(-1, 1))
    assert dict(zip(author_code.NAMES, answered.tolist(), strict=True)) == dict.fromkeys(author_code.NAMES, 0)


def test_here_the_attempts_succeed():
    """Otherwise the test above would prove nothing."""
    for attempt in ("internet", "internet 6", "local socket", "program", "spawned program", "signal to the server"):
        author_code.ATTEMPTS[attempt]()


@pytest.mark.parametrize(("machine", "column"), [("x86_64", 0), ("aarch64", 1)])
def test_the_filter_decides_as_written(machine, column):
    """Interpreted here, for both processors: what the kernel would answer to each call."""
    pid = 4711
    program = system_call_filter._write_filter(machine, pid)

    def decide(number: int, argument: int = 0, architecture: int | None = None) -> int:
        expected = system_call_filter._ARCHITECTURES[machine][1]
        data = struct.pack("=IIQQ", number, expected if architecture is None else architecture, 0, argument)
        return interpret(program, data)

    refused = 0x00050000 | errno.EPERM
    for numbers in system_call_filter._REFUSED.values():
        assert numbers[column] is None or decide(numbers[column]) == refused
    read, socketpair = ((0, 53), (63, 199))[column]
    assert decide(read) == decide(socketpair) == 0x7FFF0000
    clone, kill, tgkill, prlimit = ((56, 62, 234, 302), (220, 129, 131, 261))[column]
    assert (decide(clone, 0x003D0F00), decide(clone, 17)) == (0x7FFF0000, refused)
    assert decide(435) == 0x00050000 | errno.ENOSYS
    for number in (kill, tgkill):
        assert [decide(number, who) for who in (pid, pid + 1, 1, 2**32 - 1)] == [0x7FFF0000, *[refused] * 3]
    assert (decide(prlimit, 0), decide(prlimit, 1)) == (0x7FFF0000, refused)
    assert decide(read, architecture=0x40000003) == decide(0x40000000 | 41) == 0x80000000


def interpret(program: bytes, data: bytes) -> int:
    steps = list(struct.iter_unpack("=HBBI", program))
    at = value = 0
    while True:
        code, if_true, if_false, operand = steps[at]
        at += 1
        match code:
            case 0x20:
                (value,) = struct.unpack_from("=I", data, operand)
            case 0x06:
                return operand
            case 0x15 | 0x35 | 0x45:
                holds = {0x15: value == operand, 0x35: value >= operand, 0x45: value & operand != 0}[code]
                at += if_true if holds else if_false


# Answers


@pytest.mark.parametrize(
    "estimator", [GaussianNB(), KNeighborsClassifier(), RandomForestClassifier(5), IsolationForest(n_estimators=5)]
)
def test_answers_are_those_of_the_same_process(artifact, estimator, iris_data):
    rows, labels = iris_data
    directory = artifact(estimator.fit(rows, labels), None, parity={"servedBy": "scikit-learn"})
    if isinstance(estimator, KNeighborsClassifier):
        estimator.set_params(algorithm="brute").fit(rows, labels)
        (directory / "model.pkl").write_bytes(pickle.dumps(estimator))
    here, apart = load_model(directory), load_model(directory, apart=True)
    assert apart.predict(rows.tolist()) == here.predict(rows.tolist())
    assert (apart.class_names, apart.feature_names) == (here.class_names, here.feature_names)
    apart.estimator.close()


def test_predictions_may_be_text(remote):
    answered, probabilities = remote(author_code.Texts()).answer(np.array([[1.0, 2.0], [3.0, 4.0]]))
    assert answered.tolist() == ["row of 3", "row of 7"]
    assert probabilities is None


def ask_at_once(estimator: RemoteEstimator, rows: list[float]) -> list[object]:
    answers: list[object] = [None] * len(rows)

    def ask(index: int) -> None:
        try:
            answers[index] = estimator.answer(np.array([[rows[index]]]))[0].tolist()
        except Exception as error:
            answers[index] = type(error)

    threads = [threading.Thread(target=ask, args=(index,)) for index in range(len(rows))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_what_queues_up_while_a_batch_runs_is_the_next_batch(remote):
    steady = remote(author_code.Steady())
    started = time.monotonic()
    sizes = [size for [size] in ask_at_once(steady, [1.0] * 40)]
    assert time.monotonic() - started < 40 * 0.05 / 4
    assert max(sizes) > 10
    assert steady.answer(np.zeros((1, 1)))[0].tolist() == [1]  # alone, it waits for nobody


def test_a_batch_has_at_most_so_many_rows(remote, monkeypatch):
    monkeypatch.setattr(remote_estimator, "MAX_BATCH_ROWS", 8)
    assert max(size for [size] in ask_at_once(remote(author_code.Steady()), [1.0] * 40)) <= 8


def test_nobody_fails_for_the_rows_of_another_and_no_value_is_told(remote, caplog):
    moody = remote(author_code.Moody())
    refused = remote_estimator.ValueRefused
    assert ask_at_once(moody, [1, 2, -1, 3, -2]) == [[1], [2], refused, [3], refused]
    with pytest.raises(PredictionFailed) as failed:
        moody.answer(np.array([[-4711.0]]))
    assert "ValueError" in str(failed.value)
    assert "4711" not in str(failed.value) + caplog.text


def test_a_forked_process_begins_a_child_of_its_own(artifact, run_python):
    """As workers do: the supervisor loads the model, ends its own child, and forks."""
    directory = artifact(author_code.Texts())
    printed = run_python(f"""
import os, sys
from pathlib import Path
import numpy as np
from inference_server.trusted.remote_estimator import RemoteEstimator
estimator = RemoteEstimator(Path({str(directory)!r}) / "model.pkl", True)
estimator.close()
pid = os.fork()
if pid:
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
print(estimator.answer(np.array([[1.0, 2.0]]))[0].tolist(), flush=True)
estimator.close()
""")
    assert printed == "['row of 3']\n"


# Death


def test_a_dead_child_is_started_again_and_at_last_is_dead_for_good(start_server, artifact, tmp_path):
    directory = artifact(author_code.Moody())
    server = start_server(directory, SAGEMAKER_DEPLOYER_TRUST=contents_digest(directory))
    server.wait_until_ready()
    for _ in range(remote_estimator.MAX_RESTARTS):
        assert server.invoke('{"instances": [[666]]}').status_code == 500
        assert server.invoke('{"instances": [[5]]}').json()["predictions"][0]["prediction"] == 5
        assert server.ping() == 200
    assert server.invoke('{"instances": [[666]]}').status_code == 500
    deadline = time.monotonic() + 10
    while server.ping() == 200 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert server.ping() == 500
    assert server.invoke('{"instances": [[5]]}').status_code == 500
    assert "died for good" in server.log
    assert server.terminate() == 0


def test_a_child_that_hangs_is_ended(remote, monkeypatch):
    monkeypatch.setattr(remote_estimator, "ANSWER_SECONDS", 0.5)
    moody = remote(author_code.Moody())
    with pytest.raises(ChildDied, match="longer than"):
        moody.answer(np.array([[667.0]]))
    assert moody.answer(np.array([[1.0]]))[0].tolist() == [1]


def test_only_the_child_has_scikit_learn_and_it_goes_with_the_server(start_server, artifact, iris_data):
    server = start_server(artifact(KNeighborsClassifier().fit(*iris_data), None))
    server.wait_until_ready()
    assert (
        httpx.post(f"{server.url}/invocations", json={"instances": [[5.1, 3.5, 1.4, 0.2]]}).json()["predictions"][0][
            "predicted_class"
        ]
        == "0"
    )
    child = next(pid for pid in descendants(server.process.pid) if "sklearn" in maps(pid))
    assert "sklearn" not in maps(server.process.pid)
    server.process.kill()
    server.process.wait()
    deadline = time.monotonic() + 5
    while os.path.exists(f"/proc/{child}/exe") and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not os.path.exists(f"/proc/{child}/exe")


def descendants(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in map(int, (task / "children").read_text().split()):
            found += [child, *descendants(child)]
    return found


def maps(pid: int) -> str:
    return Path(f"/proc/{pid}/maps").read_text()


def test_the_child_of_a_model_that_cannot_be_served_after_all_is_ended(artifact):
    directory = artifact(author_code.Steady(), classNames=["a", "b"])
    with pytest.raises(ModelError, match="names classes, but Steady is not a classifier"):
        load_model(directory, apart=True, trust=contents_digest(directory))
    assert not any(str(directory) in cmdline(pid) for pid in descendants(os.getpid()))


def cmdline(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text()
