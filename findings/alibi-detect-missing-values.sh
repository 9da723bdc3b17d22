#!/bin/sh
# alibi-detect 0.13.0: a few missing values in a feature hide its drift from KSDrift and CVMDrift: no drift, no warning.
#
# Expected: a feature that moved by five standard deviations is reported, where 1 in 50 of its values is missing (NaN), or the
#   detector says that it cannot tell. The pages on the two detectors speak of p-values below a threshold, not of missing values.
# Seen: scipy's test answers NaN as the p-value of such a feature, and NaN < threshold is false: is_drift 0, the same as of a
#   feature that did not move. One missing value in the reference data, too, blinds the detector to that feature for good. Without
#   missing values is_drift is 1.
#
# Exits 0 while it is so, 1 once it is otherwise, 2 where it cannot be tried. Needs Python 3.10 to 3.12, pip's network, and some
# minutes for what alibi-detect requires.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python=
for name in python3.12 python3.11 python3.10 python3; do
  "$name" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 12))' 2>/dev/null && python=$name && break
done
[ -n "$python" ] || { echo "alibi-detect 0.13.0 needs Python 3.10 to 3.12."; exit 2; }
"$python" -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check alibi-detect==0.13.0 numpy==1.26.4 scipy==1.15.3 || exit 2

cat > "$folder/watch.py" <<'PYTHON'
import sys
import warnings

warnings.simplefilter("ignore")
import numpy as np
from alibi_detect.cd import CVMDrift, KSDrift

random = np.random.default_rng(4)
reference = random.normal(size=(500, 2)).astype(np.float32)
moved = random.normal(size=(500, 2)).astype(np.float32)
moved[:, 1] += 5
some_missing = moved.copy()
some_missing[::50, 1] = np.nan
reference_one_missing = reference.copy()
reference_one_missing[0, 1] = np.nan

status = 0
for detector in (KSDrift, CVMDrift):
    for what, before, now, expected in (
        ("none missing", reference, moved, 1),
        ("1 in 50 missing", reference, some_missing, 0),
        ("1 of the reference missing", reference_one_missing, moved, 0),
    ):
        found = detector(before, p_val=0.01).predict(now)["data"]
        print(f"{detector.__name__}, {what}: is_drift {found['is_drift']}, p-values {np.round(found['p_val'], 3)}")
        if found["is_drift"] != expected:
            print(f"    NEW: it was {expected}")
            status = 1
sys.exit(status)
PYTHON
"$folder/env/bin/python" "$folder/watch.py"
