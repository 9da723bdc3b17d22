#!/bin/sh
# treelite 4.8.1 answers LightGBM models that were trained with zero_as_missing with other numbers, without a word.
#
# Expected: treelite.frontend.load_lightgbm_model follows LightGBM's missing type "zero", where 0 goes the way of a missing value,
#   or refuses such a model.
# Seen: the parameter is a bit of decision_type in LightGBM's text, tree by tree. treelite loads the model, compares 0 with the
#   threshold like any number, and answers other sums for rows with zeros. Rows without a zero are answered alike.
#
# Exits 0 while it is so, 1 once it is otherwise, 2 where it cannot be tried. Needs pip's network.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check lightgbm==4.7.0 treelite==4.8.1 numpy==2.3.5 scipy==1.16.3 || exit 2

cat > "$folder/compare.py" <<'PYTHON'
import sys
import warnings

import lightgbm
import numpy as np
import treelite

warnings.simplefilter("error")
random = np.random.default_rng(5)
rows = random.integers(-3, 4, size=(400, 3)).astype(float)
answers = np.where(rows[:, 0] == 0, 10.0, rows[:, 0]) + rows[:, 1]
settings = {"objective": "regression", "zero_as_missing": True, "num_leaves": 8, "num_threads": 1, "verbose": -1}
booster = lightgbm.train(settings, lightgbm.Dataset(rows, answers), 10)
booster.save_model(sys.argv[1])
theirs = treelite.frontend.load_lightgbm_model(sys.argv[1])
found = treelite.gtil.predict(theirs, rows.astype(np.float64)).reshape(-1)
differs = np.abs(found - booster.predict(rows)) > 1e-6
has_zero = (rows == 0).any(axis=1)
print(f"of rows with a zero {'some' if differs[has_zero].any() else 'none'} differ,", end=" ")
print(f"of rows without one {'some' if differs[~has_zero].any() else 'none'}")
print(f"{differs.sum()} of {len(rows)} rows differ, by up to {np.abs(found - booster.predict(rows)).max():.1f}", file=sys.stderr)
PYTHON

seen=$("$folder/env/bin/python" "$folder/compare.py" "$folder/model.txt" 2>"$folder/said" || true)
cat "$folder/said"
expected='of rows with a zero some differ, of rows without one none'
echo "treelite 4.8.1 against lightgbm 4.7.0: $seen"
[ "$seen" = "$expected" ] || { echo "NEW: it was: $expected"; exit 1; }
