"""KServe's ModelServer over a scikit-learn model: `MODEL=model.pkl python server.py --http_port PORT --workers 1`.

Its sklearnserver is not on PyPI, only kserve is: this does what its `SKLearnModel.predict` does, and both of
`predict` and `predict_proba`, as all others here.
https://github.com/kserve/kserve/tree/master/python/sklearnserver
"""

from __future__ import annotations

import argparse
import os
import pickle
from pathlib import Path

import kserve
import numpy as np


class Forest(kserve.Model):
    """Answers version 1 of the protocol."""

    def load(self) -> bool:
        self.model = pickle.loads(Path(os.environ["MODEL"]).read_bytes())
        self.ready = True
        return True

    def predict(self, payload: dict, headers: dict | None = None, response_headers: dict | None = None) -> dict:
        table = np.array(payload["instances"])
        rows = zip(self.model.predict(table).tolist(), self.model.predict_proba(table).tolist(), strict=True)
        return {"predictions": [{"index": index, "probabilities": chances} for index, chances in rows]}


if __name__ == "__main__":
    flags = argparse.ArgumentParser(parents=[kserve.model_server.parser]).parse_known_args()[0]
    model = Forest("model")
    model.load()
    kserve.ModelServer(workers=flags.workers).start([model])
