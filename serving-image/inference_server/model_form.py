"""Which format a model file has, by its first bytes, whatever a library called it.

The deployer decides by the same rule at the upload: lambdas/core/archive/model-form.ts
"""

from __future__ import annotations

import re
from pathlib import Path

HEAD_BYTES = 512

# The name that stands for the format in `MODEL_FILES`; first bytes; a name, where bytes alone do not tell.
_FLAGS = re.IGNORECASE | re.ASCII
_PICKLE_NAME = re.compile(r"\.(pkl|pickle|joblib|sav)(\.(gz|z|bz2|xz|lzma|lz4))?\Z", _FLAGS)
_FORMS = (
    ("model.xgb.json", rb'\{[ \t\r\n]*"learner"[ \t\r\n]*:', None),
    # UBJSON: `L`, the length of the key in eight bytes, the key.
    ("model.ubj", rb"\{L(?s:.{8})learner", None),
    ("model.lgb.txt", rb"tree\r?\n", None),
    ("model.cbm", rb"CBM1", None),
    ("model.cat.json", rb'\{[ \t\r\n]*"(ctr_data|features_info)"[ \t\r\n]*:', None),
    # Protocol 2 to 5; not what torch.save wrote before its zip archives, a pickled number of ten bytes.
    ("model.pkl", rb"\x80[\x02-\x05](?!\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19)", None),
    # gzip, zlib, bzip2, xz, lzma, lz4: what joblib's `compress` writes. What is in them only the name says.
    ("model.pkl", rb"\x1f\x8b|\x78[\x01\x5e\x9c\xda]|BZh|\xfd7zXZ\0|\x5d\0|\x04\x22\x4d\x18", _PICKLE_NAME),
    ("model.skops", rb"PK\x03\x04", re.compile(r"\.skops\Z", _FLAGS)),
    # protobuf: the first field is ir_version, the second one of ModelProto's others.
    (
        "model.onnx",
        rb"\x08[\x01-\x7f][\x12\x1a\x22\x2a\x32\x3a\x42]",
        re.compile(r"\.onnx\Z", _FLAGS),
    ),
)


def model_form(name: str, head: bytes) -> str | None:
    """Return the one of ``MODEL_FILES`` that the file could be called, or None where nothing says it is a model."""
    for form, first_bytes, needed in _FORMS:
        if re.match(first_bytes, head) and (needed is None or needed.search(name)):
            return form
    return None


def read_form(path: Path) -> str | None:
    """Return ``model_form`` of the file."""
    with path.open("rb") as file:
        return model_form(path.name, file.read(HEAD_BYTES))
