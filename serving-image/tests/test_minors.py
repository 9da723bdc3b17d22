"""Files of each minor of scikit-learn are served by a child process that has that minor, and answered as it did."""

from __future__ import annotations

import io
import json
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from record_minors import OF_ITS_TIME, unpack
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

import author_code
from inference_server.load_model import load_model
from inference_server.model_error import ModelError
from inference_server.pickles.find_version import find_version
from inference_server.trusted import remote_estimator, scikit_learns
from inference_server.trusted.scikit_learns import MINORS, packages_of
from server_process import SOURCE

READ_ALL = Path(__file__).with_name("read_minor.py")


@pytest.fixture(scope="module", params=OF_ITS_TIME)
def minor(request) -> str:
    """A minor that is installed beside the environment of the tests."""
    if sys.version_info >= (3, 14) and request.param in ("1.5", "1.6"):
        pytest.skip(f"scikit-learn {request.param} has no packages for Python 3.14")
    assert packages_of(request.param).is_dir(), "node scripts/prepare.mjs scikit-learns"
    return request.param


@pytest.fixture(scope="module")
def recorded(minor, tmp_path_factory) -> Path:
    """The files that the minor wrote, a folder for each."""
    folder = tmp_path_factory.mktemp("recorded")
    assert len(unpack(minor, folder)) > 150
    return folder


def only_model(recorded: Path, name: str, directory: Path) -> Path:
    """Make a model directory of one recorded file."""
    directory.mkdir()
    (path,) = (recorded / name).glob("model.*")
    shutil.copy(path, directory)
    return directory


def test_every_listed_estimator_answers_as_the_minor_that_wrote_it(minor, recorded):
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, (packages_of(minor), SOURCE)))}
    command = [sys.executable, "-P", READ_ALL, recorded]
    told = json.loads(subprocess.run(command, check=True, env=environment, capture_output=True, text=True).stdout)
    assert told["version"].startswith(f"{minor}.")
    assert told["problems"] == []
    assert told["answered"] == len(list(recorded.iterdir()))


def test_a_child_process_has_the_minor_of_the_file(minor, recorded, tmp_path):
    said = json.loads((recorded / "support-vectors" / "answers.json").read_text())
    model = load_model(only_model(recorded, "support-vectors", tmp_path / "model"), apart=True)
    try:
        assert [answer["predicted_class_index"] for answer in model.predict(said["rows"])] == said["predicted"]
        assert scikit_learn_of_children() == {packages_of(minor).resolve() / "sklearn"}
    finally:
        model.estimator.close()


def scikit_learn_of_children() -> set[Path]:
    """Return the folders of the compiled modules of scikit-learn that the children of this process have loaded."""
    found = set()
    for children in Path("/proc/self/task").glob("*/children"):
        for child in children.read_text().split():
            maps = Path(f"/proc/{child}/maps").read_text()
            paths = [line.split(maxsplit=5)[5] for line in maps.splitlines() if "/sklearn/" in line]
            found |= {Path(path.partition("/sklearn/")[0], "sklearn") for path in paths}
    return found


def test_trusted_files_get_the_minor_too(minor, recorded, tmp_path):
    path = next(only_model(recorded, "support-vectors", tmp_path / "model").iterdir())
    estimator = remote_estimator.RemoteEstimator(path, trusted=True)
    try:
        assert scikit_learn_of_children() == {packages_of(minor).resolve() / "sklearn"}
    finally:
        estimator.close()


def test_over_http(start_server, tmp_path):
    unpack("1.7", tmp_path / "files")
    server = start_server(only_model(tmp_path / "files", "frame-by-types", tmp_path / "model"))
    server.wait_until_ready()
    said = json.loads((tmp_path / "files" / "frame-by-types" / "answers.json").read_text())
    answer = server.invoke(json.dumps({"instances": said["rows"]})).json()
    assert [one["predicted_class"] for one in answer["predictions"]] == said["predicted"]


# Files of a minor that is not here


@pytest.fixture
def no_child(monkeypatch):
    def begin(*_):
        raise AssertionError("a child process was started")

    monkeypatch.setattr(remote_estimator, "ChildProcess", begin)


@pytest.fixture
def written_by(tmp_path, iris_data):
    """Make a model directory of a file that says another version than the scikit-learn of the tests."""

    def write(version: str, count: int = -1) -> Path:
        content = in_full(make_pipeline(StandardScaler(), SVC()).fit(*iris_data))
        (tmp_path / "model.pkl").write_bytes(content.replace(*versions(version), count))
        return tmp_path

    return write


def in_full(value) -> bytes:
    """Pickle every text where it stands, and not as a reference to an equal one before it."""
    written = io.BytesIO()
    pickler = pickle.Pickler(written, 2)
    pickler.fast = True
    pickler.dump(value)
    return written.getvalue()


def versions(version: str) -> tuple[bytes, bytes]:
    import sklearn

    return tuple(b"X" + len(one).to_bytes(4, "little") + one.encode() for one in (sklearn.__version__, version))


@pytest.mark.parametrize("version", ["1.4.2", "1.10.0", "2.0.0", "1.8"])
def test_of_no_minor_that_is_served(no_child, written_by, version):
    if version == "1.8":  # this one is
        with pytest.raises(AssertionError, match="a child process was started"):
            load_model(written_by(version), apart=True)
        return
    here = ", ".join(one for one in MINORS if one == "1.8" or packages_of(one).is_dir())
    told = (
        rf"model\.pkl was written by scikit-learn {version}, this server has {here}\. Train with one of these\. Where"
    )
    with pytest.raises(ModelError, match=told):
        load_model(written_by(version), apart=True)


def test_where_its_folder_is_missing_the_message_names_it(no_child, written_by, monkeypatch, tmp_path):
    monkeypatch.setattr(scikit_learns.sys, "prefix", str(tmp_path / "own"))
    told = (
        rf"was written by scikit-learn 1\.5\.2, this server has 1\.8\. .* target full, which has 1\.5 too\. "
        rf".*pip install .* --prefix {tmp_path}/scikit-learns/1\.5 -r requirements-scikit-learn-1\.5\.txt\. "
    )
    with pytest.raises(ModelError, match=told):
        load_model(written_by("1.5.2"), apart=True)


def test_parts_of_two_minors_are_refused(written_by):
    with pytest.raises(ModelError, match=r"written by scikit-learn 1\.7\.2, this server has 1\.8\.0\. Train all of"):
        load_model(written_by("1.7.2", 1), apart=True)


# The version that a file says


def test_it_is_that_of_the_outermost_estimator(written_by):
    content = (written_by("1.5.2", 1) / "model.pkl").read_bytes()
    import sklearn

    assert find_version(content) == sklearn.__version__
    assert find_version((written_by("1.5.2") / "model.pkl").read_bytes()) == "1.5.2"


@pytest.mark.parametrize("version", ["1.5.2; import os", "1", "x", "1.5.2\n", "12345.1", "1." + "5" * 30])
def test_what_is_no_version_counts_for_none(written_by, version):
    old, _ = versions("")
    text = version.encode()
    content = (written_by("1.8.0") / "model.pkl").read_bytes()
    assert find_version(content.replace(old, b"X" + len(text).to_bytes(4, "little") + text)) is None


def test_authors_classes_around_it_and_damage_behind_it_do_no_harm(iris_data):
    model = make_pipeline(author_code.Steady(), SVC().fit(*iris_data))
    content = pickle.dumps([model, author_code.Steady()])
    import sklearn

    assert find_version(content) == sklearn.__version__
    assert find_version(content[:-3]) == sklearn.__version__
    assert find_version(pickle.dumps(author_code.Steady())) is None
    assert find_version(b"") is None
