"""All seeded bugs by name. They test the simulation: each must be caught (`test_bugs.py`)."""

from tests.simulation import bugs_of_counting, bugs_of_owning, bugs_of_writing
from tests.simulation.bug import BUGS

__all__ = ["BUGS", "bugs_of_counting", "bugs_of_owning", "bugs_of_writing"]
