"""A thousand seeds hold. More by hand: `python -m tests.simulation --seeds 100000`."""

import pytest

from tests.simulation.run import Runs

EACH = 100


@pytest.mark.timeout(900)
@pytest.mark.parametrize("first", range(0, 1000, EACH))
def test_seeds(runs: Runs, first: int) -> None:
    for outcome in runs.outcomes(range(first, first + EACH)):
        assert not outcome.failure, f"\n{outcome}"
