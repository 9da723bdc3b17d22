"""Compiling the walker: kept in the virtual environment, else for one process, else not at all."""

from __future__ import annotations

import ctypes
import os
import shutil

import pytest

from inference_server.evaluate import build

needs_compiler = pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler (cc)")


@pytest.fixture
def environment(tmp_path, monkeypatch):
    """An empty virtual environment and an empty temporary directory."""
    (tmp_path / "venv" / "lib").mkdir(parents=True)
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(build.sys, "prefix", str(tmp_path / "venv"))
    monkeypatch.setattr(build.tempfile, "tempdir", str(tmp_path / "tmp"))
    return tmp_path


@needs_compiler
def test_it_is_compiled_once_and_kept(environment, monkeypatch):
    assert isinstance(build.load_library(), ctypes.CDLL)
    assert [path.suffix for path in (environment / "venv/lib").iterdir()] == [".so"]
    monkeypatch.setattr(build.shutil, "which", lambda _: None)
    assert isinstance(build.load_library(), ctypes.CDLL)


@needs_compiler
def test_what_a_source_includes_is_part_of_its_version(environment, tmp_path):
    source, included = tmp_path / "source.c", tmp_path / "included.h"
    source.write_text('#include <stdint.h>\n#include "included.h"\n')
    for number in (1, 2):
        included.write_text(f"int number(void) {{ return {number}; }}\n")
        assert build.load_library(source).number() == number


@needs_compiler
def test_where_nothing_may_be_kept_nothing_is_left(environment, monkeypatch):
    kept = environment / "venv/lib"
    allowed = os.access
    monkeypatch.setattr(build.os, "access", lambda path, mode: path != kept and allowed(path, mode))
    assert isinstance(build.load_library(), ctypes.CDLL)
    assert list(kept.iterdir()) == []
    assert list((environment / "tmp").iterdir()) == []


def test_without_a_compiler_there_is_none_and_the_log_says_so(environment, monkeypatch, caplog):
    monkeypatch.setattr(build.shutil, "which", lambda _: None)
    caplog.set_level("INFO", "inference_server")
    assert build.load_library() is None
    assert "walk.c is not compiled: there is no C compiler (cc)" in caplog.text
    assert list((environment / "venv/lib").iterdir()) == []


@needs_compiler
def test_a_compiler_that_fails_is_no_reason_to_stop(environment, monkeypatch):
    (environment / "broken.c").write_text("int evaluate(")
    monkeypatch.setattr(build, "SOURCE", environment / "broken.c")
    assert build.load_library() is None
    assert list((environment / "venv/lib").iterdir()) == []
