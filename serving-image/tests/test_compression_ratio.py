"""A model that compresses well is read; what unpacks to more than the limits is refused."""

from __future__ import annotations

import lzma
import zlib

import numpy as np
import pytest

from inference_server.model_error import ModelError
from inference_server.pickles.decompress import MAX_RATIO, SMALL_BYTES, decompress


def test_a_model_of_680_to_1_is_decompressed():
    # As the nodes of trees whose weights are all alike: one number among many that repeat.
    content = np.zeros(SMALL_BYTES + 2**20, np.uint8)
    content[::6000] = np.random.default_rng(0).integers(0, 256, len(content[::6000]))
    compressed = zlib.compress(content.tobytes())
    assert 500 < len(content) / len(compressed) < MAX_RATIO
    assert len(decompress(compressed)) == len(content)


def test_what_unpacks_to_more_than_the_limit_is_refused():
    with pytest.raises(ModelError, match=f"holds more than {SMALL_BYTES} bytes"):
        decompress(lzma.compress(bytes(SMALL_BYTES + 1), preset=0))
