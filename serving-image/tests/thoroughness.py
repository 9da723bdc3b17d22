"""How thorough a run of the tests is: ``npm run test:nightly`` sets NIGHTLY. For TypeScript: test/setup/runs.ts."""

import os

IS_NIGHTLY = os.environ.get("NIGHTLY") == "1"


def runs(nightly: int) -> int:
    """Return how many runs to make, of so many that a night has time for."""
    return nightly if IS_NIGHTLY else -(-nightly // 10)
