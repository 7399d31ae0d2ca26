"""250 seeds hold, 250 more with `--long`. More by hand: `python -m tests.simulation --seeds 100000`."""

import pytest

from tests.simulation.run import Runs

EACH = 250


@pytest.mark.timeout(900)
@pytest.mark.parametrize("first", [0, pytest.param(EACH, marks=pytest.mark.long)])
def test_seeds(runs: Runs, first: int) -> None:
    for outcome in runs.outcomes(range(first, first + EACH)):
        assert not outcome.failure, f"\n{outcome}"
