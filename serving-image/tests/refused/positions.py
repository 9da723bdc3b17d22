"""Where in a pickle a name can stand, for every protocol: each position with the opcodes that put it there."""

from __future__ import annotations

from refused.assemble import (
    BUILD,
    LOGISTIC,
    MARK,
    MEMOIZE,
    NEWOBJ,
    NEWOBJ_EX,
    OBJ,
    POP,
    REDUCE,
    STACK_GLOBAL,
    Code,
    call,
    instance,
    name,
    text,
    value,
)

FLOATS = call("numpy", "dtype", "f8", False, True)
OBJECTS = call("numpy", "dtype", "O8", False, True)
DESCRIPTION = {"subclass": name("numpy", "ndarray"), "shape": (1,), "order": "C", "dtype": FLOATS, "allow_mmap": False}


def lookups(module: str, qualified: str) -> dict[str, Code]:
    """Each way to put a name on the stack."""
    first, second = text(module), text(qualified)
    old = f"V{module}\nV{qualified}\n".encode()
    return {
        "GLOBAL": name(module, qualified),
        "STACK_GLOBAL": Code(first, second, STACK_GLOBAL),
        "STACK_GLOBAL of UNICODE": Code(old, STACK_GLOBAL),
        "MEMOIZE and BINGET": Code(first, MEMOIZE, POP, second, MEMOIZE, POP, b"h\0h\1", STACK_GLOBAL),
        "BINPUT and LONG_BINGET": Code(
            first, b"q\7", POP, second, b"q\x08", POP, b"j\7\0\0\0j\x08\0\0\0", STACK_GLOBAL
        ),
        "LONG_BINPUT and GET": Code(first, b"r\7\0\0\0", POP, second, b"r\x08\0\0\0", POP, b"g7\ng8\n", STACK_GLOBAL),
        "PUT and BINGET of the name": Code(name(module, qualified).code, b"p7\n", POP, b"h\7"),
    }


def positions(module: str, qualified: str) -> dict[str, Code]:
    """Each place that a name can have in what a file holds."""
    found, model = name(module, qualified), instance(*LOGISTIC, {})
    transformer = ("sklearn.preprocessing._function_transformer", "FunctionTransformer")
    code = found.code
    return {
        **lookups(module, qualified),
        "REDUCE": Code(code, value(()), REDUCE),
        "REDUCE with arguments": Code(code, value((1, "a")), REDUCE),
        "OBJ": Code(MARK, code, OBJ),
        "INST": Code(MARK, b"i", module.encode(), b"\n", qualified.encode(), b"\n"),
        "NEWOBJ": Code(code, value(()), NEWOBJ),
        "NEWOBJ_EX": Code(code, value(()), value({}), NEWOBJ_EX),
        "BUILD of what was called": Code(code, value(()), REDUCE, value({}), BUILD),
        "BUILD of what was made": Code(code, value(()), NEWOBJ, value({"a": 1}), BUILD),
        "BUILD with slots": Code(code, value(()), NEWOBJ, value((None, {"a": 1})), BUILD),
        "PERSID": Code(b"P", module.encode(), b".", qualified.encode(), b"\n"),
        "BINPERSID": Code(text(f"{module}.{qualified}"), b"Q"),
        "a tuple": Code(value((1, (found,)))),
        "a list": Code(value([1, [found]])),
        "APPEND": Code(b"]", code, b"a"),
        "the value of a dict": Code(value({"a": {"b": found}})),
        "SETITEM": Code(b"}", text("a"), code, b"s"),
        "the key of a dict": Code(b"}(", code, b"Nu"),
        "DICT": Code(b"(", text("a"), code, b"d"),
        "LIST": Code(b"(", code, b"l"),
        "a set": Code(b"\x8f(", code, b"\x90"),
        "a frozenset": Code(b"(", code, b"\x91"),
        "an attribute": instance(*LOGISTIC, {"coef_": found}),
        "a function as an attribute": instance(*transformer, {"func": found}),
        "the state itself": instance(*LOGISTIC, found),
        "an argument": call("sklearn.tree._tree", "Tree", found, 1, 1),
        "an argument of an argument": call("sklearn.tree._tree", "Tree", call("builtins", "slice", found), 1, 1),
        "an argument of partial": call("functools", "partial", found),
        "what is dropped before a model": Code(code, POP, model.code),
        "what is called and dropped before a model": Code(code, value(()), REDUCE, POP, model.code),
        "what stays below a model": Code(code, model.code),
        "the type of an array": call("numpy", "dtype", found, False, True),
        "the class of an array": call("numpy._core.multiarray", "_reconstruct", found, (0,), b"b"),
        "an element of an array": Code(
            call("numpy._core.multiarray", "_reconstruct", name("numpy", "ndarray"), (0,), b"b").code,
            value((1, (1,), OBJECTS, False, [found])), BUILD,
        ),
        "the content of a scalar": call("numpy._core.multiarray", "scalar", OBJECTS, found),
        "joblib's class": joblib(DESCRIPTION | {"subclass": found}),
        "joblib's shape": joblib(DESCRIPTION | {"shape": (found,)}),
        "joblib's order": joblib(DESCRIPTION | {"order": found}),
        "joblib's type": joblib(DESCRIPTION | {"dtype": call("numpy", "dtype", found, False, True)}),
        "joblib's description": joblib(found),
        "behind joblib's description": Code(joblib(DESCRIPTION | {"dtype": OBJECTS}).code, b"\x80\4", code, b"."),
    }  # fmt: skip


def joblib(description: object) -> Code:
    """An array as joblib describes it; its content would follow."""
    return instance("joblib.numpy_pickle", "NumpyArrayWrapper", description)
