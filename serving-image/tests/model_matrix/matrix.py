"""Asks a server process for each file of each version, two at once, and counts."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from model_matrix.ask_packing import find_disagreement
from model_matrix.ask_server import Outcome, ask_server
from model_matrix.progress import Progress
from model_matrix.recorded_file import RecordedFile, read_index

_AT_ONCE = 2


@dataclass
class Matrix:
    """What came of each file; ``missing``: versions without files, and why."""

    outcomes: list[Outcome] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def ask(self, name: str, folder: Path) -> None:
        """Ask for the files of a version."""
        files = list(read_index(folder))
        progress = Progress(f"{name}: asking {len(files)} models")
        with ThreadPoolExecutor(_AT_ONCE) as executor:
            for done, outcome in enumerate(executor.map(_ask, files), start=1):
                self.outcomes.append(outcome)
                progress.say(f", {done} asked")
        progress.end()

    @property
    def fails(self) -> bool:
        return any(one.wrong or one.answers5xx for one in self.outcomes)

    def as_json(self) -> dict[str, Any]:
        """Return counts, by library and version too, and the lists of what was not served right."""
        names = dict.fromkeys((one.model.library, _minor(one.model)) for one in self.outcomes)
        return {
            **count(self.outcomes),
            "versions": [
                {"library": library, "version": version, **count(self.of(library, version))}
                for library, version in names
            ],
            "missing": self.missing,
            "refusals": [
                {**_head(one.model), "reason": one.refusal} for one in self.outcomes if one.refusal is not None
            ],
            "wrongAnswers": [
                {**_head(one.model), "found": one.wrong, "answers5xx": one.answers5xx}
                for one in self.outcomes
                if one.wrong or one.answers5xx
            ],
        }

    def of(self, library: str, version: str) -> list[Outcome]:
        """Return the outcomes of one version."""
        return [one for one in self.outcomes if (one.model.library, _minor(one.model)) == (library, version)]


def count(outcomes: Iterable[Outcome]) -> dict[str, int]:
    """Return how many files there were, and what came of them; each is served, refused or wrong."""
    found = {"files": 0, "served": 0, "servedByScikitLearn": 0, "refused": 0, "wrong": 0, "answers5xx": 0}
    for one in outcomes:
        found["files"] += 1
        found["answers5xx"] += bool(one.answers5xx)
        if one.wrong or one.answers5xx:
            found["wrong"] += bool(one.wrong)
        elif one.refusal is not None:
            found["refused"] += 1
        else:
            found["served"] += 1
            found["servedByScikitLearn"] += one.served_by is not None
    return found


def _ask(model: RecordedFile) -> Outcome:
    outcome = ask_server(model)
    if outcome.refusal is not None and (disagreement := find_disagreement(model, outcome.refusal)):
        outcome.wrong.append(f"{disagreement}; the server: {outcome.refusal}")
    return outcome


def _head(model: RecordedFile) -> dict[str, Any]:
    return {
        "library": model.library,
        "version": model.version,
        "file": model.path.name,
        "kind": model.kind,
        "rows": model.comes,
    }


def _minor(model: RecordedFile) -> str:
    # CatBoost has had one minor version for years.
    parts = 3 if model.library == "catboost" else 2
    return ".".join(model.version.split(".")[:parts])
