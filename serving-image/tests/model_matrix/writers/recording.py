"""Writes model files and what the library answers; runs in the environment of each library, with numpy and pandas."""

from __future__ import annotations

import argparse
import functools
import json
import pickle
import platform
import sys
import warnings
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

# How near the server's numbers must be. TREES: to the bit. Relative above 1, absolute below.
TREES, DOUBLES, SINGLES = 0.0, 1e-12, 2e-7
# (what it predicts, probabilities or None)
Asked = tuple[Any, Any]
_VERSIONS = ("numpy", "pandas", "scikit-learn", "joblib", "skops", "skl2onnx", "onnxruntime")


@dataclass
class Rows:
    """Rows that a model is trained on or asked: ``comes`` says how, ``table`` is what a person would have.

    An array, a DataFrame, or a list of texts.
    """

    comes: str
    table: Any

    @property
    def names(self) -> list[str] | None:
        return list(map(str, self.table.columns)) if isinstance(self.table, pd.DataFrame) else None

    def __len__(self) -> int:
        return len(self.table)

    def one(self, index: int) -> Any:
        if isinstance(self.table, pd.DataFrame):
            return self.table.iloc[index : index + 1]
        return self.table[index : index + 1]

    def as_json(self) -> list[list[Any]]:
        """Return the rows as a request has them: numbers, texts, booleans, null."""
        if isinstance(self.table, list):
            return [[text] for text in self.table]
        values = self.table.astype(object).to_numpy() if isinstance(self.table, pd.DataFrame) else self.table
        return [[_plain(value) for value in row] for row in values.tolist()]


@dataclass
class Recorder:
    """One run of a script: a folder of model files and ``index.json`` with the answers."""

    folder: Path
    library: str
    version: str
    script: str
    chosen: frozenset[str] | None = None
    # Which part of all files, of how many.
    part: tuple[int, int] = (0, 1)
    largest: int | None = None
    files: list[dict[str, Any]] = field(default_factory=list)

    def wants(self, name: str) -> bool:
        """Tell whether the file is to be written: it is named, or of the part."""
        if self.chosen is not None:
            return name.rsplit(".", 1)[0] in self.chosen
        part, parts = self.part
        return zlib.crc32(name.encode()) % parts == part

    def wants_any(self, name: str, endings: Iterable[str]) -> bool:
        """Tell whether a kind is to be trained at all."""
        return any(self.wants(file_name(name) + ending) for ending in endings)

    def write(
        self,
        name: str,
        save: Callable[[Path], Any],
        ask: Callable[[Any], Asked],
        rows: Rows,
        *,
        kind: str,
        classes: Sequence[Any] | None = None,
        exact: float = DOUBLES,
        names: list[str] | None = None,
        shown: Rows | None = None,
    ) -> None:
        """Save a model as ``name``, whose ending says the format, and record what ``ask`` answers to the rows.

        Rows that the library refuses are recorded as such. ``classes``: of the columns of its probabilities;
        ``names``: of the columns, where the file has others than the rows; ``shown``: the rows as a request has them,
        where that is otherwise.
        """
        if not self.wants(name):
            return
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            save(self.folder / name)
            if self.largest is not None and (self.folder / name).stat().st_size > self.largest:
                (self.folder / name).unlink()
                return
            answered, predicted, probabilities = [], [], []
            for index in range(len(rows)):
                try:
                    label, shares = ask(rows.one(index))
                except Exception as error:
                    answered.append(f"{type(error).__name__}: {error}"[:120].split("\n")[0])
                    predicted.append(None)
                    probabilities.append(None)
                    continue
                answered.append(None)
                predicted.append(_plain(np.asarray(label).tolist()[0]))
                probabilities.append(None if shares is None else _shares(shares))
        if all(answered):
            raise SystemExit(f"{name}: the library answers none of the rows, the first: {answered[0]}")
        self.files.append(
            {
                "file": name,
                "kind": kind,
                "comes": rows.comes,
                "names": names or rows.names,
                "classes": None if classes is None else [_plain(one) for one in classes],
                "exact": exact,
                "rows": (shown or rows).as_json(),
                "refused": answered if any(answered) else None,
                "predicted": predicted,
                "probabilities": probabilities if any(one is not None for one in probabilities) else None,
            }
        )

    def write_each(
        self,
        name: str,
        model: Any,
        ways: dict[str, Callable[[Any, Path], Any]],
        ask: Callable[[Any], Asked],
        rows: Rows,
        **told: Any,
    ) -> None:
        """Write the model in each of the ways (ending -> what saves it); ``told`` as ``write`` has it, with a kind."""
        for ending, save in ways.items():
            self.write(file_name(name) + ending, functools.partial(save, model), ask, rows, **told)

    def end(self) -> None:
        versions = {}
        for distribution in _VERSIONS:
            try:
                versions[distribution] = metadata.version(distribution)
            except metadata.PackageNotFoundError:
                continue
        head = {
            "library": self.library,
            "version": self.version,
            "script": self.script,
            "python": platform.python_version(),
            "versions": versions,
        }
        lines = [json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in self.files]
        text = json.dumps(head)[:-1] + ', "files": [\n' + ",\n".join(lines) + "\n]}\n"
        (self.folder / "index.json").write_text(text, encoding="utf-8")


def save_pickle(model: Any, path: Path) -> None:
    """Pickle it as people do: with the protocol that this Python takes by itself."""
    path.write_bytes(pickle.dumps(model))


def file_name(kind: str) -> str:
    """Return the name of a kind's file, without its ending."""
    return kind.replace(",", "").replace(" ", "-")


def start(library: str, version: str) -> Recorder:
    """Read ``FOLDER [--files NAME ...] [--part NUMBER PARTS] [--largest BYTES]`` of the command line."""
    parser = argparse.ArgumentParser(description=f"Writes models of {library} and what it answers to rows.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", nargs="+", help="only these, named without their endings")
    parser.add_argument("--largest", type=int, metavar="BYTES", help="leave out files that are larger")
    parser.add_argument("--part", nargs=2, type=int, default=[0, 1], help="which part of all files, of how many")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    chosen = None if options.files is None else frozenset(options.files)
    script = Path(sys.argv[0]).name
    return Recorder(options.folder, library, version, script, chosen, tuple(options.part), options.largest)


def _shares(shares: Any) -> list[Any]:
    if isinstance(shares, list):  # of several outputs: one array for each
        return [np.asarray(one, dtype=float)[0].tolist() for one in shares]
    return np.asarray(shares, dtype=float)[0].tolist()


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or value is pd.NA or (isinstance(value, float) and value != value):
        return None
    return value
