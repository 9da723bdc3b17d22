"""Which variant of an A/B test a user gets: as client/pick-variant.ts, by the algorithm of docs/ab-tests.md.

Usage: python pick_variant.py EXPERIMENT NAME=WEIGHT... < user ids, one a line
"""

import hashlib
import re
import sys

# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariant.html
NAME = re.compile(r"(?=.{1,63}\Z)[a-zA-Z0-9](-*[a-zA-Z0-9])*")


def pick_variant(user_id: str, weights: dict[str, float], experiment: str = "") -> str:
    """The variant to be named as TargetVariant of invoke_endpoint; raises ValueError for what names none."""
    if user_id == "":
        raise ValueError("The user id is empty.")
    if not re.fullmatch(r"[\x20-\x7e]*", experiment):
        raise ValueError(f"The experiment {experiment!r} is not printable ASCII on one line.")
    if not weights:
        raise ValueError("There are no variants.")
    for name, weight in weights.items():
        if not NAME.fullmatch(name):
            raise ValueError(f"{name!r} cannot name a variant.")
        if weight != 0 and not 1e-9 <= weight <= 1e9:
            raise ValueError(f"The weight of {name} is {weight}. Allowed: 0, or from 1e-9 to 1e9.")
    chosen = sorted(name for name, weight in weights.items() if weight > 0)
    if not chosen:
        raise ValueError("All weights are 0.")
    # Of equal scores min takes the first.
    return min(chosen, key=lambda name: score(user_id, name, weights[name], experiment))


def score(user_id: str, name: str, weight: float, experiment: str) -> float:
    text = f"pick-variant/1\n{experiment}\n{name}\n{user_id}"
    drawn = int(hashlib.sha256(text.encode("utf-8")).hexdigest()[:13], 16) + 1
    return small_logarithm(drawn) / weight


def small_logarithm(number: int) -> int:
    """-log2(number / 2**52) in units of 2**-24, less than 3 of them too much, of whole numbers alone."""
    exponent = number.bit_length() - 1
    logarithm = (52 - exponent) << 24
    mantissa = (number << 25) >> exponent
    for bit in reversed(range(24)):
        mantissa = (mantissa * mantissa) >> 25
        if mantissa >> 26:
            mantissa >>= 1
            logarithm -= 1 << bit
    return logarithm


if __name__ == "__main__":
    pairs = [argument.rpartition("=") for argument in sys.argv[2:]]
    try:
        given = {name: float(weight) for name, _, weight in pairs}
        for line in sys.stdin.buffer.read().decode("utf-8").removesuffix("\n").split("\n"):
            print(pick_variant(line, given, sys.argv[1]))
    except ValueError as error:
        sys.exit(str(error))
