"""The pins: every package with a hash, no address of an index, scikit-learn the version that the README names."""

from __future__ import annotations

import re

import pytest
import sklearn

from server_process import SOURCE


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-test.txt"])
def test_every_requirement_is_pinned_with_hashes(name):
    text = (SOURCE / name).read_text()
    requirements = re.split(r"\n(?=\S)", re.sub(r"(?m)^\s*#.*\n", "", text).strip())
    assert len(requirements) > 5
    for requirement in requirements:
        assert re.match(r"[a-z0-9._-]+==[\w.]+ ", requirement)
        assert "--hash=sha256:" in requirement
    assert "://" not in text
    assert "--index-url" not in text


def test_the_readme_names_the_version_of_scikit_learn():
    assert f"scikit-learn {sklearn.__version__}" in (SOURCE / "README.md").read_text()
    assert f"scikit-learn=={sklearn.__version__} " in (SOURCE / "requirements.txt").read_text()
