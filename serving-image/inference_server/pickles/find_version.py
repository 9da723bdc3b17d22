"""Which scikit-learn wrote a pickle or joblib file, by what its estimators say, read inertly."""

from __future__ import annotations

import re
from contextlib import suppress
from io import BytesIO
from typing import Any

from inference_server.pickles.read_inert import InertReader

_VERSION = re.compile(r"\d{1,3}\.\d{1,3}(\.[\w.+-]{1,14})?", re.ASCII)


def find_version(content: bytes) -> str | None:
    """Return the version that wrote the outermost estimator, None where the file does not say one.

    Of a file that cannot be read to its end (an author's own classes may need what an estimator does not), the last
    version before that. Names may be any: none is resolved.
    """
    reader = _Reader(BytesIO(content), len(content))
    # Whatever is wrong with the file, who loads it says so.
    with suppress(Exception):
        reader.load()
    return reader.versions[-1] if reader.versions else None


class _Reader(InertReader):
    dispatch = InertReader.dispatch.copy()

    def __init__(self, file: BytesIO, size: int, depth: int = 0, outer: _Reader | None = None) -> None:
        super().__init__(file, size, depth, outer)
        self.versions: list[str] = [] if outer is None else outer.versions

    def passes(self, module: str, name: str) -> bool:
        return True

    def load_build(self) -> None:
        state: Any = self.stack[-1]
        # BaseEstimator.__getstate__ adds it to the state of every class in scikit-learn, 1.2 to 1.9 (sklearn/base.py).
        version = state.get("_sklearn_version") if isinstance(state, dict) else None
        if isinstance(version, str) and _VERSION.fullmatch(version):
            self.versions.append(version)
        super().load_build()

    dispatch[b"b"[0]] = load_build
