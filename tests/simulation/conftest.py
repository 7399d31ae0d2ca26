"""The processes that run seeds, the same for all tests here."""

import os
from collections.abc import Iterator

import pytest

from tests.simulation.run import Runs


@pytest.fixture(scope="package")
def runs() -> Iterator[Runs]:
    with Runs(os.cpu_count() or 1) as found:
        yield found
