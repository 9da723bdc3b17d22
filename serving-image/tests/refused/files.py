"""Refused files under every name that a model can have, for tests with whole servers."""

from __future__ import annotations

import pickle
from collections import Counter
from dataclasses import dataclass

from inference_server.load_model import MODEL_FILES
from refused.assemble import pickled, value
from refused.compressions import COMPRESSIONS
from refused.names import UNLISTED, WITNESS
from refused.positions import positions


@dataclass(frozen=True)
class RefusedFile:
    """``file``: the name under which it is uploaded."""

    title: str
    content: bytes
    file: str


def refused_files() -> list[RefusedFile]:
    """Return them all; no two have the same title."""
    found = [
        RefusedFile(
            f"{'.'.join(name)} as {position} in {suffix}", pickled(code, protocol=number % 6), f"model.{suffix}"
        )
        for suffix in ("pkl", "joblib")
        for name in (WITNESS, ("collections", "Counter"))
        for number, (position, code) in enumerate(positions(*name).items())
    ]
    called = [pickled(positions(*name)["REDUCE"]) for name in UNLISTED]
    found += [RefusedFile(f"a call of {'.'.join(UNLISTED[at])!r}", one, "model.pkl") for at, one in enumerate(called)]
    found += [
        RefusedFile(f"a call in {compression}", compress(called[0]), "model.joblib")
        for compression, compress in COMPRESSIONS.items()
    ]
    contents = {
        "a call": called[0],
        "a Counter": pickle.dumps(Counter("a")),
        "a list": pickled(value([1])),
        "nothing": b"",
        "half a call": called[0][:-3],
        "text": b"a model\n",
        "braces": b"{}",
    }
    return found + [RefusedFile(f"{key} as {file}", one, file) for key, one in contents.items() for file in MODEL_FILES]
