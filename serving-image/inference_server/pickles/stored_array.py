"""An array as joblib stores it: a description in the pickle, and the raw bytes right behind it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import IO, Any

import numpy as np

from inference_server.model_error import ModelError


class StoredArray:
    """Stands in for ``joblib.numpy_pickle.NumpyArrayWrapper`` (joblib 0.10 to 1.6)."""

    def read(self, state: Any, file: IO[bytes], read_nested: Callable[[], Any]) -> np.ndarray:
        """Return the array that starts at the file's position.

        Arrays of objects follow as a pickle of their own, which ``read_nested`` reads under the same limits.
        """
        if not isinstance(state, dict):
            raise ModelError("The model file describes an array as joblib would not.")
        dtype, shape, order = state.get("dtype"), state.get("shape"), state.get("order")
        sound = (
            isinstance(dtype, np.dtype)
            and isinstance(shape, tuple)
            and all(type(length) is int and length >= 0 for length in shape)
            and order in ("C", "F")
            and state.get("subclass") is np.ndarray
        )
        if not sound:
            raise ModelError("The model file describes an array as joblib would not.")
        if dtype.hasobject:
            nested = read_nested()
            if type(nested) is not np.ndarray:
                raise ModelError("The model file describes an array as joblib would not.")
            return nested
        if state.get("numpy_array_alignment_bytes") is not None:
            padding = file.read(1)
            file.read(padding[0])
        size = math.prod(shape) * dtype.itemsize
        content = file.read(size)
        if len(content) != size:
            raise ModelError("The model file ends in the middle of an array.")
        # A bytearray, because scikit-learn expects arrays that can be written to.
        return np.frombuffer(bytearray(content), dtype).reshape(shape, order=order)
