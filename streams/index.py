"""Whole numbers as dense numbers: a hash index whose every operation works on arrays.

Open addressing with linear probing (Knuth, vol. 3, 6.4), at most half full, so that a lookup of 100,000
keys is a handful of array operations instead of 100,000 dict accesses.
"""

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]

EMPTY = np.int64(-1)
GOLDEN = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / golden ratio: spreads neighbouring keys
FIRST_BITS = 10


class Index:
    """A growing map from keys >= 0 to 0, 1, 2, ... in order of insertion."""

    def __init__(self) -> None:
        self._bits = FIRST_BITS
        self._slots: Numbers = np.full(1 << FIRST_BITS, EMPTY)
        self._numbers: Numbers = np.zeros(1 << FIRST_BITS, np.int64)
        self._keys: Numbers = np.zeros(1 << (FIRST_BITS - 1), np.int64)
        self.size = 0

    @property
    def keys(self) -> Numbers:
        """The keys by their dense number."""
        return self._keys[: self.size]

    def numbers(self, keys: Numbers) -> Numbers:
        """Dense numbers of keys, repetitions allowed; new keys are added."""
        slots = self._find(keys)
        missing = np.flatnonzero(self._slots[slots] == EMPTY)
        if len(missing):
            self._add(np.unique(keys[missing]))
            slots = self._find(keys)
        return np.take(self._numbers, slots)

    def _find(self, keys: Numbers) -> npt.NDArray[np.intp]:
        """The slot of each key, or the free slot where it would go."""
        mask = (1 << self._bits) - 1
        slots = ((keys.astype(np.uint64) * GOLDEN) >> np.uint64(64 - self._bits)).astype(np.intp)
        there = self._slots[slots]
        astray = np.flatnonzero((there != keys) & (there != EMPTY))
        while len(astray):
            slots[astray] = (slots[astray] + 1) & mask
            there = self._slots[slots[astray]]
            astray = astray[(there != keys[astray]) & (there != EMPTY)]
        return slots

    def _add(self, keys: Numbers) -> None:
        total = self.size + len(keys)
        if total > len(self._keys):
            self._grow(total)
        self._keys[self.size : total] = keys
        self._place(keys, np.arange(self.size, total))
        self.size = total

    def _place(self, keys: Numbers, numbers: Numbers) -> None:
        while len(keys):
            slots = self._find(keys)
            self._slots[slots] = keys
            won = self._slots[slots] == keys  # two new keys may want the same free slot
            self._numbers[slots[won]] = numbers[won]
            keys, numbers = keys[~won], numbers[~won]

    def _grow(self, total: int) -> None:
        self._bits = max(self._bits + 1, int(total * 2 - 1).bit_length())
        self._slots = np.full(1 << self._bits, EMPTY)
        self._numbers = np.zeros(1 << self._bits, np.int64)
        self._keys = np.pad(self._keys, (0, (1 << (self._bits - 1)) - len(self._keys)))
        self._place(self.keys, np.arange(self.size))
