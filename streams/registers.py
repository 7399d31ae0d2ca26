"""One column of many states: registers as (version, value) maxima, in arrays that grow.

Merging is the maximum over (version, value), so any order and any number of deliveries gives the same
(design, invariant 1). Values are whole numbers; those of string columns are codes, whose order means nothing,
so ties between different strings are settled by the strings.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from schemas.column import LATEST_VERSION, Column, Kind, Merge
from streams.dictionary import Dictionary
from streams.facts import Rows, Values

DTYPES: dict[Kind, type[np.generic]] = {Kind.FLAG: np.uint8, Kind.TIME: np.int64, Kind.INTEGER: np.int64}


class Registers:
    """The registers of one column, one per state."""

    def __init__(self, column: Column, dictionary: Dictionary | None) -> None:
        self.column, self.dictionary = column, dictionary
        self.unset = 0 if dictionary else int(column.kind.unset)
        self.versions: Values = np.zeros(0, np.int64)
        self.values: npt.NDArray[Any] = np.zeros(0, DTYPES.get(column.kind, np.uint32))

    def grow(self, capacity: int) -> None:
        """Make room for states up to `capacity`, all unset."""
        more = capacity - len(self.values)
        self.values = np.pad(self.values, (0, more), constant_values=self.unset)
        if self.column.merge is not Merge.MAX:
            self.versions = np.pad(self.versions, (0, more))

    def merge(self, rows: Rows, times: Values, values: Values) -> Rows:
        """Merge statements made at `times`; returns the rows that changed (with repetitions)."""
        if self.column.merge is Merge.MAX:
            return self._merge_maximum(rows, values)
        versions = LATEST_VERSION - times if self.column.merge is Merge.FIRST else times
        return self.merge_versions(rows, versions, values)

    def merge_versions(self, rows: Rows, versions: Values, values: Values) -> Rows:
        """Merge statements with their versions; returns the rows that changed (with repetitions)."""
        newer = versions > self.versions[rows]
        risen = rows[newer]
        if len(risen):
            np.maximum.at(self.versions, risen, versions[newer])
            self.values[risen] = self.unset
        at_top = np.flatnonzero((versions == self.versions[rows]) & (versions > 0))
        changed = self._settle(rows[at_top], values[at_top])
        return np.concatenate([risen, changed]) if len(risen) and len(changed) else _either(risen, changed)

    def _merge_maximum(self, rows: Rows, values: Values) -> Rows:
        higher = np.flatnonzero(values > self.values[rows])
        np.maximum.at(self.values, rows[higher], values[higher])
        return np.take(rows, higher)

    def _settle(self, rows: Rows, values: Values) -> Rows:
        """Take the greater of values at the same version."""
        if self.dictionary is None:
            return self._merge_maximum(rows, values)
        before = self.values[rows]
        vacant = before == self.unset
        self.values[rows[vacant]] = values[vacant]
        tied = np.flatnonzero(self.values[rows] != values)
        if len(tied):
            self._settle_strings(rows[tied], values[tied])
        return np.take(rows, np.flatnonzero(self.values[rows] != before))

    def _settle_strings(self, rows: Rows, values: Values) -> None:
        assert self.dictionary is not None  # noqa: S101 - for the type checker
        theirs = self.dictionary.strings(values.astype(np.uint32))
        for row, value, string in zip(rows, values, theirs, strict=True):
            ours = self.dictionary.strings(self.values[[row]].astype(np.uint32)).item()
            if string.encode() > ours.encode():
                self.values[row] = value

    def stored(self, rows: Rows) -> pl.Series:
        """The stored form of some registers, as the state tables hold it."""
        values = self._stored_values(self.values[rows])
        if self.column.merge is Merge.MAX:
            return values.alias(self.column.name)
        versions = pl.Series("version", self.versions[rows], dtype=pl.Int64).cast(pl.UInt64)
        return pl.DataFrame([versions, values.alias("value")]).to_struct(self.column.name)

    def _stored_values(self, values: npt.NDArray[Any]) -> pl.Series:
        if self.dictionary is not None:
            return self.dictionary.strings(values.astype(np.uint32))
        series = pl.Series(values)
        return series.cast(pl.Datetime("us", "UTC")) if self.column.kind is Kind.TIME else series


def _either(first: Rows, second: Rows) -> Rows:
    return first if len(first) else second
