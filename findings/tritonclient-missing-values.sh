#!/bin/sh
# tritonclient 2.73.0: a missing text is sent as the text "None" or "nan", and a missing number, as JSON, as what is no JSON.
#
# Expected: what cannot be said is refused by the client, or there is a way to say it: JSON has null.
# Seen: binary tensors of BYTES, the default, have no null, and every element goes through str(): None becomes the four
#   letters None, NaN the three letters nan. A server cannot tell them from texts, and an encoder that ignores unknown
#   categories answers as if a category had been sent. With binary_data=False the same texts are sent, and NaN among numbers
#   is written as the bare word NaN, which RFC 8259 does not have: strict parsers refuse the whole request.
#
# Exits 0 while it is so, 1 once it is otherwise, 2 where it cannot be tried. Needs Python 3.10 or later and pip's network.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'tritonclient[http]==2.73.0' || exit 2

cat > "$folder/try.py" <<'PYTHON'
import platform
import sys
from importlib.metadata import version

import numpy as np
from tritonclient.http import InferenceServerClient, InferInput

print("Python", platform.python_version(), *(f"{name} {version(name)}" for name in ("tritonclient", "numpy")))
status = 0


def check(what, expected, found):
    global status
    print(what, f"    {found}", sep="\n")
    if found != expected:
        print(f"    NEW: it was {expected}")
        status = 1


def sent(values, datatype, binary):
    tensor = InferInput("x", list(values.shape), datatype)
    try:
        tensor.set_data_from_numpy(values, binary_data=binary)
        body, length = InferenceServerClient.generate_request_body([tensor])
    except Exception as error:
        return type(error).__name__
    body = bytes(body)
    return body[length:] if binary else body[body.index(b'"data":') :].partition(b"]")[0] + b"]"


texts = np.array(["oslo", None, np.nan], dtype=object)
said = b"".join(len(one).to_bytes(4, "little") + one for one in (b"oslo", b"None", b"nan"))
check("oslo, None and NaN", said, sent(texts, "BYTES", binary=True))
check("the same as JSON", b'"data":["oslo","None","nan"]', sent(texts, "BYTES", binary=False))
check("1.0 and NaN as JSON", b'"data":[1.0,NaN]', sent(np.array([1.0, np.nan]), "FP64", binary=False))
sys.exit(status)
PYTHON
"$folder/venv/bin/python" "$folder/try.py"
