"""Leaves to scikit-learn what has an attribute that no compared scikit-learn writes: predictions may need it."""

from __future__ import annotations

from typing import Any

from inference_server.evaluate.known_attributes import ATTRIBUTES, EVERYWHERE
from inference_server.not_covered import NotCovered
from inference_server.pickles.unresolved_values import Instance, StoredValues

_EVERYWHERE = frozenset(EVERYWHERE.split())
_KNOWN = {name: _EVERYWHERE.union(own.split()) for name, own in ATTRIBUTES.items()}


def check_attributes(estimator: Any) -> None:
    """Raise ``NotCovered`` unless all attributes of the estimator are known, and of those within it, at every level.

    What is neither an estimator nor a tree (losses, random generators) has no part in the evaluation.
    """
    seen: set[int] = set()
    # With a list of what is next: a crafted file may hold itself, or go deep.
    pending = [estimator]
    while pending:
        value = pending.pop()
        if isinstance(value, StoredValues):
            value = value.values
        if not isinstance(value, (Instance, dict, list, tuple)) or id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, Instance):
            _check(value)
            pending += [value.arguments, value.state]
        else:
            pending += value.values() if isinstance(value, dict) else value


def _check(value: Instance) -> None:
    known = _KNOWN.get(value.name)
    if known is None or not isinstance(value.state, dict):
        return
    unknown = [str(name)[:60] for name in value.state if name not in known]
    if unknown:
        listed = ", ".join(sorted(unknown)[:5])
        raise NotCovered(f"a {value.name} with attributes that scikit-learn does not give it ({listed})")
