"""Runs many seeds, in several processes: each seed is one process's work, so cores divide them."""

import multiprocessing
import os
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Self

from tests.simulation.bugs import BUGS
from tests.simulation.simulation import Outcome, simulate

CHUNK = 5


class Runs:
    """A pool of processes; with one job, this process."""

    def __init__(self, jobs: int = 1) -> None:
        os.environ.setdefault("POLARS_MAX_THREADS", "1")  # with so few rows more threads only wait
        self._pool = multiprocessing.get_context("spawn").Pool(jobs) if jobs > 1 else None

    def outcomes(self, seeds: Iterable[int], bug: str | None = None, told: bool = False) -> Iterator[Outcome]:
        """The outcome of each seed, in the order of the seeds; with a bug, named in `bugs.BUGS`."""
        work = ((seed, bug, told) for seed in seeds)
        return self._pool.imap(one, work, CHUNK) if self._pool else map(one, work)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool:
            self._pool.terminate()
            self._pool.join()


def one(work: tuple[int, str | None, bool]) -> Outcome:
    """Run a seed, with a bug if one is named."""
    seed, bug, told = work
    if bug is None:
        return simulate(seed, told)
    with BUGS[bug].seeded():
        return simulate(seed, told)
