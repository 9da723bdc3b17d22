"""The pins: every package with a hash, no address of an index, scikit-learn the version that the README names."""

from __future__ import annotations

import re

import pytest
import sklearn

from inference_server.trusted.scikit_learns import MINORS
from server_process import SOURCE


@pytest.mark.parametrize("name", sorted(path.name for path in SOURCE.glob("requirements*.txt")))
def test_every_requirement_is_pinned_with_hashes(name):
    text = (SOURCE / name).read_text()
    requirements = re.split(r"\n(?=\S)", re.sub(r"(?m)^\s*#.*\n", "", text).strip())
    assert len(requirements) > (0 if "scikit-learn" in name else 3)
    for requirement in requirements:
        assert re.match(r"[a-z0-9._-]+==[\w.]+ ", requirement)
        assert "--hash=sha256:" in requirement
    assert "://" not in text
    assert "index-url" not in text


def test_the_readme_names_the_version_of_scikit_learn():
    assert f"scikit-learn {sklearn.__version__}" in (SOURCE / "README.md").read_text()
    assert f"scikit-learn=={sklearn.__version__} " in (SOURCE / "requirements.txt").read_text()


@pytest.mark.parametrize("name", ["requirements-lite.txt", "requirements-engines.txt"])
def test_no_target_of_the_image_has_another_version_of_anything(name):
    own, others = pins(name), pins("requirements.txt")
    assert {package: others.get(package, version) for package, version in own.items()} == own


def pins(name: str) -> dict[str, str]:
    return dict(re.findall(r"(?m)^([a-z0-9._-]+)==(\S+)", (SOURCE / name).read_text()))


def test_each_minor_of_scikit_learn_has_one_file_and_nothing_else_in_another_version():
    """What ``scikit_learns.py`` says is there is what the files install."""
    minors = {"requirements.txt": pins("requirements.txt")["scikit-learn"]}
    shared = pins("requirements.txt") | pins("requirements-engines.txt")
    for file in sorted(path.name for path in SOURCE.glob("requirements-scikit-learn-*.txt")):
        own = pins(file)
        minors[file] = own.pop("scikit-learn")
        assert file == f"requirements-scikit-learn-{minors[file].rpartition('.')[0]}.txt"
        assert {package: shared[package] for package in own} == own
    assert sorted(version.rpartition(".")[0] for version in minors.values()) == sorted(MINORS)
