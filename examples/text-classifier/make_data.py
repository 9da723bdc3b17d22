"""Makes short messages to a shop. Replace it by your own data."""

from __future__ import annotations

import numpy as np

ABOUT = {
    "billing": ["invoice", "refund", "charged twice", "wrong amount", "credit card", "receipt"],
    "delivery": ["parcel", "late courier", "tracking number", "damaged box", "wrong address", "still not arrived"],
    "technical": ["app crashes", "cannot log in", "error message", "blank page", "password reset", "update failed"],
}
BEGINNINGS = ["Hello,", "Please help:", "Urgent!", "Good morning,", "Again:"]
ENDS = ["thank you", "what now?", "since Monday", "for my last order", "this is annoying"]


def make_data(count: int = 900, seed: int = 7) -> tuple[list[str], list[str]]:
    """Return messages, and what each is about; the same for the same seed."""
    random = np.random.default_rng(seed)
    subjects = random.choice(list(ABOUT), count).tolist()
    messages = []
    for subject in subjects:
        first, second = random.choice(ABOUT[subject], 2, replace=False)
        messages.append(f"{random.choice(BEGINNINGS)} {first}, {second} {random.choice(ENDS)}")
    return messages, subjects
