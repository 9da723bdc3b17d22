"""The two ways to walk trees: compiled, and in numpy where there is no compiler."""

from __future__ import annotations

import pytest

from inference_server.evaluate import build


def walker_of(module):
    """A fixture, ``compiled`` or ``numpy``, for tests of the module whose ``_library`` it compiles."""

    @pytest.fixture(params=["compiled", "numpy"])
    def walker(request, monkeypatch):
        if request.param == "numpy":
            monkeypatch.setattr(build.shutil, "which", lambda _: None)
            monkeypatch.setattr(build, "kept_path", lambda _: build.Path("/nowhere/library.so"))
        module._library.cache_clear()
        if request.param == "compiled" and module._library() is None:
            pytest.skip("there is no C compiler")
        yield request.param
        module._library.cache_clear()

    return walker
