"""Names that are not on the list of what may be loaded: of the standard library, and beside the listed ones."""

from __future__ import annotations

WITNESS = ("refused.witness", "note")
NEVER_IMPORTED = ("refused.never_imported", "function")
_LOGISTIC = "sklearn.linear_model._logistic"

# None of them does anything when it is called.
UNLISTED: list[tuple[str, str]] = [
    WITNESS,
    ("refused.witness", "Noted"),
    NEVER_IMPORTED,
    ("os", "getcwd"),
    ("posix", "getcwd"),
    ("collections", "Counter"),
    ("math", "sqrt"),
    ("builtins", "len"),
    ("builtins", "dict"),
    ("__builtin__", "len"),
    ("copyreg", "__newobj__"),
    ("datetime", "date"),
    ("functools", "reduce"),
    ("numpy", "linspace"),
    ("numpy", "object_"),
    ("numpy.lib", "format"),
    ("joblib.numpy_pickle", "NumpyPickler"),
    ("joblib.numpy_pickle_compat", "NDArrayWrapper"),
    ("sklearn", "show_versions"),
    ("sklearn.feature_extraction.text", "strip_accents_unicode"),
    # Beside a listed name: of its module, of another module, in another spelling.
    (_LOGISTIC, "np"),
    (_LOGISTIC, "LogisticRegression.fit"),
    (_LOGISTIC, "LogisticRegression.__init__"),
    (_LOGISTIC, "logisticregression"),
    (_LOGISTIC, "LogisticRegressionC"),
    (_LOGISTIC, "Logistic"),
    (_LOGISTIC, "LogisticRegression LogisticRegressionCV"),
    (_LOGISTIC, " LogisticRegression"),
    (_LOGISTIC, ""),
    (f"{_LOGISTIC}.", "LogisticRegression"),
    (_LOGISTIC.upper(), "LogisticRegression"),
    ("sklearn.linear_model", "LogisticRegression"),
    ("sklearn.linear_model._ridge", "LogisticRegression"),
    ("", "LogisticRegression"),
    ("", ""),
]
