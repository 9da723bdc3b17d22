#!/bin/sh
# XGBoost's reg:tweedie, trained on answers that are all zero, predicts NaN for every row, without an error or a warning.
#
# Expected: claims data of a quiet month is valid input for Tweedie regression (answers of at least 0): a model that predicts 0 or
#   close to it, or an error at training. count:poisson answers 0 for the same data.
# Seen: since release 3.0 the base score is estimated from the answers, here the logarithm of 0, and the leaves become NaN; the
#   model is saved and loaded as any other.
#
# Exits 0 while it is so, 1 once it is otherwise, 2 where it cannot be tried. Needs pip's network.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check xgboost-cpu==3.2.0 numpy==2.3.5 scipy==1.16.3 || exit 2

cat > "$folder/train.py" <<'PYTHON'
import sys
import warnings

import numpy as np
import xgboost

warnings.simplefilter("error")
rows = np.random.default_rng(6).normal(size=(50, 2))
for objective in ("reg:tweedie", "count:poisson"):
    data = xgboost.DMatrix(rows, np.zeros(len(rows)))
    booster = xgboost.train({"objective": objective, "nthread": 1, "max_depth": 2}, data, 3)
    booster.save_model(sys.argv[1])
    found = xgboost.Booster(model_file=sys.argv[1]).predict(xgboost.DMatrix(rows))
    kind = "NaN for every row" if np.isnan(found).all() else "0 for every row" if (np.abs(found) < 1e-3).all() else "numbers"
    print(f"{objective} predicts {kind};", end=" ")
PYTHON

seen=$("$folder/env/bin/python" "$folder/train.py" "$folder/model.ubj" 2>&1 || true)
expected='reg:tweedie predicts NaN for every row; count:poisson predicts 0 for every row; '
echo "xgboost 3.2.0: $seen"
[ "$seen" = "$expected" ] || { echo "NEW: it was: $expected"; exit 1; }
