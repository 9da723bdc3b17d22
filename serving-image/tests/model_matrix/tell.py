"""What the matrix found, for people: a table on the terminal, and docs/models-matrix.md."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from model_matrix.ask_packing import plain_reason
from model_matrix.library_versions import LIBRARY_VERSIONS
from model_matrix.matrix import Matrix, count

_COLUMNS = {
    "files": "files",
    "served": "served",
    "servedByScikitLearn": "of these by scikit-learn",
    "refused": "refused",
    "wrong": "wrong",
    "answers5xx": "5xx",
}

_INTRODUCTION = """
Written by `npm run models:matrix -- --write-docs`: each library writes models in its own environment, each file is
loaded by a server process of its own and asked over HTTP, and the answers are compared with those of the library. Which
classes are served, and how, says [models.md](models.md).

Labels must be equal, and numbers of trees and forests; other numbers may differ by 1e-12, those of XGBoost, which
computes in float32, by 2e-7, those of ONNX by 1e-6. What is refused must be refused by the packing tool for the same
reason.
"""


def tell(matrix: Matrix) -> str:
    """Return a table of the versions, the refusals and what is wrong."""
    lines = []
    for one in (*matrix.as_json()["versions"], {"library": "all", "version": "", **count(matrix.outcomes)}):
        counts = ", ".join(f"{one[key]} {name}" for key, name in _COLUMNS.items())
        lines.append(f"{one['library'] + ' ' + one['version']:18} {counts}")
    for reason, kinds in _refusals(matrix):
        lines.append(f"refused {sum(kinds.values())}: {reason} ({_listed(kinds)})")
    for one in matrix.outcomes:
        lines += [f"WRONG {one.model.name}: {found}" for found in one.wrong]
        lines += [f"5XX {one.model.name}: {found}" for found in one.answers5xx]
    return "\n".join([*lines, *matrix.missing])


def write_docs(matrix: Matrix, path: Path) -> None:
    """Write the page of the documentation."""
    found = matrix.as_json()
    lines = [
        "# Models that the real libraries wrote",
        "",
        *_INTRODUCTION.strip().splitlines(),
        "",
        f"| library | {' | '.join(_COLUMNS.values())} |",
        f"|---|{'---:|' * len(_COLUMNS)}",
    ]
    for one in found["versions"]:
        lines.append(f"| {one['library']} {one['version']} | {' | '.join(str(one[key]) for key in _COLUMNS)} |")
    lines.append(f"| all | {' | '.join(str(found[key]) for key in _COLUMNS)} |")
    asked = {f"{one['library']}-{one['version']}" for one in found["versions"]}
    if absent := [one.name for one in LIBRARY_VERSIONS if one.name not in asked]:
        lines += ["", f"Not asked, when this was written: {', '.join(absent)}."]
    lines += ["", "## What is refused", "", "| files | kinds | reason |", "|---:|---|---|"]
    for reason, kinds in _refusals(matrix):
        lines.append(f"| {sum(kinds.values())} | {_listed(kinds)} | {reason.replace('|', '&#124;')} |")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _refusals(matrix: Matrix) -> list[tuple[str, Counter[str]]]:
    reasons: dict[str, Counter[str]] = {}
    for one in matrix.outcomes:
        if one.refusal is not None:
            kind = f"{one.model.library}: {one.model.kind}"
            reasons.setdefault(plain_reason(one.refusal), Counter())[kind] += 1
    return sorted(reasons.items(), key=lambda item: -item[1].total())


def _listed(kinds: Counter[str]) -> str:
    return "; ".join(f"{kind} ({number})" if number > 1 else kind for kind, number in kinds.items())
