#!/bin/sh
# XGBoost 3.2.0 and 3.4.1: the marker of missing values (missing=-999) is in no file that an estimator saves; the loaded one takes
# -999 for a number and answers otherwise, without a word.
#
# Expected: XGBRegressor.load_model of what XGBRegressor.save_model wrote answers as the saved estimator did ("Introduction to Model
#   IO" in its documentation: the saved model holds what prediction needs; missing is a parameter of the estimator).
# Seen: missing is NaN after loading. Rows that have a marker go the way of very small numbers, not of missing values; rows without
#   one are answered alike, so that a check with complete rows sees nothing. A pickle keeps the parameter.
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
for version in 3.2.0 3.4.1; do
  "$python" -m venv "$folder/$version"
  "$folder/$version/bin/pip" install --quiet --disable-pip-version-check "xgboost-cpu==$version" scikit-learn==1.8.0 numpy==2.3.5 \
    scipy==1.16.3 || exit 2
done

cat > "$folder/compare.py" <<'PYTHON'
import pickle
import sys

import numpy as np
from xgboost import XGBRegressor

random = np.random.default_rng(9)
rows = random.normal(size=(400, 3))
answers = rows[:, 0] + np.where(random.random(400) < 0.2, 5, 0)
rows[answers > 2.5, 1] = -999
rows[::7, 2] = -999
saved = XGBRegressor(n_estimators=10, max_depth=3, missing=-999, n_jobs=1).fit(rows, answers)
saved.save_model(sys.argv[1])
loaded = XGBRegressor()
loaded.load_model(sys.argv[1])
marked = (rows == -999).any(axis=1)
for what, model in (("file", loaded), ("pickle", pickle.loads(pickle.dumps(saved)))):
    differs = np.abs(model.predict(rows) - saved.predict(rows)) > 1e-4
    of_marked, of_others = (("some" if differs[part].any() else "none") for part in (marked, ~marked))
    print(f"{what}: missing {model.missing:g}; of rows with a marker {of_marked} differ, of others {of_others}", end=". ")
PYTHON

status=0
expected='file: missing nan; of rows with a marker some differ, of others none.'
expected="$expected pickle: missing -999; of rows with a marker none differ, of others none. "
for version in 3.2.0 3.4.1; do
  seen=$("$folder/$version/bin/python" "$folder/compare.py" "$folder/$version.ubj"; echo x)
  seen=${seen%x}
  echo "$version, $seen"
  [ "$seen" = "$expected" ] || { echo "NEW: it was $expected"; status=1; }
done
exit $status
