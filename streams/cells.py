"""The cells of one family of measures at one grain, in one shard: absolute counts, and which have changed.

A family is the measures of an entity that share their time column, so one look-up per state serves all.
A cell row is a place (agency and dimensions) in a bucket (hour or day); it has one value per measure.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from streams.index import Index, Numbers

BUCKET_BITS = 24
"""Hours since 1970 stay below 2**24 until the year 3883; the rest of the key is the place."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Cells: place numbers, buckets (hours or days since 1970), measure numbers, values."""

    places: Numbers
    buckets: Numbers
    measures: Numbers
    values: Numbers


class Cells:
    """A growing table of cells."""

    def __init__(self, measures: int) -> None:
        self._index = Index()
        self._values = np.zeros((0, measures), np.int64)
        self._dirty = np.zeros((0, measures), bool)

    def rows(self, places: Numbers, buckets: Numbers) -> Numbers:
        """The cell row of each place and bucket, new ones added."""
        rows = self._index.numbers(places << BUCKET_BITS | buckets)
        missing = self._index.size - len(self._values)
        if missing > 0:
            more = ((0, missing + len(self._values)), (0, 0))
            self._values, self._dirty = np.pad(self._values, more), np.pad(self._dirty, more)
        return rows

    def add(self, measure: int, rows: Numbers, amounts: Numbers) -> None:
        """Add amounts (negative to take away) to the cells of one measure."""
        np.add.at(self._values[:, measure], rows, amounts)
        self._dirty[rows, measure] = True

    def take_changed(self) -> Counted:
        """The cells changed since the last call."""
        rows, measures = np.nonzero(self._dirty[: self._index.size])
        self._dirty[rows, measures] = False
        return self._counted(rows, measures)

    def reconcile(self, measures: Numbers, rows: Numbers, stored: Numbers) -> None:
        """Compare with the cells that a store holds: those that it lacks or has otherwise are now changed."""
        size = self._index.size
        self._dirty[:size] = self._values[:size] != 0
        self._dirty[rows, measures] = self._values[rows, measures] != stored

    def table(self) -> tuple[Numbers, Numbers, Numbers]:
        """All cells for reading: places, buckets, values with a column per measure; good until `rows`."""
        keys = self._index.keys
        return keys >> BUCKET_BITS, keys & ((1 << BUCKET_BITS) - 1), self._values[: self._index.size]

    def _counted(self, rows: npt.NDArray[np.intp], measures: npt.NDArray[np.intp]) -> Counted:
        keys = self._index.keys[rows]
        return Counted(
            keys >> BUCKET_BITS,
            keys & ((1 << BUCKET_BITS) - 1),
            measures.astype(np.int64),
            self._values[rows, measures],
        )
