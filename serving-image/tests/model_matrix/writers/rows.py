"""What the models are trained on and asked: small tables of each kind, drawn from a seed."""

from __future__ import annotations

import numpy as np
import pandas as pd
from recording import Rows

COUNT, ASKED = 120, 14
NAMES = ["amount", "age", "income", "days since"]
CITIES = ["lima", "oslo", "rome", "são paulo"]
LEVELS = ["low", "mid", "high"]
_TEXTS = ["the parcel came late", "great, thank you", "late again and broken", "thank you for the quick help"]


class Data:
    """``rows``: for training; ``asked``: rows to record; the answers to learn: ``two``, ``three``, ``number``, ..."""

    def __init__(self, rows: Rows, asked: Rows, signal: np.ndarray) -> None:
        self.rows, self.asked = rows, asked
        order = np.argsort(np.argsort(signal))
        self.two = (order >= len(signal) // 2).astype(int)
        self.three = order * 3 // len(signal)
        self.texts_of_three = np.array(LEVELS)[self.three]
        self.texts_of_two = np.where(self.two == 1, "fraud", "fine")
        self.number = np.round(signal, 3)
        self.positive = np.round(np.abs(signal) + 0.5, 3)
        self.counts = np.round(np.abs(signal)).astype(int)
        self.several = np.stack([self.number, self.positive], axis=1)
        self.several_classes = np.stack([self.two, self.three], axis=1)
        # For rankings: ten rows a query.
        self.groups = np.arange(len(signal)) // 10


def numbers(comes: str = "array", gaps: float = 0.0) -> Data:
    """Four columns of numbers; asked also between values, where trees split, and with a gap."""
    random = np.random.default_rng(7)
    drawn = random.normal([20, 40, 3, 0], [9, 12, 1, 5], size=(COUNT, 4))
    values = np.stack([drawn[:, place].round(digits) for place, digits in enumerate((1, 0, 2, 1))], axis=1)
    signal = values[:, 0] / 9 + np.abs(values[:, 3]) / 3 - (values[:, 2] > 3) * 2 + random.normal(size=COUNT) / 4
    if gaps:
        values[random.random(values.shape) < gaps] = np.nan
    asked = values[: ASKED - 4].copy()
    ordered = np.sort(values, axis=0)
    places = random.integers(5, COUNT // 2, size=(4, 4))
    between = (np.take_along_axis(ordered, places, 0) + np.take_along_axis(ordered, places + 1, 0)) / 2
    asked = np.concatenate([asked, between])
    asked[ASKED - 6, 1] = np.nan  # most models refuse it
    asked[ASKED - 5] = [-1e6, 1e6, 0, 12345.678]
    if comes == "array":
        return Data(Rows("gaps" if gaps else "array", values), Rows("gaps" if gaps else "array", asked), signal)
    how = "names and gaps" if gaps else "names"
    return Data(Rows(how, pd.DataFrame(values, columns=NAMES)), Rows(how, pd.DataFrame(asked, columns=NAMES)), signal)


def counts() -> Data:
    """Six columns of whole numbers from 0 on, as naive Bayes and chi2 want them."""
    random = np.random.default_rng(8)
    values = random.poisson(2, size=(COUNT, 6)).astype(float)
    signal = values[:, 0] - values[:, 1] + values[:, 2] * values[:, 3] / 4 + random.normal(size=COUNT) / 9
    asked = values[:ASKED].copy()
    asked[1, 2] = 0
    return Data(Rows("array", values), Rows("array", asked), signal)


def codes(gaps: bool = False) -> Data:
    """Two columns of numbers that stand for categories, two of numbers."""
    random = np.random.default_rng(9)
    values = np.column_stack(
        [random.integers(0, 5, COUNT), random.integers(0, 3, COUNT), random.normal(size=(COUNT, 2)).round(2)]
    ).astype(float)
    signal = np.array([2.0, -1, 0, 3, 1])[values[:, 0].astype(int)] + values[:, 1] * values[:, 2]
    if gaps:
        values[random.random(values.shape) < 0.1] = np.nan
    asked = values[:ASKED].copy()
    asked[0, 0] = 4
    asked[1, 0] = 77  # unknown
    how = "gaps" if gaps else "array"
    return Data(Rows(how, values), Rows(how, asked), signal)


def texts(gaps: bool = True, unseen: bool = True) -> Data:
    """A DataFrame of texts, numbers and booleans; asked with categories that training did not see, and gaps."""
    random = np.random.default_rng(10)
    frame = _frame(random, COUNT, CITIES, gaps)
    signal = (
        frame["amount"].fillna(30) / 20 + (frame["city"] == "oslo") * 3 + frame["age"].fillna(40) / 30
    ).to_numpy() + random.normal(size=COUNT) / 5
    asked = _frame(random, ASKED, [*CITIES, "paris"] if unseen else CITIES, gaps)
    how = "texts and gaps" if gaps else "texts"
    return Data(Rows(how, frame), Rows(how, asked), signal)


def _frame(random: np.random.Generator, count: int, cities: list[str], gaps: bool) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "amount": random.lognormal(3, 1, count).round(2),
            "city": random.choice(cities, count),
            "age": random.integers(18, 90, count).astype(float),
            "level": random.choice(LEVELS, count),
            "is_new": random.integers(0, 2, count).astype(bool),
        }
    )
    if gaps:
        for name in ("amount", "age"):
            frame.loc[random.random(count) < 0.15, name] = np.nan
        frame["city"] = frame["city"].where(random.random(count) >= 0.15, np.nan)
    return frame


def documents() -> Data:
    """A list of texts."""
    random = np.random.default_rng(11)
    words = " ".join(_TEXTS).replace(",", "").split()
    listed = [" ".join(random.choice(words, size=random.integers(3, 9))) for _ in range(COUNT)]
    signal = np.array([one.count("late") - one.count("thank") + random.normal() / 9 for one in listed])
    asked = [*_TEXTS, "", "Unbekanntes Wort über Größe", "LATE late Late", *listed[:4]]
    return Data(Rows("texts", listed), Rows("texts", asked), signal)
