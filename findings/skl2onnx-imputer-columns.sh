#!/bin/sh
# skl2onnx 1.20.0 with scikit-learn 1.8.0: SimpleImputer's output in ONNX has other columns than in scikit-learn, and a model
# behind it reads the wrong ones; MaxAbsScaler(clip=True) does not clip. No error, no warning.
#
# Expected: skl2onnx converts, or says what it does not support (it does for a KBinsDiscretizer or an encoder with infrequent
#   categories). scikit-learn's reference of SimpleImputer: features without any value at fit are dropped unless
#   keep_empty_features, and add_indicator appends a column for each feature with missing values. MaxAbsScaler has clip since 1.8.
# Seen: ONNX keeps the empty feature, so each split of a forest asks for the feature on the left of its own: every row is answered
#   wrongly. The indicator columns do not exist, and a linear model passes over their coefficients. clip is passed over.
#
# Exits 0 while it is so, 1 once it is otherwise, 2 where it cannot be tried. Needs Python 3.11 to 3.13 and pip's network.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check scikit-learn==1.8.0 skl2onnx==1.20.0 onnx==1.19.1 \
  onnxruntime==1.23.2 numpy==2.3.5 scipy==1.16.3 || exit 2

cat > "$folder/compare.py" <<'PYTHON'
import sys
import warnings

warnings.simplefilter("ignore")
import numpy as np
import onnxruntime
from skl2onnx import to_onnx
from sklearn.ensemble import RandomForestRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler

random = np.random.default_rng(6)
rows, later = random.normal(size=(2, 400, 4)).astype(np.float32)
answers = 2 * rows[:, 0] + rows[:, 1] ** 2
first_empty = rows.copy()
first_empty[:, 0] = np.nan
some_missing = rows.copy()
some_missing[random.random(rows.shape) < 0.1] = np.nan
forest = RandomForestRegressor(10, random_state=0)

status = 0
for what, model, trained, asked, right in (
    ("imputer, nothing missing", make_pipeline(SimpleImputer(), forest), rows, later, True),
    ("imputer, first feature empty", make_pipeline(SimpleImputer(), forest), first_empty, later, False),
    ("imputer with indicators", make_pipeline(SimpleImputer(add_indicator=True), Ridge()), some_missing, some_missing, False),
    ("MaxAbsScaler", make_pipeline(MaxAbsScaler(), Ridge()), rows, later * 3, True),
    ("MaxAbsScaler(clip=True)", make_pipeline(MaxAbsScaler(clip=True), Ridge()), rows, later * 3, False),
):
    model.fit(trained, answers)
    session = onnxruntime.InferenceSession(to_onnx(model, rows[:1]).SerializeToString(), providers=["CPUExecutionProvider"])
    found = session.run(None, {session.get_inputs()[0].name: asked})[0].reshape(-1)
    differs = np.abs(found - model.predict(asked)) > 1e-3
    print(f"{what}: {differs.sum()} of {len(asked)} rows differ")
    if differs.any() == right:
        print(f"    NEW: it was {'none' if right else 'some'}")
        status = 1
sys.exit(status)
PYTHON
"$folder/env/bin/python" "$folder/compare.py"
