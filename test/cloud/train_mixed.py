"""Trains a pipeline on a DataFrame of texts, numbers and gaps: `train_mixed.py FOLDER`, with serving-image/tests on the path.

Writes model.pkl, rows as golden-rows.json, and asked.json: rows that training did not see with scikit-learn's own answers.
"""

import json
import pickle
import sys
from pathlib import Path

from mixed_models import NAMES, as_frame, draw, fit, mixed_models

folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
pipeline = fit(mixed_models()["fraud"])
rows = draw(12, seed=7, unseen=True)
asked = {"names": NAMES, "rows": rows, "expected": pipeline.predict(as_frame(rows)).tolist()}
(folder / "model.pkl").write_bytes(pickle.dumps(pipeline))
(folder / "golden-rows.json").write_text(json.dumps(rows[:3]))
(folder / "asked.json").write_text(json.dumps(asked))
