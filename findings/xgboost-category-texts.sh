#!/bin/sh
# XGBoost 3.2.0 and 3.3.0 cut the texts of categories in the files that they save, where a text has letters beyond ASCII.
#
# Expected: since release 3.1 a saved model holds the texts of a DataFrame's categories, so that a later DataFrame with its own
#   order of categories is recoded; what is loaded knows the categories that training knew.
# Seen: the offsets between the texts count letters, the texts are written as bytes of UTF-8. From the first such letter on
#   categories are cut or shifted, and the loaded model holds other categories than the trained one. 3.4.1 writes them right.
#
# Exits 0 while it is so, 1 once it is otherwise, 2 where it cannot be tried. Needs Python 3.12 or later and pip's network.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python=
for name in python3.13 python3.12 python3.14 python3; do
  "$name" -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null && python=$name && break
done
[ -n "$python" ] || { echo "XGBoost 3.4 needs Python 3.12 or later."; exit 2; }
for version in 3.2.0 3.3.0 3.4.1; do
  "$python" -m venv "$folder/$version"
  "$folder/$version/bin/pip" install --quiet --disable-pip-version-check "xgboost-cpu==$version" pandas==2.3.3 numpy==2.3.5 \
    scipy==1.16.3 || exit 2
done

cat > "$folder/write.py" <<'PYTHON'
import json
import sys
import warnings

import pandas as pd
import xgboost

warnings.simplefilter("error")
known = ["brugge", "köln", "málaga", "oslo"]
rows = pd.DataFrame({"city": pd.Categorical(known * 20, categories=known)})
data = xgboost.DMatrix(rows, [float(index % 4) for index in range(len(rows))], enable_categorical=True)
booster = xgboost.train({"max_depth": 2, "nthread": 1}, data, 2)
booster.save_model(sys.argv[1])


def categories(value):
    """The offsets and the bytes of the texts, wherever the file keeps them."""
    if isinstance(value, dict) and {"offsets", "values"} <= set(value):
        yield value
    for member in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from categories(member)


with open(sys.argv[1]) as file:
    (found,) = categories(json.load(file))
text, ends = bytes(byte % 256 for byte in found["values"]), found["offsets"]
read = [text[begin:end].decode(errors="replace") for begin, end in zip(ends, ends[1:])]
print("the categories of training" if read == known else "other categories")
print(xgboost.__version__, read, file=sys.stderr)
PYTHON

status=0
for pair in "3.2.0:other categories" "3.3.0:other categories" "3.4.1:the categories of training"; do
  version=${pair%%:*}
  seen=$("$folder/$version/bin/python" "$folder/write.py" "$folder/$version.json" || true)
  echo "$version saves $seen"
  [ "$seen" = "${pair#*:}" ] || { echo "NEW: it was ${pair#*:}"; status=1; }
done
exit $status
