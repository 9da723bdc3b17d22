#!/bin/sh
# evidently 0.7.23: the Hellinger distance of a feature of 0 and 1 in whole numbers is 0, "no drift", whatever their shares.
#
# Expected: ValueDrift(method="hellinger") of a numerical column gives the distance of the two distributions, 0 of equal ones
#   and 1 of those that share nothing (evidently's page on drift methods): near 0.9 where 1 in 100 ones became 99 in 100.
# Seen: evidently asks numpy.histogram_bin_edges for bins of the distinct values. For whole numbers numpy (since 2.0) makes no bin
#   narrower than 1, so that 0 and 1 fall into one bin, and the distance is 0 for any two samples. The same column as floats is
#   measured right. PSI, in the same release, is right for both.
#
# Exits 0 while it is so, 1 once it is otherwise, 2 where it cannot be tried. Needs Python 3.11 to 3.13 and pip's network.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
# evidently 0.7.23 cannot be imported with pandas 3.
"$folder/env/bin/pip" install --quiet --disable-pip-version-check evidently==0.7.23 pandas==2.3.3 numpy==2.3.5 || exit 2

cat > "$folder/measure.py" <<'PYTHON'
import sys
import warnings

warnings.simplefilter("ignore")
import numpy as np
import pandas as pd
from evidently import DataDefinition, Dataset, Report
from evidently.metrics import ValueDrift

random = np.random.default_rng(2)
columns = DataDefinition(numerical_columns=["clicked"])


def distance(method, before, now):
    data = [Dataset.from_pandas(pd.DataFrame({"clicked": sample}), data_definition=columns) for sample in (now, before)]
    report = Report([ValueDrift(column="clicked", method=method)]).run(*data)
    return float(report.dict()["metrics"][0]["value"])


before, now = (random.random(1000) < 0.01).astype(int), (random.random(1000) < 0.99).astype(int)
status = 0
for method, type_, drifts in (("hellinger", int, False), ("hellinger", float, True), ("psi", int, True), ("psi", float, True)):
    found = distance(method, before.astype(type_), now.astype(type_))
    print(f"{method}, {type_.__name__}: {found:.3f}, {'drift' if found > 0.1 else 'no drift'}")
    if (found > 0.1) != drifts:
        print(f"    NEW: it was {'drift' if drifts else 'no drift'}")
        status = 1
sys.exit(status)
PYTHON
HOME=$folder DO_NOT_TRACK=1 "$folder/env/bin/python" "$folder/measure.py"
