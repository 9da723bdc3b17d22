#!/bin/sh
# onnxmltools 1.16.0: LightGBM models with boosting "rf", reg_sqrt, a sigmoid other than 1, or one against all are converted to
# ONNX that answers other numbers, without a word.
#
# Expected: convert_lightgbm gives a model that answers as LightGBM does, or refuses (it refuses the objective cross_entropy by
#   name). LightGBM's page "Parameters": "rf" is a random forest, whose trees are averaged (average_output in the model's text);
#   reg_sqrt fits the root and squares the prediction; sigmoid is the factor in a binary or one-against-all probability.
# Seen: the trees of "rf" are divided by their number twice (of 10 trees: a tenth of the answer); the root is answered; the
#   factor is 1; one-against-all probabilities are the softmax. The plain models of each objective are converted right.
#
# Exits 0 while it is so, 1 once it is otherwise, 2 where it cannot be tried. Needs Python 3.11 to 3.13 and pip's network.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check onnxmltools==1.16.0 lightgbm==4.7.0 scikit-learn==1.8.0 \
  skl2onnx==1.20.0 onnx==1.19.1 onnxruntime==1.23.2 numpy==2.3.5 scipy==1.16.3 || exit 2

cat > "$folder/compare.py" <<'PYTHON'
import sys
import warnings

warnings.simplefilter("ignore")
import numpy as np
import onnxruntime
from lightgbm import LGBMClassifier, LGBMRegressor
from onnxmltools import convert_lightgbm
from onnxmltools.convert.common.data_types import FloatTensorType

onnxruntime.set_default_logger_severity(3)
random = np.random.default_rng(8)
rows = random.integers(-4, 5, size=(400, 3)).astype(np.float32)
numbers = np.abs(rows[:, 0] * 2 + rows[:, 1] ** 2) + 1
classes = np.digitize(rows[:, 0], [-1, 2])
quiet = {"n_estimators": 10, "min_child_samples": 5, "n_jobs": 1, "verbose": -1}
forest = {"boosting_type": "rf", "bagging_freq": 1, "bagging_fraction": 0.6}


def of_onnx(model):
    converted = convert_lightgbm(model, initial_types=[("rows", FloatTensorType([None, 3]))], target_opset=15, zipmap=False)
    session = onnxruntime.InferenceSession(converted.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, {"rows": rows})[-1]


status = 0
for what, kind, answers, settings, right in (
    ("regression", LGBMRegressor, numbers, {}, True),
    ("regression by rf", LGBMRegressor, numbers, forest, False),
    ("regression, reg_sqrt", LGBMRegressor, numbers, {"reg_sqrt": True}, False),
    ("binary", LGBMClassifier, (classes > 1).astype(int), {}, True),
    ("binary, sigmoid 2", LGBMClassifier, (classes > 1).astype(int), {"objective": "binary", "sigmoid": 2.0}, False),
    ("multiclass", LGBMClassifier, classes, {}, True),
    ("multiclassova", LGBMClassifier, classes, {"objective": "multiclassova"}, False),
):
    model = kind(**quiet, **settings).fit(rows, answers)
    theirs = model.predict(rows) if kind is LGBMRegressor else model.predict_proba(rows)
    found = np.asarray(of_onnx(model)).reshape(theirs.shape)
    same = np.allclose(found, theirs, atol=1e-3)
    told = "alike" if same else "other numbers"
    print(f"{what}: {told}; first row {np.round(found[0], 3)}, by LightGBM {np.round(theirs[0], 3)}")
    if same != right:
        print(f"    NEW: it was {'alike' if right else 'other numbers'}")
        status = 1
sys.exit(status)
PYTHON
"$folder/env/bin/python" "$folder/compare.py"
