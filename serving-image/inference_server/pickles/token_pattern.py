"""Which regular expressions of a text vectorizer are served: those that take no longer than the text is long.

A crafted one can take hours for a few hundred letters. Served is what finds tokens in practice: characters, the last of
which may repeat, at will between word boundaries. Where each character is one of a class and only the last one repeats,
nothing is tried twice; a boundary at the end is looked for only where words, or a boundary at the start, end by
themselves.
"""

from __future__ import annotations

import re

DEFAULT = r"(?u)\b\w\w+\b"
_LONGEST = 200
_ONE = r"(?:\\[wWdDsS]|\[\^?(?:\\[wdsWDS.\-'\\\]]|[^\\\[\]])+\]|[A-Za-z0-9 _@#'-])"
_FORM = re.compile(rf"(?:\(\?[ua]\))?(?P<start>\\b)?(?:{_ONE})*?(?P<last>{_ONE})(?:[+*]|\{{\d,?\d?\}})?(?P<end>\\b)?")


def is_harmless(pattern: str) -> bool:
    """Tell whether Python's ``re`` finds all tokens of it in a time that grows with the text alone."""
    form = _FORM.fullmatch(pattern) if len(pattern) <= _LONGEST else None
    if form is None or not (form["end"] is None or form["start"] is not None or form["last"] == r"\w"):
        return False
    try:
        found = re.compile(pattern)
    except re.error:
        return False
    return found.groups == 0 and found.match("") is None
