"""Keys, counts and sizes: each limit turned down, at the number that is just too large."""

from __future__ import annotations

import gzip
import io
import pickle

import joblib
import pytest
from refused.assemble import Code, name, pickled, value
from refused.compressions import COMPRESSIONS
from sklearn.linear_model import LinearRegression
from sklearn.naive_bayes import GaussianNB

from inference_server.evaluate import flatten_trees
from inference_server.model_error import ModelError
from inference_server.model_files import onnx_contents, read_lightgbm, read_skops, read_ubjson, read_xgboost
from inference_server.pickles import bounded_unpickler
from inference_server.pickles import decompress as decompression
from inference_server.pickles import read_inert as inert
from inference_server.pickles.decompress import decompress
from inference_server.pickles.read_inert import read_inert

SOUND_KEYS = ["a", b"a", 1, 1.5, None, True, 2**61 - 2, 2 - 2**61]
OTHER_KEYS = [(1, 2), Code(b"(K\1\x91"), name("numpy", "float64")]
LARGE_KEYS = [2**61 - 1, 1 - 2**61, 2**62]


def keyed(key: object) -> dict[str, bytes]:
    code = value(key)
    return {
        "SETITEM": b"}" + code + b"Ns",
        "SETITEMS": b"}(NN" + code + b"Nu",
        "DICT": b"(NN" + code + b"Nd",
        "ADDITEMS": b"\x8f(N" + code + b"\x90",
        "FROZENSET": b"(N" + code + b"\x91",
    }


@pytest.mark.parametrize("opcode", keyed(1))
def test_keys_are_text_or_numbers_of_61_bits(read_listed, opcode):
    for key in SOUND_KEYS:
        assert key in read_listed(pickled(keyed(key)[opcode]))
        assert key in read_inert(pickled(keyed(key)[opcode]))
    for keys, message in ((OTHER_KEYS, "neither text nor numbers"), (LARGE_KEYS, "keys beyond 61 bits")):
        for key in keys:
            for reader in (read_listed, read_inert):
                with pytest.raises(ModelError, match=message):
                    reader(pickled(keyed(key)[opcode]))


def test_values_are_counted(read_listed, monkeypatch):
    monkeypatch.setattr(bounded_unpickler, "MAX_OPERATIONS", 10)
    for reader in (read_listed, read_inert):
        # A protocol, seven numbers, a list of them, and the end.
        assert reader(b"\x80\4" + b"(" + b"K\1" * 6 + b"l.") == [1] * 6
        with pytest.raises(ModelError, match="more than 10 values"):
            reader(b"\x80\4" + b"(" + b"K\1" * 7 + b"l.")
        with pytest.raises(ModelError, match="more than 10 values"):
            reader(b"\x80\4N" + b"\x94" * 8 + b".")


def test_memos_may_have_gaps(read_listed):
    for reader in (read_listed, read_inert):
        assert reader(pickled(b"K\7q\x09", b"0h\x09")) == 7
        with pytest.raises((ModelError, pickle.UnpicklingError)):
            reader(pickled(b"K\7q\x09", b"h\x08"))


def test_byte_arrays_end_where_they_say(read_listed):
    for reader in (read_listed, read_inert):
        assert reader(pickled(b"\x96\3" + bytes(7) + b"abc", protocol=5)) == bytearray(b"abc")
        for size in (4, 60):
            with pytest.raises((ModelError, EOFError)):
                reader(pickled(b"\x96" + bytes([size]) + bytes(7) + b"abc", protocol=5))


def test_no_more_is_asked_for_than_the_file_holds():
    asked = []

    class Noted(io.BytesIO):
        def read(self, size: int = -1) -> bytes:
            asked.append(size)
            return super().read(size)

    content = pickled(b"\x96" + bytes([99]) + bytes(7) + b"abc", protocol=5)
    with pytest.raises(EOFError):
        inert.InertReader(Noted(content), len(content), depth=0).load_whole()
    assert max(asked) <= len(content)


def test_the_limits_where_nobody_turns_them_down():
    assert (bounded_unpickler.MAX_OPERATIONS, inert.MAX_DEPTH) == (2_000_000, 4)
    assert (decompression.MAX_BYTES, decompression.SMALL_BYTES, decompression.MAX_RATIO) == (2**31, 2**27, 1000)
    assert decompression._LZMA_MEMORY == 2**28
    assert (flatten_trees.MAX_NODES, flatten_trees.MAX_VALUES, flatten_trees.MAX_LEVELS) == (
        50_000_000,
        200_000_000,
        10_000,
    )
    assert (read_skops.MAX_SCHEMA_BYTES, read_skops.MAX_DEPTH, read_skops.MAX_BYTES) == (2**28, 100, 2**31)
    assert (read_ubjson.MAX_DEPTH, read_ubjson.MAX_VALUES, onnx_contents.MAX_NODES) == (32, 10_000_000, 1_000_000)
    assert (read_xgboost.MAX_JSON_BYTES, read_lightgbm.MAX_TEXT_BYTES) == (2**28, 2**29)


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_what_unfolds_is_bounded(monkeypatch, compression):
    content = COMPRESSIONS[compression](bytes(3000))
    assert decompress(content) == decompress(content, limit=3000) == bytes(3000)
    with pytest.raises(ModelError, match="holds more than 2999 bytes"):
        decompress(content, limit=2999)
    # The smallest of the three bounds: of all files, of small ones, of the ratio.
    for most, small, ratio, limit in (
        (2999, 9999, 999, 2999), (9999, 2999, 0, 2999), (9999, 0, 1, len(content)), (9999, 0, 999, None),
        (9999, 3000, 0, None),
    ):  # fmt: skip
        monkeypatch.setattr(decompression, "MAX_BYTES", most)
        monkeypatch.setattr(decompression, "SMALL_BYTES", small)
        monkeypatch.setattr(decompression, "MAX_RATIO", ratio)
        if limit is None:
            assert decompress(content) == bytes(3000)
        else:
            with pytest.raises(ModelError, match=f"holds more than {limit} bytes"):
                decompress(content)


def test_what_is_not_compressed_is_bounded_too():
    assert decompress(b"abc", limit=3) == b"abc"
    with pytest.raises(ModelError, match="holds more than 2 bytes"):
        decompress(b"abc", limit=2)


def test_it_unfolds_once(read_listed):
    model = pickle.dumps(GaussianNB().fit([[0.0], [1.0]], [0, 1]))
    assert isinstance(read_listed(gzip.compress(model)), GaussianNB)
    with pytest.raises(ModelError, match=r"is damaged|parts of the pickle format"):
        read_listed(gzip.compress(gzip.compress(model)))


@pytest.mark.parametrize("compression", ["xz", "lzma"])
def test_the_memory_of_lzma_is_bounded(monkeypatch, compression):
    content = COMPRESSIONS[compression](bytes(100))
    monkeypatch.setattr(decompression, "_LZMA_MEMORY", 2**20)
    with pytest.raises(ModelError, match=r"compressed, and damaged \(LZMAError\)"):
        decompress(content)


def test_what_joblib_writes_is_read(read_listed, tmp_path):
    model = LinearRegression().fit([[0.0], [1.0]], [0, 1])
    for compress in (0, ("zlib", 3), ("gzip", 3), ("bz2", 3), ("xz", 3), ("lzma", 3)):
        joblib.dump(model, tmp_path / "written", compress=compress)
        assert read_listed((tmp_path / "written").read_bytes()).coef_.tolist() == model.coef_.tolist()
