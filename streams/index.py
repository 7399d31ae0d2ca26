"""Whole numbers as dense numbers: a hash index whose every operation works on arrays.

Open addressing with linear probing (Knuth, vol. 3, 6.4), at most half full, so that a lookup of 100,000
keys is a handful of array operations instead of 100,000 dict accesses. A slot holds the number of a key, not
the key: 16 to 26 bytes a key in all, when it has one part.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]

EMPTY = np.int32(-1)
GOLDEN = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / golden ratio: spreads neighbouring keys
FIRST_BITS = 10


def room(least: int, now: int) -> int:
    """The next capacity of an array that grows: an eighth more, so that little lies idle."""
    return max(least, now + now // 8)


def distinct(numbers: Numbers) -> Numbers:
    """The numbers in rising order, each once; by sorting, ten times as fast as np.unique, which hashes."""
    ordered = np.sort(numbers)
    return ordered[np.diff(ordered, prepend=-1) > 0]


def _first_of_each(keys: Sequence[Numbers]) -> list[Numbers]:
    """One key for each first part."""
    if len(keys) == 1:
        return [distinct(keys[0])]
    _, first = np.unique(keys[0], return_index=True)
    return [part[first] for part in keys]


class Index:
    """A growing map from keys >= 0 to 0, 1, 2, ... in order of insertion; at most 2**31 - 1 keys.

    width: a key may have further parts, of any sign; only the first is hashed.
    """

    def __init__(self, width: int = 1) -> None:
        self.width = width
        self.keep(np.zeros(0, np.intp))

    @property
    def keys(self) -> Numbers:
        """The keys by their dense number: their first part."""
        return self._parts[0][: self.size]

    def numbers(self, *keys: Numbers) -> Numbers:
        """Dense numbers of keys, repetitions allowed; new keys are added."""
        numbers = self.find(*keys)
        missing = np.flatnonzero(numbers < 0)
        while len(missing):
            self._add(_first_of_each([part[missing] for part in keys]))
            numbers[missing] = self.find(*(part[missing] for part in keys))
            missing = missing[numbers[missing] < 0]  # the same first part, another second one
        return numbers

    def find(self, *keys: Numbers) -> Numbers:
        """Dense numbers of keys, -1 of those that are not there."""
        return self._slots[self._probe(keys)].astype(np.int64)

    def keep(self, numbers: npt.NDArray[np.intp]) -> None:
        """Forget all but the keys with these dense numbers; they are numbered anew from 0."""
        kept = [part[numbers] for part in self._parts] if len(numbers) else []
        self.size = 0
        self._bits = FIRST_BITS
        self._slots = np.full(1 << FIRST_BITS, EMPTY)
        self._parts: list[Numbers] = [np.zeros(1, np.int64) for _ in range(self.width)]
        if kept:
            self._add(kept)

    def _probe(self, keys: Sequence[Numbers]) -> npt.NDArray[np.intp]:
        """The slot of each key, or the free slot where it would go."""
        mask = (1 << self._bits) - 1
        slots = ((keys[0].astype(np.uint64) * GOLDEN) >> np.uint64(64 - self._bits)).astype(np.intp)
        there = self._slots[slots]
        astray = np.flatnonzero(self._differ(there, keys) & (there != EMPTY))
        while len(astray):
            slots[astray] = (slots[astray] + 1) & mask
            there = self._slots[slots[astray]]
            astray = astray[self._differ(there, [part[astray] for part in keys]) & (there != EMPTY)]
        return slots

    def _differ(self, numbers: npt.NDArray[np.int32], keys: Sequence[Numbers]) -> npt.NDArray[np.bool_]:
        differ: npt.NDArray[np.bool_] = self._parts[0][numbers] != keys[0]
        for ours, theirs in zip(self._parts[1:], keys[1:], strict=True):
            differ |= ours[numbers] != theirs
        return differ

    def _add(self, keys: Sequence[Numbers]) -> None:
        """Add keys that are not there yet, whose first parts are all different."""
        total = self.size + len(keys[0])
        if total > len(self._parts[0]):
            self._parts = [np.resize(part, room(total, len(part))) for part in self._parts]
        for part, new in zip(self._parts, keys, strict=True):
            part[self.size : total] = new
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
            slots = self._probe([part[numbers] for part in self._parts])
            self._slots[slots] = numbers
            numbers = numbers[self._slots[slots] != numbers]  # two new keys may want the same free slot
