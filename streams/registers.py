"""One column of many states: registers as (version, value) maxima, in arrays that grow.

Merging is the maximum over (version, value), so any order and any number of deliveries gives the same
(design, invariant 1). Values are whole numbers; those of string columns are codes, whose order means nothing,
so ties between different strings are settled by the strings.

A column that few states have (refused, apologised, ...) keeps registers for those only, each in a slot, and
4 bytes per state to find it; once that would be the larger way, each state has its own register. Values take
as few bytes as the greatest one so far needs.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from schemas.column import LATEST_VERSION, Column, Kind, Merge
from streams.dictionary import Dictionary
from streams.facts import Rows, Values
from streams.index import distinct, room

STORED: dict[Kind, pl.DataType] = {
    Kind.TIME: pl.Datetime("us", "UTC"),
    Kind.FLAG: pl.UInt8(),
    Kind.INTEGER: pl.Int64(),
}
SLOT_BYTES = 4
MIXERS = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB), np.uint64(31))  # SplitMix64's


class Registers:
    """The registers of one column, one per state. Any array of values in and out is int64."""

    def __init__(self, column: Column, dictionary: Dictionary | None) -> None:
        self.column, self.dictionary = column, dictionary
        self.unset = 0 if dictionary else int(column.kind.unset)
        self._versioned = column.merge is not Merge.MAX
        self._slots: npt.NDArray[np.uint32] | None = np.zeros(0, np.uint32)  # None: a state's row is its slot
        self._used = 1  # slots, where the first is that of all states which have nothing
        self._versions: Values = np.zeros(int(self._versioned), np.int64)
        narrow = np.int64 if column.kind is Kind.TIME else np.int8  # until a greater value comes
        self._values: npt.NDArray[Any] = np.full(1, self.unset, narrow)

    def grow(self, capacity: int) -> None:
        """Make room for states up to `capacity`, all unset."""
        if self._slots is None:
            self._widen(capacity)
            return
        self._slots = np.pad(self._slots, (0, capacity - len(self._slots)))
        register = self._values.itemsize + 8 * self._versioned
        if SLOT_BYTES * capacity + register * self._used > register * capacity:
            self._lay_out(self._slots, capacity)

    def keep(self, rows: Rows, capacity: int) -> None:
        """Forget all states but these, which are numbered anew from 0."""
        slots = self._at(rows)
        if self._slots is None:
            self._lay_out(slots, capacity)
            return
        stated = np.flatnonzero(slots)
        self._slots = np.zeros(capacity, np.uint32)
        self._slots[stated] = np.arange(1, len(stated) + 1)
        self._used = 1 + len(stated)
        held = np.concatenate([np.zeros(1, np.intp), slots[stated]])
        self._values = self._values[held]
        self._versions = self._versions[held] if self._versioned else self._versions

    def values(self, rows: Rows) -> Values:
        """The raw values of some states."""
        return self._values[self._at(rows)].astype(np.int64)

    def versions(self, rows: Rows) -> Values:
        """The versions of some states' registers; of MAX registers, which have none, 0."""
        return self._versions[self._at(rows)] if self._versioned else np.zeros(len(rows), np.int64)

    def digests(self, rows: Rows) -> npt.NDArray[np.uint64]:
        """A hash of each register; differs, but for one case in 2**64, where the register does."""
        first, second, shift = MIXERS
        mixed = self.versions(rows).astype(np.uint64) * first + self.values(rows).astype(np.uint64)
        mixed = (mixed ^ (mixed >> shift)) * second
        return mixed ^ (mixed >> shift)

    def merge(self, rows: Rows, times: Values, values: Values) -> Rows:
        """Merge statements made at `times`; returns the rows that changed (with repetitions)."""
        if not self._versioned:
            higher = self._merge_maximum(self._slots_for(rows, values), values)
            return np.take(rows, higher)
        versions = LATEST_VERSION - times if self.column.merge is Merge.FIRST else times
        return self.merge_versions(rows, versions, values)

    def merge_versions(self, rows: Rows, versions: Values, values: Values) -> Rows:
        """Merge statements with versions above 0; returns the rows that changed (with repetitions)."""
        slots = self._slots_for(rows, values)
        newer = np.flatnonzero(versions > self._versions[slots])
        if len(newer):
            risen = slots[newer]
            np.maximum.at(self._versions, risen, versions[newer])
            self._values[risen] = self.unset
        at_top = np.flatnonzero(versions == self._versions[slots])
        changed = at_top[self._settle(slots[at_top], values[at_top])]
        return np.take(rows, np.concatenate([newer, changed]))

    def put(self, rows: Rows, versions: Values, values: Values) -> None:
        """Merge statements about states that all differ and have nothing yet; MAX ones are unversioned."""
        slots = self._slots_for(rows, values)
        self._values[slots] = values
        if self._versioned:
            self._versions[slots] = versions

    def stored(self, rows: Rows) -> pl.Series:
        """The stored form of some registers, as the state tables hold it."""
        values = self._stored_values(self._values[self._at(rows)])
        if not self._versioned:
            return values.alias(self.column.name)
        versions = pl.Series("version", self.versions(rows), dtype=pl.Int64).cast(pl.UInt64)
        return pl.DataFrame([versions, values.alias("value")]).to_struct(self.column.name)

    def _at(self, rows: Rows) -> Rows:
        """Where the registers of some states lie, for reading."""
        return rows if self._slots is None else self._slots[rows].astype(np.intp)

    def _slots_for(self, rows: Rows, values: Values) -> Rows:
        """Where the registers of some states lie, for writing these values: states without a slot get one."""
        if (greatest := int(values.max(initial=0))) > np.iinfo(self._values.dtype).max:
            self._values = self._values.astype(np.min_scalar_type(-greatest - 1))
        if self._slots is None:
            return rows
        vacant = rows[self._slots[rows] == 0]
        if len(vacant):
            vacant = distinct(vacant)
            self._slots[vacant] = np.arange(self._used, self._used + len(vacant))
            self._used += len(vacant)
            if self._used > len(self._values):
                self._widen(room(self._used, len(self._values)))
        return self._slots[rows].astype(np.intp)

    def _widen(self, capacity: int) -> None:
        more = (0, capacity - len(self._values))
        self._values = np.pad(self._values, more, constant_values=self.unset)
        self._versions = np.pad(self._versions, more) if self._versioned else self._versions

    def _lay_out(self, slots: npt.NDArray[Any], capacity: int) -> None:
        """Give each state its own register, taken from these slots."""
        more = (0, capacity - len(slots))
        self._values = np.pad(self._values[slots], more, constant_values=self.unset)
        self._versions = np.pad(self._versions[slots], more) if self._versioned else self._versions
        self._slots = None

    def _merge_maximum(self, slots: Rows, values: Values) -> Rows:
        """Take the greater values; returns which of the statements were greater than what was held."""
        higher = np.flatnonzero(values > self._values[slots])
        np.maximum.at(self._values, slots[higher], values[higher].astype(self._values.dtype, copy=False))
        return higher

    def _settle(self, slots: Rows, values: Values) -> Rows:
        """Take the greater of values at the same version; returns which of the slots changed."""
        if self.dictionary is None:
            return self._merge_maximum(slots, values)
        before = self._values[slots]
        vacant = before == self.unset
        self._values[slots[vacant]] = values[vacant]
        tied = np.flatnonzero(self._values[slots] != values)
        if len(tied):
            self._settle_strings(slots[tied], values[tied])
        return np.flatnonzero(self._values[slots] != before)

    def _settle_strings(self, slots: Rows, values: Values) -> None:
        assert self.dictionary is not None  # noqa: S101 - for the type checker
        theirs = self.dictionary.strings(values.astype(np.uint32))
        for slot, value, string in zip(slots, values, theirs, strict=True):
            ours = self.dictionary.strings(self._values[[slot]].astype(np.uint32)).item()
            if string.encode() > ours.encode():
                self._values[slot] = value

    def _stored_values(self, values: npt.NDArray[Any]) -> pl.Series:
        if self.dictionary is not None:
            return self.dictionary.strings(values.astype(np.uint32))
        return pl.Series(values).cast(STORED[self.column.kind])
