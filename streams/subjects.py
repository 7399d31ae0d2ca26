"""Subjects as row numbers, without keeping the strings: they are told apart by 127 bits of hash.

Two of 100 million subjects share all bits with a probability of 3 in 10**23, so two entities are never taken
for one. (Nobody gains by making subjects on purpose that do: who may send events under one may send them
under the other.) A subject costs 28 bytes; as a Polars category, 156.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from streams.facts import Rows
from streams.index import Index, Numbers

SEEDS = (1, 2)
POSITIVE = np.int64(2**63 - 1)


class Digests(NamedTuple):
    """Two independent hashes of each subject; the first is never negative."""

    first: Numbers
    second: Numbers


def digests(subjects: pl.Series) -> Digests:
    """The hashes of subjects; the same in every process."""
    first, second = (subjects.hash(seed).to_numpy().view(np.int64) for seed in SEEDS)
    return Digests(first & POSITIVE, second)


class Subjects:
    """A map from subjects to rows 0, 1, 2, ..."""

    def __init__(self) -> None:
        self._index = Index(len(SEEDS))

    def __len__(self) -> int:
        return self._index.size

    def rows(self, subjects: Digests) -> Rows:
        """The rows of subjects; new ones are added."""
        return self._index.numbers(*subjects).astype(np.intp, copy=False)

    def known(self, subjects: Digests) -> npt.NDArray[np.bool_]:
        """Which subjects have a row."""
        return self._index.find(*subjects) >= 0

    def keys(self, rows: Rows) -> Numbers:
        """The first hashes of some rows."""
        return self._index.keys[rows]

    def keep(self, rows: Rows) -> None:
        """Forget all others; these (rising) are numbered anew from 0."""
        self._index.keep(rows)
