"""The distribution sagemaker-deployer: built, installed into an environment of its own, and used there by name."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest
from thoroughness import IS_NIGHTLY

from inference_server.trusted.scikit_learns import packages_of

SOURCE = Path(__file__).parent.parent
PROGRESS = "Comparing the server with the model's own library"
AUTHOR = """
import json, sys
import sklearn
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.neighbors import KNeighborsClassifier
from sagemaker_deployer.pack import Problems, pack

X, y = load_iris(return_X_y=True)
said = {"scikit-learn": sklearn.__version__}
for model in (RandomForestClassifier(5), KNeighborsClassifier(algorithm="brute")):
    name = type(model).__name__
    try:
        packed = pack(model.fit(X, y), X, y, f"{name}.tar.gz", class_names=["a", "b", "c"])
        said[name] = [packed.served, packed.golden_cases, packed.description["parity"].get("labelsFlipped")]
    except Problems as problems:
        said[name] = problems.found
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    copied = folder / "source"
    copied.mkdir()
    for name in ("pyproject.toml", "sagemaker_deployer", "inference_server"):
        (copied / name).symlink_to(SOURCE / name)
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    subprocess.run(command, cwd=copied, check=True, capture_output=True, text=True)
    return folder


def make_environment(folder: Path, archive: Path, *paths: Path) -> Path:
    """Return the bin folder of an environment with the distribution, and packages from ``paths`` beside it."""
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    (found,) = (folder / "lib").glob("python*/site-packages")
    (found / "beside.pth").write_text("".join(f"{path}\n" for path in paths))
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "-q", "--no-deps", "--no-index"]
    built_with = ["--no-build-isolation"] if archive.suffix == ".gz" else []
    subprocess.run([*install, *built_with, str(archive)], check=True, capture_output=True, text=True)
    return folder / "bin"


def run(command: list[str], folder: Path) -> str:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    # On a slow machine it says what it is doing; no library warns.
    assert done.stderr in ("", f"{PROGRESS} ...\n")
    return done.stdout


def ours() -> Path:
    return Path(sysconfig.get_path("purelib"))


def test_both_archives_hold_the_same_code_and_nothing_else(built):
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        in_wheel = {name for name in wheel.namelist() if ".dist-info/" not in name}
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        in_archive = {member.name.partition("/")[2] for member in archive if member.isfile()}
    assert in_wheel == {name for name in in_archive if name.startswith(("sagemaker_deployer/", "inference_server/"))}
    assert {name.partition("/")[0] for name in in_wheel} == {"sagemaker_deployer", "inference_server"}
    assert {"sagemaker_deployer/pack/pack.py", "inference_server/evaluate/walk.c"} <= in_wheel
    assert not [name for name in in_wheel if name.endswith((".pyc", ".so"))]


def test_the_version_is_the_projects():
    project = tomllib.loads((SOURCE / "pyproject.toml").read_text())["project"]
    assert project["version"] == json.loads((SOURCE.parent / "package.json").read_text())["version"]


@pytest.mark.parametrize("minor", ["1.6", "1.9"])
def test_three_lines_pack_a_model_of_another_scikit_learn(tmp_path, built, minor):
    packages = packages_of(minor)
    if not packages.is_dir():
        pytest.skip(f"scikit-learn {minor} has no wheel for this Python, or was not prepared")
    binaries = make_environment(tmp_path / "env", next(built.glob("*.whl")), packages, ours())
    said = json.loads(run([str(binaries / "python"), "-c", AUTHOR], tmp_path))
    assert said["scikit-learn"].startswith(f"{minor}.")
    served, cases, flipped = said["RandomForestClassifier"]
    assert served == f"RandomForestClassifier of scikit-learn {minor}, evaluated by the server itself"
    assert (cases, flipped) == (4, 0)
    assert said["KNeighborsClassifier"][0].startswith(f"served by scikit-learn {minor}, because")


def test_the_command_is_installed_from_the_source_archive(tmp_path, built, forest):
    import pickle

    (tmp_path / "model.pkl").write_bytes(pickle.dumps(forest))
    binaries = make_environment(tmp_path / "env", next(built.glob("*.tar.gz")), ours())
    packed = json.loads(run([str(binaries / "sagemaker-deployer-pack"), "--model", "model.pkl", "--json"], tmp_path))
    assert packed["goldenCases"] >= 3
    assert (tmp_path / "model.tar.gz").stat().st_size == packed["bytes"]
    assert "usage: sagemaker-deployer-pack" in run([str(binaries / "sagemaker-deployer-pack"), "--help"], tmp_path)


@pytest.mark.skipif(not IS_NIGHTLY, reason="installs three scikit-learns from the package index: by night")
@pytest.mark.parametrize("version", ["1.3.2", "1.6.1", "1.9.1"])
def test_pip_installs_it_beside_any_scikit_learn(tmp_path, built, version):
    if version == "1.3.2" and sys.version_info >= (3, 13):
        pytest.skip("scikit-learn 1.3 has no wheel for this Python")
    venv.create(tmp_path / "env", with_pip=True)
    python = str(tmp_path / "env" / "bin" / "python")
    wheel = f"sagemaker-deployer[pack] @ {next(built.glob('*.whl')).as_uri()}"
    pinned = ["numpy<2"] if version == "1.3.2" else []
    install = [python, "-m", "pip", "install", "-q", "--only-binary=:all:", f"scikit-learn=={version}", *pinned, wheel]
    subprocess.run(install, check=True, capture_output=True, text=True)
    said = json.loads(run([python, "-c", AUTHOR], tmp_path))
    assert said["RandomForestClassifier"][1:] == [4, 0]
    where = said["KNeighborsClassifier"][0]
    minor = version.rpartition(".")[0]
    assert ("this server has 1.5" if minor == "1.3" else f"served by scikit-learn {minor}") in where
