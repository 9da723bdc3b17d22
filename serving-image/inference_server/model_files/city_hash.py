"""CityHash64, version 1.0, as CatBoost has it (util/digest/city.h): https://github.com/google/cityhash

The later versions mix texts of more than 8 bytes otherwise.
"""

from __future__ import annotations

_ALL = 2**64 - 1
_A, _B = 0xC3A5C85C97CB3127, 0xB492B66FBE98F273
_C, _D = 0x9AE16A3B2F90404F, 0xC949D7C7509E6557
_MIX = 0x9DDFEA08EB382D69


def city_hash(text: bytes) -> int:
    """Return the hash, of 64 bits."""
    size = len(text)
    if size <= 16:
        return _short(text, size)
    if size <= 32:
        return _medium(text, size)
    return _long(text, size) if size <= 64 else _longer(text, size)


def _word(text: bytes, at: int, size: int = 8) -> int:
    return int.from_bytes(text[at : at + size], "little")


def _rotate(value: int, by: int) -> int:
    value &= _ALL
    return (value >> by | value << 64 - by) & _ALL


def _fold(value: int) -> int:
    value &= _ALL
    return value ^ value >> 47


def _join(low: int, high: int) -> int:
    low, high = low & _ALL, high & _ALL
    return _fold((high ^ _fold((low ^ high) * _MIX)) * _MIX) * _MIX & _ALL


def _short(text: bytes, size: int) -> int:
    if size > 8:
        last = _word(text, size - 8)
        return _join(_word(text, 0), _rotate(last + size, size)) ^ last
    if size >= 4:
        return _join(size + (_word(text, 0, 4) << 3), _word(text, size - 4, 4))
    if size:
        first = text[0] + (text[size >> 1] << 8)
        return _fold(first * _C ^ (size + (text[-1] << 2)) * _D) * _C & _ALL
    return _C


def _medium(text: bytes, size: int) -> int:
    a, b = _word(text, 0) * _B, _word(text, 8)
    c, d = _word(text, size - 8) * _C, _word(text, size - 16) * _A
    return _join(_rotate(a - b, 43) + _rotate(c, 30) + d, a + _rotate(b ^ _D, 20) - c + size)


def _half(start: int, words: tuple[int, int], end: int) -> tuple[int, int]:
    high, low = _rotate(start + end, 52), _rotate(start, 37)
    start += words[0]
    low += _rotate(start, 7)
    start += words[1]
    return start + end, high + _rotate(start, 31) + low


def _long(text: bytes, size: int) -> int:
    start = _word(text, 0) + (size + _word(text, size - 16)) * _A
    first = _half(start, (_word(text, 8), _word(text, 16)), _word(text, 24))
    start = _word(text, 16) + _word(text, size - 32)
    second = _half(start, (_word(text, size - 24), _word(text, size - 16)), _word(text, size - 8))
    mixed = _fold((first[0] + second[1]) * _C + (second[0] + first[1]) * _A)
    return _fold(mixed * _A + first[1]) * _C & _ALL


def _block(text: bytes, at: int, a: int, b: int) -> tuple[int, int]:
    w, x, y, z = (_word(text, at + step) for step in (0, 8, 16, 24))
    a += w
    b, before = _rotate(b + a + z, 21), a
    a += x + y
    return (a + z) & _ALL, (b + _rotate(a, 44) + before) & _ALL


def _longer(text: bytes, size: int) -> int:
    x, y, z = _word(text, 0), _word(text, size - 16) ^ _B, _word(text, size - 56) ^ _A
    v, w = _block(text, size - 64, size, y), _block(text, size - 32, size * _B, _A)
    z += _fold(v[1]) * _B
    x, y = _rotate(z + x, 39) * _B, _rotate(y, 33) * _B
    for at in range(0, (size - 1) & ~63, 64):
        x = _rotate(x + y + v[0] + _word(text, at + 16), 37) * _B & _ALL
        y = _rotate(y + v[1] + _word(text, at + 48), 42) * _B & _ALL
        x, y, z = x ^ w[1], y ^ v[0], _rotate((z ^ w[0]) & _ALL, 33)
        v = _block(text, at, v[1] * _B, x + w[0])
        w = _block(text, at + 32, z + w[1], y)
        z, x = x, z
    return _join(_join(v[0], w[0]) + _fold(y) * _B + z, _join(v[1], w[1]) + x)
