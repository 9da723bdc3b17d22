#!/bin/sh
# XGBoost 3.4.1's files of the booster dart, read by XGBoost 3.2.0: wrong numbers, and no word about it.
#
# Expected: a release that does not know where the file keeps the weights of its trees (dart leaves trees out while it trains,
#   and weighs the others down for it) refuses the file, or warns.
# Seen: 3.2.0 keeps them in gradient_booster.weight_drop beside a gbtree of its own, 3.3.0 in gradient_booster.weight_drop beside
#   the trees, 3.4.1 in gradient_booster.model.weight_drop. 3.2.0 reads the file of 3.4.1, passes over the key that it does not
#   know, weighs every tree as 1, and answers other numbers than 3.4.1, without an error or a warning.
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
  "$folder/$version/bin/pip" install --quiet --disable-pip-version-check "xgboost-cpu==$version" numpy==2.3.5 scipy==1.16.3 || exit 2
done

cat > "$folder/write.py" <<'PYTHON'
import json
import sys

import numpy as np
import xgboost

rows = np.random.default_rng(3).normal(size=(60, 3))
data = xgboost.DMatrix(rows, rows[:, 0] + rows[:, 1] ** 2)
booster = xgboost.train({"booster": "dart", "rate_drop": 0.5, "max_depth": 2, "nthread": 1, "seed": 1}, data, 5)
booster.save_model(sys.argv[1])


def places(value, path=""):
    for key, member in value.items() if isinstance(value, dict) else ():
        here = f"{path}.{key}".lstrip(".")
        yield from [here] if key == "weight_drop" else places(member, here)


with open(sys.argv[1]) as file:
    print(xgboost.__version__, *places(json.load(file)["learner"]))
PYTHON

cat > "$folder/answer.py" <<'PYTHON'
import sys
import warnings

import numpy as np
import xgboost

warnings.simplefilter("error")
rows = np.random.default_rng(4).normal(size=(4, 3))
print(xgboost.Booster(model_file=sys.argv[1]).predict(xgboost.DMatrix(rows)).round(3).tolist())
PYTHON

status=0
check() { # what, expected, found
  printf '%s\n    %s\n' "$1" "$3"
  [ "$2" = "$3" ] || { printf '    NEW: it was %s\n' "$2"; status=1; }
}
wrote() { "$folder/$1/bin/python" "$folder/write.py" "$folder/$1.json"; }
answers() { "$folder/$1/bin/python" "$folder/answer.py" "$folder/$2.json" 2>&1 | tail -n 1; }

check "3.2.0 writes the weights to" "3.2.0 gradient_booster.weight_drop" "$(wrote 3.2.0)"
check "3.3.0 writes them to" "3.3.0 gradient_booster.weight_drop" "$(wrote 3.3.0)"
check "3.4.1 writes them to" "3.4.1 gradient_booster.model.weight_drop" "$(wrote 3.4.1)"
right=$(answers 3.4.1 3.4.1)
seen=$(answers 3.2.0 3.4.1)
echo "The file of 3.4.1, asked by 3.4.1: $right"
case $seen in
  "$right" | *rror*) answered='the same, or an error' ;;
  *) answered='other numbers' ;;
esac
check "asked by 3.2.0: $seen" 'other numbers' "$answered"
exit $status
