"""Tests of the test: every seeded bug is caught, within a thousand seeds."""

import pytest

from tests.simulation.bugs import BUGS
from tests.simulation.run import Runs

SEEDS = 1000


@pytest.mark.parametrize("bug", BUGS)
def test_a_seeded_bug_is_caught(bug: str) -> None:
    seeds = range(BUGS[bug].first, SEEDS)
    caught = next((o for o in Runs().outcomes(seeds, bug) if o.failure), None)
    assert caught, f"{BUGS[bug].about}: not caught within {SEEDS} seeds"
    assert "unexpected error" not in caught.failure, "the patch does not fit the engine any more"
