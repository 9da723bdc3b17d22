"""MLServer's runtime for a pipeline that takes a DataFrame: its codec for one, then `predict_proba`, once.

A runtime of one's own, because the scikit-learn runtime passes None on where a row's text is missing: the imputer looks
for NaN, so the answers would be others. https://mlserver.readthedocs.io/en/latest/user-guide/custom.html
"""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
from mlserver import MLModel
from mlserver.codecs import NumpyCodec, PandasCodec
from mlserver.types import InferenceRequest, InferenceResponse
from mlserver.utils import get_model_uri


class FrameModel(MLModel):
    """Answers `predict_proba`: the class is the most probable one."""

    async def load(self) -> bool:
        self._model = pickle.loads(Path(await get_model_uri(self._settings)).read_bytes())
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        frame = self.decode_request(payload, default_codec=PandasCodec)
        found = self._model.predict_proba(frame.fillna(np.nan))
        probabilities = NumpyCodec.encode_output("predict_proba", found)
        return InferenceResponse(model_name=self.name, outputs=[probabilities])
