"""Refuses what a reader does not know, by name: a key that is ignored may be the one that changes the numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from inference_server.model_error import ModelError
from inference_server.not_covered import NotCovered

# A table of keys: what is below each, None where any value may be.
Known = Mapping[str, Any]
_MOST = 5


def find_unknown(value: Any, known: Known, where: str = "") -> list[str]:
    """Return the paths of the keys that ``known`` does not have, at every level.

    A list of one table in ``known`` stands for a list of such objects. Keys are told from the rest by the set of
    them, so that a forest of many trees takes no time.
    """
    if not isinstance(value, Mapping):
        raise ModelError(f"The model file holds no object at {where or 'its top'}: it is damaged.")
    found = [f"{where}.{key}"[-120:].removeprefix(".") for key in value.keys() - known.keys()]
    for key, below in known.items():
        if below is None or key not in value:
            continue
        path = f"{where}.{key}".removeprefix(".")
        if not isinstance(below, list):
            found += find_unknown(value[key], below, path)
            continue
        for index, item in enumerate(value[key]):
            found += find_unknown(item, below[0], f"{path}[{index}]")
            if len(found) > _MOST:
                break
    return sorted(found)


def refuse_unknown(found: Iterable[str], reads: str) -> None:
    """Raise ``ModelError`` where anything was found; ``reads`` says which files the reader was tested with."""
    names = sorted(set(found))
    if names:
        more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
        raise ModelError(
            f"The model file holds {', '.join(names[:_MOST])}{more}, which this server does not know and does not "
            f"ignore, because it may change the predictions. {reads}"
        )


def are_texts(categories: Sequence[Any]) -> bool:
    """Tell whether a DataFrame's categories are texts; others are numbers that are their own codes.

    Raises ``NotCovered`` for other numbers: rows have codes, 0 for the first category. Texts cannot be taken for codes;
    such numbers would be, unnoticed.
    """
    if categories and all(isinstance(value, str) for value in categories):
        return True
    if list(categories) != list(range(len(categories))):
        shown = ", ".join(str(value)[:20] for value in categories[:3])
        raise NotCovered(
            f"pandas categories that are numbers other than their codes ({shown}, ...): train on their codes "
            "(frame[name].cat.codes, and categorical features of whole numbers), and send these"
        )
    return False
