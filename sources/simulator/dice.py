"""Chance, in whole columns: every draw takes one number per row, whatever comes of it.

So a change of one share moves no other draw, and a scenario for one agency leaves the rest as they were. Each
part of each day has a generator of its own, seeded by (seed, part, day).
"""

from collections.abc import Sequence
from zlib import crc32

import numpy as np
from numpy.typing import ArrayLike, NDArray

Flags = NDArray[np.bool_]
Whole = NDArray[np.int64]


class Dice:
    """Draws for a part of a day."""

    def __init__(self, seed: int, part: str, day: int = 0) -> None:
        self._rng = np.random.default_rng([seed, crc32(part.encode()), day])

    def hit(self, share: float | NDArray[np.float64], number: int) -> Flags:
        """Whether something with this share (one, or one per row) happens."""
        return np.asarray(self._rng.random(number) < share)

    def between(self, low: ArrayLike, high: ArrayLike, number: int, bend: float = 1.0) -> Whole:
        """Whole numbers from `low` until before `high`; a `bend` over 1 leans towards `low`."""
        low = np.asarray(low, np.int64)
        reach = np.asarray(high, np.int64) - low
        drawn = np.maximum(reach, 1) * self._rng.random(number) ** bend
        return np.asarray(low + drawn.astype(np.int64))

    def pick(self, weights: Sequence[float] | NDArray[np.float64], number: int) -> Whole:
        """Positions among weights."""
        edges = np.cumsum(weights)
        return np.asarray(np.searchsorted(edges, self._rng.random(number) * edges[-1], side="right"))

    def split(self, total: int, weights: NDArray[np.float64]) -> Whole:
        """A total over places with these weights."""
        return self._rng.multinomial(total, weights / weights.sum())

    def waits(self, mean: float, number: int) -> Whole:
        """Waiting times without a memory."""
        return self._rng.exponential(mean, number).astype(np.int64)

    def normal(self, spread: float, number: int) -> NDArray[np.float64]:
        """Deviations around 0."""
        return self._rng.normal(0.0, spread, number)

    def poisson(self, mean: float) -> int:
        """How many of something rare there are."""
        return int(self._rng.poisson(mean))

    def distinct(self, number: int, limit: int) -> Whole:
        """Different whole numbers from 1 to `limit`."""
        return self._rng.choice(limit, number, replace=False) + 1
