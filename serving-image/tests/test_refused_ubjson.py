"""UBJSON by hand: lengths that do not fit, and limits turned down."""

from __future__ import annotations

import pytest

from inference_server.model_error import ModelError
from inference_server.model_files import read_ubjson as ubjson
from inference_server.model_files.read_ubjson import read_ubjson


def test_ubjson_has_limits(monkeypatch):
    monkeypatch.setattr(ubjson, "MAX_DEPTH", 2)
    assert read_ubjson(b"{i\1a[[]]}") == {"a": [[]]}
    with pytest.raises(ModelError, match="or more than 2 levels"):
        read_ubjson(b"{i\1a[[[]]]}")
    with pytest.raises(ModelError, match="or more than 2 levels"):
        read_ubjson(b"{i\1a{i\1a{i\1aZ}}}")
    # A value for the array, and for each length and item.
    monkeypatch.setattr(ubjson, "MAX_VALUES", 4)
    assert read_ubjson(b"[i\1i\2i\3]") == [1, 2, 3]
    with pytest.raises(ModelError, match="more than 4 values"):
        read_ubjson(b"[i\1i\2i\3i\4]")
    assert read_ubjson(b"[$i#i\5" + bytes([1, 2, 3, 4, 5])).tolist() == [1, 2, 3, 4, 5]
    with pytest.raises(ModelError, match="cannot be"):
        read_ubjson(b"[$Z#i\5")
    assert read_ubjson(b"[$Z#i\2") == [None, None]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "ends in the middle"),
        (b"{i\2a", "ends in the middle"),
        (b"{i\xffa}", "ends in the middle"),
        (b"{i\1aSi\5abc}", "ends in the middle"),
        (b"{i\1a[$d#i\3" + bytes(11) + b"}", "ends in the middle"),
        (b"{i\1a[$d#i\xff}", "cannot be"),
        (b"{i\1a[#i\xff]}", "cannot be"),
        (b"{$i#i\xff", "cannot be"),
        (b"{i\1ai\1i\1ai\1}", "a key twice"),
        (b"{i\1aQ}", "unknown type"),
        (b"{}x", "more than one value"),
        (b"{i\1a[$d]}", "unknown length"),
        (b"{d\0\0\0\0a}", "a length that is no integer"),
        (b"{i\1aL\0\0\0}", "ends in the middle"),
        (b"{i\1\xffZ}", "no whole UBJSON"),
    ],
)
def test_damaged_ubjson_is_refused(content, message):
    with pytest.raises(ModelError, match=message):
        read_ubjson(content)
