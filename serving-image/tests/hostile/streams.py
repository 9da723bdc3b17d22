"""Streams that mean one thing to a scanner and another to a reader, and that are no streams at all."""

from __future__ import annotations

import pickle
from collections.abc import Iterator

from hostile.assemble import BUILD, Code, call, name, pickled, text, value
from hostile.hostile_file import Canary, Hostile

ESTIMATOR = name("sklearn.linear_model._logistic", "LogisticRegression").code
BAYES = name("sklearn.naive_bayes", "GaussianNB").code


def stream_files(canary: Canary, good: bytes) -> Iterator[Hostile]:
    """``good`` is the pickle of a model that would be served."""
    for title, (tries, content) in (
        _opcodes(canary) | _memos(canary) | _bounds(canary, good) | _states(canary)
    ).items():
        yield Hostile(title, tries, content)


def _opcodes(canary: Canary) -> dict[str, tuple[str, bytes]]:
    def system(at: str) -> tuple[bytes, bytes]:
        return name("os", "system").code, value(canary.touch(at))

    function, argument = system("s1")
    mark = b"("
    hidden = call("os", "system", canary.touch("s2")).code
    return {
        "OBJ": ("calls without REDUCE", pickled(mark, function, argument, b"o")),
        "INST (picklescan 13)": ("names and calls in one opcode", pickled(mark, argument, b"ios\nsystem\n")),
        "NEWOBJ": ("makes without REDUCE", pickled(name("subprocess", "Popen"), value((["sh"],)), b"\x81")),
        "NEWOBJ_EX": ("makes with keywords", pickled(name("subprocess", "Popen"), value((["sh"],)), b"}\x92")),
        "STACK_GLOBAL": ("a name from two texts", pickled(text("os"), text("system"), b"\x93", value((canary.touch("s3"),)), b"R")),
        "STACK_GLOBAL of old strings (modelscan 311)": ("texts of protocol 1", pickled(b"S'os'\nS'system'\n\x93", value((canary.touch("s4"),)), b"R")),
        "STACK_GLOBAL of no texts": ("names that are numbers", pickled(b"K\x01K\x02\x93")),
        "EXT1": ("a registered extension", pickled(b"\x82\x01")),
        "EXT2": ("a registered extension", pickled(b"\x83\x01\x00")),
        "EXT4": ("a registered extension", pickled(b"\x84\x01\x00\x00\x00")),
        "EXT4 of a negative code": ("a registered extension", pickled(b"\x84\xff\xff\xff\xff")),
        "PERSID": ("a persistent id", pickled(b"Pos.system\n")),
        "BINPERSID": ("a persistent id", pickled(text("os.system"), b"Q")),
        "NEXT_BUFFER": ("memory of whoever reads", pickled(b"\x97", protocol=5)),
        "READONLY_BUFFER": ("memory of whoever reads", pickled(b"\x97\x98", protocol=5)),
        "a call whose result is dropped (fickling)": ("calls, then returns something else", pickled(hidden, b"0", ESTIMATOR, b")\x81")),
        "a call below what is returned": ("leaves the result on the stack", pickled(hidden, ESTIMATOR, b")\x81")),
        "a call as a key": ("calls inside a dict", pickled(b"}(", hidden, b"Nu")),
        "a call in a set": ("calls inside a set", pickled(b"\x8f(", hidden, b"\x90")),
        "a call in a frozenset": ("calls inside a set", pickled(b"(", hidden, b"\x91")),
        "a call in an argument's argument": ("nested calls", pickled(call("sklearn.tree._tree", "Tree", Code(hidden), 1, 1))),
        "a call by a call": ("a function that a call returns", pickled(call("builtins", "getattr", name("os", "path"), "join"), value(("a",)), b"R")),
        "dots in a module": ("a name that no import takes", pickled(b"c..os\nsystem\n")),
        "a module with a line feed": ("an injected name", pickled(text("os\nsystem"), text("x"), b"\x93")),
        "a module in another script": ("a name that looks like a listed one", pickled(text("sklearn.linear_model._logist\u0456c"), text("LogisticRegression"), b"\x93")),
        "a name with a null": ("a name that C would cut", pickled(text("sklearn.linear_model._logistic\0"), text("LogisticRegression"), b"\x93")),
    }  # fmt: skip


def _memos(canary: Canary) -> dict[str, tuple[str, bytes]]:
    touch = value((canary.touch("m1"),))
    return {
        "BINPUT beside MEMOIZE (picklescan 14)": (
            "a memo that scanners count otherwise",
            pickled(text("os"), b"q\x00", text("system"), b"q\x01", text("torch._utils"), b"\x94", text("_rebuild"), b"\x94",
                    b"h\x00h\x01\x93", touch, b"R"),
        ),
        "PUT over what stands there (picklescan 22)": (
            "changes a memo after it was read", pickled(text("collections"), b"q\x00", text("os"), b"q\x00h\x00", text("system"), b"\x93", touch, b"R"),
        ),
        "GET of nothing (modelscan 348)": ("ends a scan by an error", pickled(name("os", "system"), touch, b"R", b"h\x63")),
        "GET of a text": ("an index that is none", pickled(b"gx\n")),
        "PUT below zero": ("an index below the memo", pickled(b"N", b"p-1\n")),
        "a memo at four billion": ("memory for all below it", pickled(b"Nr\xff\xff\xff\xff", b"j\xff\xff\xff\xff")),
        "a list in itself": ("a loop in what is read", pickled(b"]\x94h\x00a")),
        "a dict in itself": ("a loop in what is read", pickled(b"}\x94", text("a"), b"h\x00s")),
        "an estimator in itself": ("a loop in what is read", pickled(ESTIMATOR, b")\x81\x94}", text("coef_"), b"h\x00sb")),
        "a pipeline of itself": (
            "a loop that is followed",
            pickled(name("sklearn.pipeline", "Pipeline"), b")\x81\x94}", text("steps"), b"](", text("a"), b"h\x00\x86esb"),
        ),
        "doubled forty times": (
            "a trillion members in eighty opcodes",
            pickled(b"]", b"".join(b"\x94h%c\x86" % index for index in range(40))),
        ),
    }  # fmt: skip


def _bounds(canary: Canary, good: bytes) -> dict[str, tuple[str, bytes]]:
    evil = pickled(call("os", "system", canary.touch("b1")))
    return {
        "an empty file": ("nothing", b""),
        "no STOP": ("a stream without an end", good[:-1]),
        "half a model": ("a stream that is cut", good[: len(good) // 2]),
        "one byte of a model": ("a stream that is cut", good[:1]),
        "a hostile stream before a model": ("the first stream", evil + good),
        "a hostile stream behind a model": ("the second stream, which scanners miss or readers take", good + evil),
        "bytes behind a model": ("whatever reads on", good + b"PK\x03\x04" + bytes(100)),
        "STOP on an empty stack": ("an empty stack", pickled()),
        "POP of nothing": ("an empty stack", pickled(b"000")),
        "TUPLE without MARK": ("an empty stack of marks", pickled(b"t")),
        "REDUCE of nothing": ("an empty stack", pickled(b"R")),
        "BUILD of nothing": ("an empty stack", pickled(b"b")),
        "protocol 255": ("a protocol to come", b"\x80\xff" + good[2:]),
        "protocol 0 behind protocol 4": ("a reader that changes its mind", b"\x80\x04\x80\x00" + evil[2:]),
        "protocol 0 without a header": ("what has no magic bytes", b"cos\nsystem\n(S'" + canary.touch("b2").encode() + b"'\ntR."),
        "a frame longer than the file": ("memory for the frame", b"\x80\x04\x95" + (2**62).to_bytes(8, "little") + evil[2:]),
        "a frame in a frame": ("a frame that hides opcodes", b"\x80\x04\x95\x0b" + bytes(7) + b"\x95\x02" + bytes(7) + b"N0" + evil[2:]),
        "a frame that ends in an opcode": ("arguments beyond the frame", b"\x80\x04\x95\x02" + bytes(7) + evil[2:]),
        "an unknown opcode": ("no opcode", pickled(b"\xff")),
        "a text that is no UTF-8": ("a decoder's error", pickled(b"X\x02\x00\x00\x00\xff\xfe")),
        "text of a raw escape": ("a decoder's error", pickled(b"V\\ud800\\u\n")),
        "a base64 of a pickle": ("a reader that guesses", b"gASVIAAAAAAAAACMBXBvc2l4lIwGc3lzdGVtlJOUjAR0cnVllIWUUpQu"),
        "a zip in the place of a pickle": ("torch's format", b"PK\x03\x04" + evil),
        "a tar in the place of a pickle": ("torch's old format", b"model".ljust(257, b"\0") + b"ustar\x0000" + evil),
        "a 7z in the place of a pickle": ("picklescan's 7z", b"7z\xbc\xaf\x27\x1c" + evil),
        "an HDF5 file in the place of a pickle": ("Keras", b"\x89HDF\r\n\x1a\n" + evil),
        "a shell script": ("a reader that executes", b"#!/bin/sh\n" + canary.touch("b3").encode() + b"\n"),
        "a Python script": ("a reader that imports", b"import os\nos.system(" + repr(canary.touch("b4")).encode() + b")\n"),
    }  # fmt: skip


def _states(canary: Canary) -> dict[str, tuple[str, bytes]]:
    system = name("os", "system").code
    return {
        "the state of a class": ("changes every estimator", pickled(ESTIMATOR, value({"predict": None}), BUILD)),
        "slots": ("sets what no dict holds", pickled(ESTIMATOR, b")\x81", value((None, {"predict": 1})), BUILD)),
        "a function as predict": ("is called by the server", pickled(BAYES, b")\x81}", text("predict"), system, b"sb")),
        "a class by __class__": ("becomes another class", pickled(BAYES, b")\x81}", text("__class__"), name("subprocess", "Popen"), b"sb")),
        "a state that is called": ("__setstate__ of its own", pickled(name("functools", "partial"), system, b"\x85R", value((Code(system), (), {}, None)), BUILD)),
        "a __reduce__ in the state": ("is called when copied", pickled(BAYES, b")\x81}", text("__reduce__"), system, b"sb")),
        "a __dict__ in the state": ("takes the place of all", pickled(BAYES, b")\x81", value({"__dict__": {"predict": 1}}), BUILD)),
        "text in the place of arrays": ("a type that no estimator has", pickled(BAYES, b")\x81", value({"classes_": "abc", "n_features_in_": 4}), BUILD)),
        "no attributes": ("is not fitted", pickled(ESTIMATOR, b")\x81")),
        "a dict in the place of a model": ("is no model", pickled(value({"predict": "x"}))),
        "a class in the place of a model": ("is no instance", pickled(ESTIMATOR)),
        "a bound method of a builtin": ("is no model", pickled(b"cbuiltins\nstr.format\n")),
    }  # fmt: skip


def good_pickle() -> bytes:
    """A small model that is served."""
    from sklearn.datasets import load_iris
    from sklearn.tree import DecisionTreeClassifier

    return pickle.dumps(DecisionTreeClassifier(max_depth=2, random_state=0).fit(*load_iris(return_X_y=True)))
