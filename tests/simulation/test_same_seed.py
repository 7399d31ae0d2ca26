"""A seed is one story: in this process and in another, whatever hashes and addresses are."""

import os
import subprocess
import sys

from tests.simulation.simulation import simulate

SEEDS = range(40, 46)
PROGRAM = """
from tests.simulation.simulation import simulate
print(*(simulate(seed).fingerprint for seed in range({}, {})))
"""


def test_the_same_seed_is_the_same_story() -> None:
    here = [simulate(seed).fingerprint for seed in SEEDS]
    assert len(set(here)) == len(SEEDS), "other seeds, other stories"
    program = PROGRAM.format(SEEDS.start, SEEDS.stop)
    for hashes in ("1", "2"):
        told = subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | {"PYTHONHASHSEED": hashes, "POLARS_MAX_THREADS": "1"},
            capture_output=True,
            text=True,
            check=True,
        )
        assert told.stdout.split() == here
