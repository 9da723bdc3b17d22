"""Makes transactions as a shop records them: texts, numbers, and gaps in both. Replace it by your own data."""

from __future__ import annotations

import numpy as np
import pandas as pd

CITIES = ["Lagos", "Lima", "Oslo", "Rome"]
CHANNELS = ["app", "phone", "web"]


def make_data(count: int = 3000, seed: int = 7) -> tuple[pd.DataFrame, pd.Series]:
    """Return transactions, and of each whether it was "fraud" or "genuine"; the same for the same seed."""
    random = np.random.default_rng(seed)
    X = pd.DataFrame(
        {
            "amount": random.lognormal(3.5, 1.1, count).round(2),
            "city": random.choice(CITIES, count),
            "channel": random.choice(CHANNELS, count, p=[0.5, 0.1, 0.4]),
            "hour": random.integers(0, 24, count),
            "account_age_days": random.gamma(2, 300, count).round(),
        }
    )
    risk = 0.02 * X["amount"] + 2.0 * (X["hour"] < 6) + 1.5 * (X["channel"] == "phone") - 0.002 * X["account_age_days"]
    y = pd.Series(np.where(risk + random.normal(0, 0.5, count) > 2, "fraud", "genuine"), name="verdict")
    X.loc[random.random(count) < 0.08, "city"] = None
    X.loc[random.random(count) < 0.12, "account_age_days"] = np.nan
    return X, y
