"""The categories of CatBoost's models: it keeps a hash of each text, the lower half of CityHash64 (version 1.0)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from inference_server.model_files.city_hash import city_hash

_LOWER = 2**32 - 1


def hash_of(text: str) -> int:
    """Return what CatBoost keeps of a category."""
    return city_hash(text.encode("utf-8", "surrogatepass")) & _LOWER


class HashedTexts(Mapping[Any, float]):
    """The code of a text, or of a whole number, which CatBoost reads as a text. ``texts``: known ones by their hash."""

    def __init__(self, hashes: Sequence[int], texts: Mapping[int, str]) -> None:
        self._codes = {value & _LOWER: float(code) for code, value in enumerate(hashes)}
        self._texts = [texts[value] for value in self._codes if value in texts]

    def __getitem__(self, cell: Any) -> float:
        """Raise ``KeyError`` for what is none of the values that trees compare."""
        if isinstance(cell, float) and cell.is_integer():
            cell = int(cell)
        if not isinstance(cell, (str, int)):
            raise KeyError(cell)
        return self._codes[hash_of(str(cell))]

    def __iter__(self) -> Iterator[Any]:
        """Yield the values that are known by more than their hashes, whole numbers as such too."""
        for text in self._texts:
            yield text
            if text.lstrip("-").isdecimal() and str(int(text)) == text:
                yield int(text)

    def __len__(self) -> int:
        """Count them."""
        return sum(1 for _ in self)
