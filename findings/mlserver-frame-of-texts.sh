#!/bin/sh
# MLServer 1.7.1 with pandas 3.1.1: its codec for a DataFrame takes no column of texts as pandas makes it, and a missing
# text that stands alone in its request reaches the model as None.
#
# Expected: PandasCodec.encode_request writes a DataFrame of texts, some missing, and decoding gives every missing text as
#   the NaN that scikit-learn's imputers look for, whatever other rows stand beside it.
# Seen: a column of texts is of pandas' own type `str` since pandas 3, which to_datatype does not know: KeyError. As objects,
#   texts are written, but one NaN or None among them is a TypeError (np.isnan is asked about each text). A request that
#   says null is decoded: with a text beside it to NaN, alone to None. SimpleImputer leaves None as it is, so a row's answer
#   depends on the rows that it is sent with.
# With pandas 2.3.3, which MLServer's requirements allow as well, the first is no error, and None stays None in any company.
#
# Exits 0 while it is so, 1 once it is otherwise, 2 where it cannot be tried. Needs Python 3.10 to 3.12 and pip's network.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python=
for name in python3.12 python3.11 python3.10 python3; do
  "$name" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 12))' 2>/dev/null && python=$name && break
done
[ -n "$python" ] || { echo "MLServer 1.7.1 needs Python 3.10 to 3.12."; exit 2; }
"$python" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check mlserver==1.7.1 pandas==3.1.1 scikit-learn==1.8.0 || exit 2

cat > "$folder/try.py" <<'PYTHON'
import platform
import sys
import warnings
from importlib.metadata import version

warnings.simplefilter("ignore")
import numpy as np
import pandas as pd
from mlserver.codecs import PandasCodec, decode_inference_request
from mlserver.types import InferenceRequest
from sklearn.impute import SimpleImputer

print("Python", platform.python_version(), *(f"{name} {version(name)}" for name in ("mlserver", "pandas", "scikit-learn")))
status = 0


def check(what, expected, found):
    global status
    print(what, f"    {found}", sep="\n")
    if found != expected:
        print(f"    NEW: it was {expected}")
        status = 1


def encoded(column):
    try:
        return PandasCodec.encode_request(pd.DataFrame({"city": column}), use_bytes=False).inputs[0].data.root
    except Exception as error:
        return type(error).__name__


def imputed(cells):
    tensor = {"name": "city", "shape": [len(cells), 1], "datatype": "BYTES", "data": cells}
    tensor["parameters"] = {"content_type": "str"}
    request = InferenceRequest.model_validate({"parameters": {"content_type": "pd"}, "inputs": [tensor]})
    frame = decode_inference_request(request)
    return SimpleImputer(strategy="constant", fill_value="unknown").fit_transform(frame).ravel().tolist()


check("texts", "KeyError", encoded(["oslo", "rome"]))
check("texts as objects", ["oslo", "rome"], encoded(pd.Series(["oslo", "rome"], dtype=object)))
check("texts as objects, one of them NaN", "TypeError", encoded(pd.Series(["oslo", np.nan], dtype=object)))
check("texts as objects, one of them None", "TypeError", encoded(pd.Series(["oslo", None], dtype=object)))
check("oslo and null, decoded and imputed", ["oslo", "unknown"], imputed(["oslo", None]))
check("null alone, decoded and imputed", [None], imputed([None]))
sys.exit(status)
PYTHON
"$folder/venv/bin/python" "$folder/try.py"
