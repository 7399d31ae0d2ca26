"""Runs seeds: `python -m tests.simulation --seeds 100000 --from 0`. Exits with 1 at the first violation."""

import argparse
import os
import sys
import time

from tests.simulation.bugs import BUGS
from tests.simulation.run import Runs

SAYS_EVERY = 10.0


def main() -> int:
    """See the module."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1000, help="how many")
    parser.add_argument("--from", type=int, default=0, dest="first", help="the first one")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at the same time")
    parser.add_argument("--bug", choices=sorted(BUGS), help="with this bug in the engine")
    parser.add_argument("--story", action="store_true", help="tell all that happens")
    given = parser.parse_args()
    began = said = time.monotonic()
    overwritten = 0
    seeds = range(given.first, given.first + given.seeds)
    with Runs(min(given.jobs, given.seeds)) as runs:
        for done, outcome in enumerate(runs.outcomes(seeds, given.bug, given.story), 1):
            overwritten += outcome.overwritten > 0
            if outcome.failure:
                print(f"{outcome}\n{done} seeds, the last one violated", flush=True)
                return 1
            if given.story:
                print("\n".join(outcome.story))
            if time.monotonic() - said > SAYS_EVERY:
                said = time.monotonic()
                print(f"{done} seeds hold, {done / (said - began):.1f} a second", flush=True)
    seconds = time.monotonic() - began
    print(
        f"{given.seeds} seeds hold, {seconds:.0f} s; in {overwritten} of them a late zombie overwrote a cell,"
        " and the next recovery mended it"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
