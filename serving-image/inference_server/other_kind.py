"""What looks like a model and is none that is read, by its first bytes: who wrote it takes it for one.

The deployer says the same at the upload: lambdas/core/archive/content-fault.ts
"""

from __future__ import annotations

import re
from pathlib import Path

from inference_server.model_error import ModelError

_HEAD_BYTES = 512
_DUMP = "trees for people to read, without what predictions need"
# First bytes; what it is; what to do.
_KINDS = (
    (
        rb"\x28\xb5\x2f\xfd",
        "compressed with zstd, which this server does not read",
        "Decompress it, or save the model with joblib.dump(model, path, compress=3)",
    ),
    (
        # dump_model's two forms: dump_format "json" and "text".
        rb'\[\s*\{\s*"nodeid"|booster\[[0-9]+\]:',
        f"what XGBoost's dump_model writes, {_DUMP}",
        'Save the model with save_model("model.ubj")',
    ),
    (
        rb'\{"name": ?"tree", ?"version"',
        f"what LightGBM's dump_model writes, {_DUMP}",
        'Save the model with save_model("model.lgb.txt")',
    ),
)


def check_kind(path: Path, name: str) -> None:
    """Raise ``ModelError`` for a file, called ``name``, whose first bytes say that it is none of the formats."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    for first_bytes, words, remedy in _KINDS:
        if re.match(first_bytes, head):
            raise ModelError(f"{name} is {words}. {remedy}.")
