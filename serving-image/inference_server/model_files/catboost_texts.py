"""The categories of CatBoost's models: it keeps a hash of each text, the lower half of CityHash64 (version 1.0)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from inference_server.model_files.city_hash import city_hash


class HashedTexts(Mapping[Any, float]):
    """The code of a text, or of a whole number, which CatBoost reads as a text; ``texts`` are those that are known."""

    def __init__(self, hashes: Sequence[int], texts: Sequence[str]) -> None:
        self._codes = {value & 0xFFFFFFFF: float(code) for code, value in enumerate(hashes)}
        self._texts = [text for text in texts if city_hash(text.encode()) & 0xFFFFFFFF in self._codes]

    def __getitem__(self, cell: Any) -> float:
        """Raise ``KeyError`` for what is none of the values that trees compare."""
        if isinstance(cell, float) and cell.is_integer():
            cell = int(cell)
        if not isinstance(cell, (str, int)):
            raise KeyError(cell)
        return self._codes[city_hash(str(cell).encode("utf-8", "surrogatepass")) & 0xFFFFFFFF]

    def __iter__(self) -> Iterator[Any]:
        """Yield the values that are known by more than their hashes, whole numbers as such too."""
        for text in self._texts:
            yield text
            if text.lstrip("-").isdecimal() and str(int(text)) == text:
                yield int(text)

    def __len__(self) -> int:
        """Count them."""
        return sum(1 for _ in self)
