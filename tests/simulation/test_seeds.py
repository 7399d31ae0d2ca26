"""1,000 seeds hold, 1,000 more with `--long`. More by hand: `python -m tests.simulation --seeds 100000`."""

import pytest

from tests.simulation.run import Runs

SEEDS, EACH = 1_000, 250
LONG = [pytest.param(first, marks=pytest.mark.long) for first in range(SEEDS, 2 * SEEDS, EACH)]


@pytest.mark.timeout(900)
@pytest.mark.parametrize("first", [*range(0, SEEDS, EACH), *LONG])
def test_seeds(runs: Runs, first: int) -> None:
    for outcome in runs.outcomes(range(first, first + EACH)):
        assert not outcome.failure, f"\n{outcome}"
