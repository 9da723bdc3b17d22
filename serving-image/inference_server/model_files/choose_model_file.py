"""Which file of a model directory is the model.

What model.json names, else the one that has a name which is known, else the one whose content says what it is. The
deployer decides the same at the upload: lambdas/core/archive/choose-model.ts
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from inference_server.model_error import ModelError
from inference_server.model_form import read_form
from inference_server.other_kind import check_kind


def choose_model_file(directory: Path, named: str | None, known: Sequence[str]) -> tuple[Path, str]:
    """Return the model's file, and the one of the ``known`` names that it could have.

    ``named`` is what model.json calls the model file. Raises ``ModelError`` where there is none, or more than one.
    """
    listed = ", ".join(known)
    if named is not None:
        path = directory / named
        form = named if named in known else read_form(path) if _is_at_top(path, directory) else None
        if form is None:
            raise ModelError(f"model.json names the model file {named[:60]!r}; it must be one of {listed}.")
        if not path.is_file():
            raise ModelError(f"model.json names {named}, which the archive does not hold.")
        return path, form
    by_name = [name for name in known if (directory / name).is_file()]
    if len(by_name) == 1:
        return directory / by_name[0], by_name[0]
    if by_name:
        raise ModelError(f"The archive holds {' and '.join(by_name)}: remove all but one, or name it in model.json.")
    entries = sorted(directory.iterdir())
    forms = {path: read_form(path) for path in entries if path.is_file()}
    # Links to one file are one model.
    by_content = {(path.stat().st_dev, path.stat().st_ino): (path, form) for path, form in forms.items() if form}
    if len(by_content) == 1:
        return next(iter(by_content.values()))
    if by_content:
        names = " and ".join(path.name for path, _ in list(by_content.values())[:5])
        raise ModelError(f"The archive holds {names}: call the model by one of {listed}, and leave the others out.")
    for path in forms:
        check_kind(path, path.name)
    names = [entry.name for entry in entries][:10]
    raise ModelError(f"The archive has none of {listed} at its top; it holds {names}.")


def _is_at_top(path: Path, directory: Path) -> bool:
    return path.parent == directory and path.is_file()
