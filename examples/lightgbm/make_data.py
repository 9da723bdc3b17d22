"""Makes hours of a bicycle rental. Replace it by your own data."""

from __future__ import annotations

import numpy as np
import pandas as pd

DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
SKIES = ["clear", "cloudy", "rain"]


def make_data(count: int = 2500, seed: int = 7) -> tuple[pd.DataFrame, pd.Series]:
    """Return hours, two of whose columns are pandas categories, and the bicycles rented; the same for the same seed."""
    random = np.random.default_rng(seed)
    X = pd.DataFrame(
        {
            "day": pd.Categorical(random.choice(DAYS, count), categories=DAYS),
            "sky": pd.Categorical(random.choice(SKIES, count), categories=SKIES),
            "hour": random.integers(6, 23, count),
            "temperature": random.normal(16, 7, count).round(1),
        }
    )
    busy = 40 + 3 * X["temperature"].clip(0, 28) + 25 * X["hour"].isin([8, 17, 18]) - 45 * (X["sky"] == "rain")
    y = (busy + 30 * X["day"].isin(["Sat", "Sun"]) + random.normal(0, 8, count)).clip(0).round().rename("rented")
    X.loc[random.random(count) < 0.06, "sky"] = np.nan
    return X, y
