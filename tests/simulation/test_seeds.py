"""A hundred seeds hold. More by hand: `python -m tests.simulation --seeds 100000`."""

import pytest

from tests.simulation.run import Runs

SEEDS, EACH = 100, 50


@pytest.mark.timeout(900)
@pytest.mark.parametrize("first", range(0, SEEDS, EACH))
def test_seeds(runs: Runs, first: int) -> None:
    for outcome in runs.outcomes(range(first, first + EACH)):
        assert not outcome.failure, f"\n{outcome}"
