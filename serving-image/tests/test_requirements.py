"""The pins: every package with a hash, no address of an index, scikit-learn the version that the README names."""

from __future__ import annotations

import re

import pytest
import sklearn

from server_process import SOURCE


@pytest.mark.parametrize("name", sorted(path.name for path in SOURCE.glob("requirements*.txt")))
def test_every_requirement_is_pinned_with_hashes(name):
    text = (SOURCE / name).read_text()
    requirements = re.split(r"\n(?=\S)", re.sub(r"(?m)^\s*#.*\n", "", text).strip())
    assert len(requirements) > 3
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
    pins = {
        file: dict(re.findall(r"(?m)^([a-z0-9._-]+)==(\S+)", (SOURCE / file).read_text()))
        for file in (name, "requirements.txt")
    }
    assert {package: pins["requirements.txt"].get(package, version) for package, version in pins[name].items()} == pins[
        name
    ]
