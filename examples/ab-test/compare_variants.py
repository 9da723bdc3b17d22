"""Whether two variants answer with different shares of errors: a two-proportion z test, once, at the end of the test.

Usage: python compare_variants.py ERRORS OF_REQUESTS ERRORS OF_REQUESTS [--baseline 0.01] [--detect 0.02]
Exit status: 0 they differ, 1 no difference was found, 3 undecided: too few requests to find the difference that counts.
"""

import argparse
import math
import sys
from statistics import NormalDist

ALPHA = 0.05
POWER = 0.8


def requests_needed(baseline: float, detect: float) -> int:
    """Of each variant, so that `detect` instead of `baseline` is found with the probability POWER."""
    normal = NormalDist()
    mean = (baseline + detect) / 2
    false_alarm = normal.inv_cdf(1 - ALPHA / 2) * math.sqrt(2 * mean * (1 - mean))
    missed = normal.inv_cdf(POWER) * math.sqrt(baseline * (1 - baseline) + detect * (1 - detect))
    return math.ceil(((false_alarm + missed) / (detect - baseline)) ** 2)


def p_value(errors: int, requests: int, other_errors: int, other_requests: int) -> float:
    """Two-sided. 1 where no request, or every one, was an error."""
    pooled = (errors + other_errors) / (requests + other_requests)
    deviation = math.sqrt(pooled * (1 - pooled) * (1 / requests + 1 / other_requests))
    if deviation == 0:
        return 1.0
    z = (errors / requests - other_errors / other_requests) / deviation
    return math.erfc(abs(z) / math.sqrt(2))


def main() -> int:
    parser = argparse.ArgumentParser()
    for name in ("errors", "requests", "other_errors", "other_requests"):
        parser.add_argument(name, type=int)
    parser.add_argument("--baseline", type=float, default=0.01, help="share of errors today")
    parser.add_argument("--detect", type=float, default=0.02, help="the share of errors that would count")
    given = parser.parse_args()
    needed = requests_needed(given.baseline, given.detect)
    if min(given.requests, given.other_requests) < needed:
        print(f"Undecided: {needed} requests of each variant are needed.")
        return 3
    p = p_value(given.errors, given.requests, given.other_errors, given.other_requests)
    certainty = f"p = {p:.4f}" if p >= 0.0001 else "p < 0.0001"
    shares = f"{given.errors / given.requests:.2%} and {given.other_errors / given.other_requests:.2%}, {certainty}"
    print(f"They differ: {shares}." if p < ALPHA else f"No difference was found: {shares}.")
    return 0 if p < ALPHA else 1


if __name__ == "__main__":
    sys.exit(main())
