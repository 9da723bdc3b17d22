"""The state of text vectorizers: they read texts alone, by rules that are data, into columns that are there."""

from __future__ import annotations

from typing import Any

import numpy as np

from inference_server.model_error import ModelError
from inference_server.pickles.token_pattern import is_harmless

MAX_WORDS = 20
_MAX_HASHED = 2**24
_KNOWN = (
    "_metadata_request _sklearn_output_config _sklearn_version _stop_words_id _tfidf alternate_sign analyzer binary "
    "decode_error dtype encoding fixed_vocabulary_ input lowercase max_df max_features min_df n_features ngram_range "
    "norm preprocessor smooth_idf stop_words stop_words_ strip_accents sublinear_tf token_pattern tokenizer use_idf "
    "vocabulary vocabulary_"
)
_KEYS = frozenset(_KNOWN.split())


def check_texts(name: str, state: dict[str, Any]) -> None:
    """Raise ``ModelError`` with what is not served of a vectorizer's state (sklearn/feature_extraction/text.py)."""
    for key in ("analyzer", "tokenizer", "preprocessor", "strip_accents"):
        if not (state.get(key) is None or isinstance(state[key], str)):
            raise _refused(name, f"its {key} is a function or class of its own")
    if state.get("input") != "content":
        raise _refused(name, "it reads files: train it with input='content'")
    if unknown := sorted(str(key)[:60] for key in state if key not in _KEYS):
        raise _refused(name, f"it has attributes that scikit-learn does not give it ({', '.join(unknown[:5])})")
    pattern = state.get("token_pattern")
    if state.get("analyzer") == "word" and not (isinstance(pattern, str) and is_harmless(pattern)):
        raise _refused(name, f"its token_pattern {str(pattern)[:60]!r} is none that this server knows to end soon")
    if not _is_range(state.get("ngram_range")):
        raise _refused(name, f"its ngram_range is no pair of numbers from 1 to {MAX_WORDS}")
    words = state.get("stop_words")
    if not (words is None or words == "english" or (isinstance(words, (list, set, frozenset)) and _are_texts(words))):
        raise _refused(name, "its stop_words are no list of words")
    if not isinstance(state.get("dtype"), type):
        raise _refused(name, "its dtype is no type of numbers")
    if name == "HashingVectorizer":
        count = state.get("n_features")
        if type(count) is not int or not 1 <= count <= _MAX_HASHED:
            raise _refused(name, f"it makes more than {_MAX_HASHED} columns")
    elif "vocabulary_" in state and not _is_vocabulary(state["vocabulary_"]):
        # scipy would read memory that is not the matrix's.
        raise _refused(name, "its vocabulary_ does not number its words from 0 on")


def _is_range(value: Any) -> bool:
    numbers = isinstance(value, (tuple, list)) and len(value) == 2 and all(type(one) is int for one in value)
    return numbers and 1 <= value[0] <= value[1] <= MAX_WORDS


def _are_texts(values: Any) -> bool:
    return all(isinstance(value, str) for value in values)


def _is_vocabulary(value: Any) -> bool:
    if not isinstance(value, dict) or not value or not _are_texts(value):
        return False
    if not all(isinstance(place, (int, np.integer)) for place in value.values()):
        return False
    return {int(place) for place in value.values()} == set(range(len(value)))


def _refused(name: str, reason: str) -> ModelError:
    return ModelError(f"The model file holds a {name} that is not loaded: {reason}.")
