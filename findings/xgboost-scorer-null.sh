#!/bin/sh
# xgboost-scorer 0.0.4 (npm) on models of XGBoost 3.2.0: a missing value that JSON can write (null) is answered as 0, decimals on a
# threshold go the other way, and the base score is left out.
#
# Expected: the numbers of Booster.predict, "a pure JavaScript implementation of XGBoost scoring" of the JSON that dump_model
#   writes (its README); null is how JSON has a missing value.
# Seen: only a key that is left out is missing; null < threshold is 0 < threshold. XGBoost compares in 32 bits, JavaScript in 64:
#   0.7 is below a threshold that was made of 0.7, and XGBoost's is not. Since XGBoost 1.7 the base score is estimated from
#   the answers and stands in no dump: every probability is another, unless base_score=0.5 was set for training.
#
# Exits 0 while it is so, 1 once it is otherwise, 2 where it cannot be tried. Needs Python 3.11 to 3.13, Node 20 or later, and the
# network of pip and npm.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check xgboost-cpu==3.2.0 numpy==2.3.5 scipy==1.16.3 || exit 2
cd "$folder"
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts xgboost-scorer@0.0.4 >/dev/null || exit 2

cat > train.py <<'PYTHON'
import json

import numpy as np
import xgboost

random = np.random.default_rng(0)
rows = random.integers(0, 200, size=(1000, 3)) / 100
answers = (rows[:, 0] > 0.7) ^ (rows[:, 1] > 1.1)
settings = {"objective": "binary:logistic", "max_depth": 4, "nthread": 1}
fixed = xgboost.train({**settings, "base_score": 0.5}, xgboost.DMatrix(rows, answers), 20)
estimated = xgboost.train(settings, xgboost.DMatrix(rows, answers & (rows[:, 2] > 1.5)), 20)


def case(booster, table):
    found = booster.predict(xgboost.DMatrix(table)).tolist()
    asked = [{f"f{index}": None if np.isnan(cell) else float(cell) for index, cell in enumerate(row)} for row in table]
    return {"model": [json.loads(tree) for tree in booster.get_dump(dump_format="json")], "rows": asked, "answers": found}


between, gaps = rows + 0.005, rows + 0.005
gaps[:, 0] = np.nan
cases = {"between": (fixed, between), "on": (fixed, rows), "null": (fixed, gaps), "estimated": (estimated, between)}
with open("cases.json", "w") as file:
    json.dump({name: case(*parts) for name, parts in cases.items()}, file)
PYTHON
env/bin/python train.py

cat > score.js <<'JAVASCRIPT'
import { readFileSync } from 'node:fs';
import module from 'xgboost-scorer';

const Scorer = module.default ?? module;
const cases = JSON.parse(readFileSync('cases.json'));
const without = (row) => Object.fromEntries(Object.entries(row).filter(([, cell]) => cell !== null));
let changed = 0;
async function compare(what, { model, rows, answers }, expected) {
  const found = await (await Scorer.create(model)).score(rows);
  const differ = found.filter((answer, index) => Math.abs(answer - answers[index]) > 1e-4).length;
  const told = differ === 0 ? 'none differ' : differ === rows.length ? 'all differ' : 'some differ';
  console.log(`${what}: ${differ} of ${rows.length} rows differ`);
  if (told !== expected) {
    console.log(`    NEW: it was: ${expected}`);
    changed = 1;
  }
}
await compare('numbers between the thresholds, base_score=0.5', cases.between, 'none differ');
await compare('the decimals of training, base_score=0.5', cases.on, 'some differ');
await compare('a missing value left out', { ...cases.null, rows: cases.null.rows.map(without) }, 'none differ');
await compare('a missing value as null', cases.null, 'all differ');
await compare('numbers between the thresholds, base score estimated', cases.estimated, 'all differ');
process.exit(changed);
JAVASCRIPT
node score.js
