"""Makes what sensors of machines measure, with gaps where one was off. Replace it by your own data."""

from __future__ import annotations

import numpy as np
import pandas as pd


def make_data(count: int = 2000, seed: int = 7) -> tuple[pd.DataFrame, pd.Series]:
    """Return measurements, and 1 for each machine that failed soon after; the same for the same seed."""
    random = np.random.default_rng(seed)
    X = pd.DataFrame(
        {
            "temperature": random.normal(70, 8, count).round(1),
            "vibration": random.gamma(2, 0.4, count).round(3),
            "pressure": random.normal(5, 0.6, count).round(2),
            "hours_since_service": random.integers(0, 2000, count),
        }
    )
    wear = 0.08 * (X["temperature"] - 70) + 1.2 * X["vibration"] + 0.001 * X["hours_since_service"]
    y = pd.Series((wear + random.normal(0, 0.4, count) > 2.5).astype(int), name="failed")
    for sensor in ("temperature", "vibration", "pressure"):
        X.loc[random.random(count) < 0.1, sensor] = np.nan
    return X, y
