"""Whole numbers as dense numbers: a hash index whose every operation works on arrays.

Open addressing with linear probing (Knuth, vol. 3, 6.4), at most half full, so that a lookup of 100,000
keys is a handful of array operations instead of 100,000 dict accesses. A slot holds the number of a key, not
the key: 16 to 26 bytes a key in all.
"""

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]

EMPTY = np.int32(-1)
GOLDEN = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / golden ratio: spreads neighbouring keys
FIRST_BITS = 10


def room(least: int, now: int) -> int:
    """The next capacity of an array that grows: a quarter more, so little is copied and little lies idle."""
    return max(least, now + now // 4)


class Index:
    """A growing map from keys >= 0 to 0, 1, 2, ... in order of insertion; at most 2**31 - 1 keys."""

    def __init__(self) -> None:
        self._clear()

    def _clear(self) -> None:
        self._bits = FIRST_BITS
        self._slots = np.full(1 << FIRST_BITS, EMPTY)
        self._keys: Numbers = np.zeros(1 << (FIRST_BITS - 1), np.int64)
        self.size = 0

    @property
    def keys(self) -> Numbers:
        """The keys by their dense number."""
        return self._keys[: self.size]

    def numbers(self, keys: Numbers) -> Numbers:
        """Dense numbers of keys, repetitions allowed; new keys are added."""
        numbers = self.find(keys)
        missing = np.flatnonzero(numbers < 0)
        if len(missing):
            self._add(np.unique(keys[missing]))
            numbers[missing] = self.find(keys[missing])
        return numbers

    def find(self, keys: Numbers) -> Numbers:
        """Dense numbers of keys, -1 of those that are not there."""
        return self._slots[self._probe(keys)].astype(np.int64)

    def keep(self, numbers: Numbers) -> None:
        """Forget all but the keys with these dense numbers (rising); they are numbered anew from 0."""
        kept = self._keys[numbers]
        self._clear()
        self._add(kept)

    def _probe(self, keys: Numbers) -> npt.NDArray[np.intp]:
        """The slot of each key, or the free slot where it would go."""
        mask = (1 << self._bits) - 1
        slots = ((keys.astype(np.uint64) * GOLDEN) >> np.uint64(64 - self._bits)).astype(np.intp)
        there = self._slots[slots]
        astray = np.flatnonzero((self._keys[there] != keys) & (there != EMPTY))
        while len(astray):
            slots[astray] = (slots[astray] + 1) & mask
            there = self._slots[slots[astray]]
            astray = astray[(self._keys[there] != keys[astray]) & (there != EMPTY)]
        return slots

    def _add(self, keys: Numbers) -> None:
        """Add keys that are not there yet, each once."""
        total = self.size + len(keys)
        if total > len(self._keys):
            self._keys = np.resize(self._keys, room(total, len(self._keys)))
        self._keys[self.size : total] = keys
        if total * 2 > len(self._slots):
            self._bits = (total * 2 - 1).bit_length()
            self._slots = np.full(1 << self._bits, EMPTY)
            self._place(0, total)
        else:
            self._place(self.size, total)
        self.size = total

    def _place(self, start: int, end: int) -> None:
        numbers = np.arange(start, end, dtype=np.int32)
        while len(numbers):
            slots = self._probe(self._keys[numbers])
            self._slots[slots] = numbers
            numbers = numbers[self._slots[slots] != numbers]  # two new keys may want the same free slot
