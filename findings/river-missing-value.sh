#!/bin/sh
# river 0.26.1: after one missing value ADWIN and PageHinkley never report drift again, without an error.
#
# Expected: a drift detector that watches a feature or an error of a live model goes on after a value that is missing (NaN), or
#   refuses it. river's statistics page and these detectors' pages do not speak of NaN; KSWIN, beside them, recovers.
# Seen: NaN enters the running sums, and every later comparison with them is false. The jump of ten standard deviations, which
#   both report within five values, is not reported in 1,500 values. drift_detected stays False, as with a healthy model.
#
# Exits 0 while it is so, 1 once it is otherwise, 2 where it cannot be tried. Needs Python 3.11 or later and pip's network.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python=
for name in python3.13 python3.12 python3.11 python3; do
  "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && python=$name && break
done
[ -n "$python" ] || { echo "river 0.26.1 needs Python 3.11 or later."; exit 2; }
"$python" -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check river==0.26.1 numpy==2.3.5 scipy==1.16.3 pandas==2.3.3 || exit 2

cat > "$folder/watch.py" <<'PYTHON'
import sys

import numpy as np
from river import drift

JUMP = 1500
values = np.random.default_rng(7).normal(size=2 * JUMP)
values[JUMP:] += 10
with_one_missing = values.copy()
with_one_missing[100] = np.nan
status = 0
for make, after_missing in ((drift.ADWIN, False), (drift.PageHinkley, False), (lambda: drift.KSWIN(seed=1), True)):
    for stream, expected in ((values, True), (with_one_missing, after_missing)):
        detector, reported = make(), []
        for index, value in enumerate(stream):
            detector.update(float(value))
            if detector.drift_detected and index >= JUMP:
                reported.append(index - JUMP)
        missing = "one value missing" if stream is with_one_missing else "none missing"
        print(f"{type(detector).__name__}, {missing}: the jump is reported {f'after {reported[0]}' if reported else 'never'}")
        if bool(reported) != expected:
            print(f"    NEW: it was {'reported' if expected else 'never reported'}")
            status = 1
sys.exit(status)
PYTHON
"$folder/env/bin/python" "$folder/watch.py"
