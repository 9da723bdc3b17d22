#!/bin/sh
# CatBoost 1.2.10: the ONNX file of a one-against-all classifier answers the softmax of its scores, and that of a Poisson or
# Tweedie model their logarithm: other numbers than the model, without a word.
#
# Expected: CatBoost's page on ONNX-ML (concepts/apply-onnx-ml) has the outputs "probabilities" of classifiers and "predictions"
#   of regressions: what predict_proba and predict answer. Of MultiClassOneVsAll that is the sigmoid of each score, of Poisson
#   and Tweedie models the exponent of the score (its page on model values, concepts/output-data_model-value-output).
# Seen: save_model(format="onnx") writes post_transform SOFTMAX for every model of more than two classes, and nothing for
#   regressions. One-against-all probabilities then add up to one, which the model's do not; a count of 20 is answered as 3.
#   MultiClass and RMSE are right.
#
# Exits 0 while it is so, 1 once it is otherwise, 2 where it cannot be tried. Needs Python 3.11 or 3.12 and pip's network.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check catboost==1.2.10 onnx==1.19.1 onnxruntime==1.23.2 numpy==2.3.5 \
  || exit 2

cat > "$folder/compare.py" <<'PYTHON'
import sys

import numpy as np
import onnxruntime
from catboost import CatBoostClassifier, CatBoostRegressor

onnxruntime.set_default_logger_severity(3)
random = np.random.default_rng(3)
rows = random.normal(size=(300, 3)).astype(np.float32)
classes = np.digitize(rows[:, 0], [-0.5, 0.5])
counts = random.poisson(np.exp(rows[:, 0] + 1))
settings = {"iterations": 20, "depth": 3, "verbose": 0, "thread_count": 1, "allow_writing_files": False, "random_seed": 1}


def answers(model):
    model.save_model(sys.argv[1], format="onnx")
    session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
    found = session.run(None, {"features": rows})[-1]
    if isinstance(found, list):
        return np.array([[row[label] for label in sorted(row)] for row in found])
    return np.asarray(found).reshape(-1)


def softmax(scores):
    raised = np.exp(scores)
    return raised / raised.sum(axis=1, keepdims=True)


status = 0
for loss in ("MultiClass", "MultiClassOneVsAll", "RMSE", "Poisson", "Tweedie:variance_power=1.5"):
    one = loss.startswith("Multi")
    model = (CatBoostClassifier if one else CatBoostRegressor)(loss_function=loss, **settings)
    model.fit(rows, classes if one else counts)
    raw = model.predict(rows, prediction_type="RawFormulaVal")
    theirs = model.predict_proba(rows) if one else model.predict(rows)
    found = answers(model)
    seen = "as the model" if np.allclose(found, theirs, atol=1e-4) else "otherwise"
    if seen == "otherwise" and np.allclose(found, softmax(raw) if one else raw, atol=1e-4):
        seen = "softmax of the scores" if one else "the scores"
    print(f"{loss}: {seen}; first row {np.round(found[0], 3)}, by the model {np.round(theirs[0], 3)}")
    before = {"MultiClassOneVsAll": "softmax of the scores", "MultiClass": "as the model", "RMSE": "as the model"}
    if seen != before.get(loss, "the scores"):
        print(f"    NEW: it was {before.get(loss, 'the scores')}")
        status = 1
sys.exit(status)
PYTHON
"$folder/env/bin/python" "$folder/compare.py" "$folder/model.onnx"
