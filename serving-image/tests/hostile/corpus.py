"""All hostile files, made afresh: ``python tests/hostile/corpus.py FOLDER`` writes each into a folder of its own.

The commands in them touch files in the folder ``canary`` beside, and call a port of 127.0.0.1 where nobody listens.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parent.parent), str(Path(__file__).parent.parent.parent)]

from hostile.arrays import array_files
from hostile.bombs import bomb_files
from hostile.calls import call_files
from hostile.crafted_trees import tree_files
from hostile.formats import format_files
from hostile.hostile_file import Canary, Hostile
from hostile.streams import good_pickle, stream_files


def hostile_files(canary: Canary) -> list[Hostile]:
    """Return them all; no two have the same name."""
    files = [
        *call_files(canary),
        *stream_files(canary, good_pickle()),
        *array_files(canary),
        *bomb_files(),
        *tree_files(),
        *format_files(canary),
    ]
    names = [file.name for file in files]
    assert len(set(names)) == len(names), [name for name in names if names.count(name) > 1]
    return files


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    (folder / "canary").mkdir(parents=True)
    for number, file in enumerate(hostile_files(Canary(folder / "canary", 9))):
        own = folder / f"{number:03}"
        own.mkdir()
        (own / file.file).write_bytes(file.content)
        print(f"{number:03} {file.name}: {file.tries}")
