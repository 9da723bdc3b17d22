"""Model files that the real libraries wrote: writes the committed ones, or asks the server for hundreds of others.

``python tests/models_command.py write|matrix --help``; `npm run models:write` and `npm run models:matrix` start it.
Exit status: 0 all is well, 1 an answer is wrong or 5xx, 2 the command line is wrong, 3 files of a version are missing.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from model_matrix.chosen_files import CHOSEN_FILES, COMMITTED, LARGEST_BYTES
from model_matrix.committed_files import REFUSED, write_refused
from model_matrix.library_versions import LibraryVersion
from model_matrix.matrix import Matrix
from model_matrix.pythons import WrongOption
from model_matrix.tell import tell, write_docs
from model_matrix.write_models import Missing, choose_versions, part_of, write_models

ROOT = Path(__file__).parent.parent.parent
CACHE = ROOT / ".venv" / "written-models"


def main(arguments: list[str] | None = None) -> int:
    """Return the exit status."""
    options = _parse(arguments)
    versions = choose_versions(options.only)
    return _write(options, versions) if options.command == "write" else _matrix(options, versions)


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="npm run models:write|models:matrix --", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    both = argparse.ArgumentParser(add_help=False)
    both.add_argument("--only", nargs="+", default=[], metavar="NAME", help="LIBRARY or LIBRARY-VERSION")
    both.add_argument("--python", nargs="+", default=[], type=_path, metavar="PATH", help="more Pythons to use")
    both.add_argument(
        "--cache",
        default=CACHE,
        type=_path,
        metavar="FOLDER",
        help="of the environments (default: .venv/written-models)",
    )
    commands.add_parser("write", parents=[both], help="write the files that are committed (tests/written-models)")
    matrix = commands.add_parser("matrix", parents=[both], help="write hundreds of files and ask the server for each")
    matrix.add_argument("--json", action="store_true", help="print one JSON object on stdout")
    matrix.add_argument("--all", action="store_true", help="every kind with every version, not a third of them")
    matrix.add_argument(
        "--keep", type=_path, metavar="FOLDER", help="keep the files; those that are there are not written again"
    )
    matrix.add_argument("--write-docs", action="store_true", help="write docs/models-matrix.md")
    return parser.parse_args(arguments)


def _path(text: str) -> Path:
    # npm runs scripts in the folder of package.json.
    return Path(os.environ.get("INIT_CWD", "."), text).absolute()


def _write(options: argparse.Namespace, versions: list) -> int:
    missing = 0
    for version, found in write_models(versions, COMMITTED, options.cache, options.python, _chosen):
        if isinstance(found, Missing):
            missing += 1
            print(found, file=sys.stderr)
            continue
        files = [path for path in found.iterdir() if path.name != "index.json"]
        size = sum(path.stat().st_size for path in found.iterdir())
        print(f"{version.name}: {len(files)} files, {size / 1000:.0f} kB with their answers")
    print(f"{write_refused()} of the committed files are refused: {REFUSED.name} there has the reasons")
    return 3 if missing else 0


def _chosen(version: LibraryVersion) -> list[str]:
    return ["--largest", str(LARGEST_BYTES), "--files", *CHOSEN_FILES[version.library]]


def _matrix(options: argparse.Namespace, versions: list) -> int:
    matrix = Matrix()
    with tempfile.TemporaryDirectory(prefix="models-") as temporary:
        target = options.keep or Path(temporary)
        kept = [one for one in versions if (target / one.name / "index.json").exists()]
        for version in kept:
            matrix.ask(version.name, target / version.name)
        others = [one for one in versions if one not in kept]
        if others:
            choose = part_of if not options.all else lambda _: []
            for version, found in write_models(others, target, options.cache, options.python, choose):
                if isinstance(found, Missing):
                    matrix.missing.append(str(found))
                    print(found, file=sys.stderr)
                else:
                    matrix.ask(version.name, found)
    print(json.dumps(matrix.as_json(), indent=1, ensure_ascii=False) if options.json else tell(matrix))
    if options.write_docs:
        write_docs(matrix, ROOT / "docs" / "models-matrix.md")
    if matrix.fails:
        return 1
    return 3 if matrix.missing else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except WrongOption as wrong:
        print(wrong, file=sys.stderr)
        sys.exit(2)
