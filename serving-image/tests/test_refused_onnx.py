"""ONNX files by hand: what a model may hold before onnxruntime sees it, field by field."""

from __future__ import annotations

import pytest

from inference_server.model_error import ModelError
from inference_server.model_files import onnx_contents
from inference_server.model_files.onnx_contents import read_onnx_contents
from inference_server.not_covered import NotCovered


def varint(value: int) -> bytes:
    out = b""
    while value > 127:
        out, value = out + bytes([value & 127 | 128]), value >> 7
    return out + bytes([value])


def field(number: int, content: bytes | int) -> bytes:
    if isinstance(content, int):
        return varint(number << 3) + varint(content)
    return varint(number << 3 | 2) + varint(len(content)) + content


def operator(*more: bytes, kind: bytes = b"Identity") -> bytes:
    return field(1, field(1, b"x") + field(2, b"y") + field(4, kind) + b"".join(more))


def model(*parts: bytes, more: bytes = b"") -> bytes:
    return field(1, 8) + field(8, field(2, 15)) + field(7, b"".join(parts)) + more


def attribute(name: bytes, *more: bytes) -> bytes:
    return field(5, field(1, name) + b"".join(more))


TENSOR = field(1, 1) + field(2, 1) + field(8, b"w")
BESIDE = {
    "its place": TENSOR + field(13, field(1, b"location") + field(2, b"weights.bin")),
    "that it is there": TENSOR + field(14, 1),
    "another place": TENSOR + field(14, 7),
}


def test_labels_of_a_classifier_are_found():
    for name in (b"classlabels_ints", b"classlabels_int64s"):
        for integers in (field(8, 3) + field(8, 2**64 - 1), field(8, varint(3) + varint(2**64 - 1))):
            assert read_onnx_contents(model(operator(attribute(name, integers)), operator())).labels == (3, -1)
    assert read_onnx_contents(model(operator(attribute(b"classlabels_ints", field(8, 2**63 - 1))))).labels == (
        2**63 - 1,
    )
    texts = attribute(b"classlabels_strings", field(9, b"a"), field(9, "ü".encode()))
    assert read_onnx_contents(model(operator(attribute(b"other", field(8, 1)), texts))).labels == ("a", "ü")
    for other in (attribute(b"other", field(8, 3)), attribute(b"classlabels_ints"), b""):
        assert read_onnx_contents(model(operator(other))).labels is None


def test_what_a_graph_may_hold_is_taken():
    parts = [field(5, TENSOR + field(14, 0)), field(15, field(1, TENSOR) + field(2, TENSOR)), field(2, b"graph")]
    inside = [attribute(b"value", field(number, TENSOR)) for number in (5, 10)]
    sparse = [attribute(b"value", field(number, field(1, TENSOR))) for number in (22, 23)]
    fixed = varint(3 << 3 | 1) + bytes(8) + varint(4 << 3 | 5) + bytes(4)
    domains = [field(7, domain) for domain in (b"", b"ai.onnx", b"ai.onnx.ml")]
    content = model(operator(*inside, *sparse), *(operator(domain) for domain in domains), *parts, fixed, more=fixed)
    assert read_onnx_contents(content).labels is None


@pytest.mark.parametrize("how", BESIDE)
def test_tensors_in_other_files_are_not_covered(how):
    beside = BESIDE[how]
    places = [field(5, beside), field(15, field(1, beside)), field(15, field(2, beside))]
    places += [operator(attribute(b"value", field(number, beside))) for number in (5, 10)]
    places += [
        operator(attribute(b"value", field(number, field(part, beside)))) for number in (22, 23) for part in (1, 2)
    ]
    for place in places:
        with pytest.raises(NotCovered, match="files of their own"):
            read_onnx_contents(model(operator(), place))


def test_what_runs_by_itself_is_not_covered():
    for domain in (b"com.example", b"ai.onnx.ml.more", b"AI.ONNX", b"ai.onnx.training"):
        with pytest.raises(NotCovered, match="of the domain"):
            read_onnx_contents(model(operator(), operator(field(7, domain))))
    for number in (6, 11):
        with pytest.raises(NotCovered, match="control flow"):
            read_onnx_contents(model(operator(attribute(b"body", field(number, b"")))))
    for number in (20, 25):
        with pytest.raises(NotCovered, match="functions and training graphs"):
            read_onnx_contents(model(operator(), more=field(number, b"")))


def test_operators_are_counted(monkeypatch):
    monkeypatch.setattr(onnx_contents, "MAX_NODES", 3)
    for count in (1, 3):
        read_onnx_contents(model(*[operator()] * count))
    for count in (0, 4):
        with pytest.raises(ModelError, match=f"holds {count} operators"):
            read_onnx_contents(model(*[operator()] * count))


WHOLE = model(operator())
NO_PROTOBUF = {
    "nothing": (b"", "0 operators"),
    "a length of one more": (WHOLE[:-1], "no whole ONNX model"),
    "a length without a content": (varint(7 << 3 | 2), "no whole ONNX model"),
    "8 bytes that are 7": (WHOLE + varint(3 << 3 | 1) + bytes(7), "no whole ONNX model"),
    "4 bytes that are 3": (WHOLE + varint(3 << 3 | 5) + bytes(3), "no whole ONNX model"),
    "a number without an end": (b"\xff" * 11, "no whole ONNX model"),
    "a number that ends too early": (WHOLE + b"\x08\xff", "no whole ONNX model"),
    "a group": (WHOLE + b"\x0b\x0c", "no ONNX model"),
    "a graph that is a number": (field(7, 1), "no ONNX model"),
    "an operator that is a number": (field(7, field(1, 1)), "no ONNX model"),
    "a tensor that is a number": (field(7, operator() + field(5, 1)), "no ONNX model"),
    "packed numbers that are cut": (model(operator(attribute(b"ints", field(8, b"\xff")))), "no whole ONNX model"),
}  # fmt: skip


@pytest.mark.parametrize("case", NO_PROTOBUF)
def test_other_bytes_are_no_onnx(case):
    content, message = NO_PROTOBUF[case]
    with pytest.raises(ModelError, match=message):
        read_onnx_contents(content)


def test_numbers_have_64_bits():
    for digits, label in ((b"\xff" * 9 + b"\1", -1), (b"\x81" + b"\x80" * 8 + b"\2", 1)):
        content = model(operator(attribute(b"classlabels_ints", field(8, digits))))
        assert read_onnx_contents(content).labels == (label,)
