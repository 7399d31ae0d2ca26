"""The cells of one family of measures at one grain, in one shard: absolute counts, and which have changed.

A family is the measures of an entity that share their time column, so one look-up per state serves all.
A cell row is a place (agency and dimensions) in a bucket (hour or day); it has one value per measure.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from streams.index import Index, Numbers, distinct, room

BUCKET_BITS = 24
"""Hours since 1970 stay below 2**24 until the year 3883; the rest of the key is the place."""

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Counted:
    """Cells: place numbers, buckets (hours or days since 1970), measure numbers, values."""

    places: Numbers
    buckets: Numbers
    measures: Numbers
    values: Numbers


class Cells:
    """A growing table of cells. Sums need 8 bytes each; a count of states fits into 4."""

    def __init__(self, measures: int, *, sums: bool = True) -> None:
        self._index = Index()
        self._width = measures
        self._values: npt.NDArray[Any] = np.zeros((0, measures), np.int64 if sums else np.int32)
        self._dirty = np.zeros((0, measures), bool)
        self._changed: list[Numbers] = []  # where _dirty is set, counted flat, with some repetitions

    def rows(self, places: Numbers, buckets: Numbers) -> Numbers:
        """The cell row of each place and bucket, new ones added."""
        rows = self._index.numbers(places << BUCKET_BITS | buckets)
        missing = self._index.size - len(self._values)
        if missing > 0:
            more = room(self._index.size, len(self._values)) - len(self._values)
            wider = ((0, more), (0, 0))
            self._values, self._dirty = np.pad(self._values, wider), np.pad(self._dirty, wider)
        return rows

    def add(self, measures: int | Numbers, rows: Numbers, amounts: Numbers) -> None:
        """Add amounts (negative to take away) to cells: of one measure, or a measure for each row."""
        self._note(self.load(measures, rows, amounts))

    def load(self, measures: int | Numbers, rows: Numbers, amounts: Numbers) -> Numbers:
        """The same, but not taken as changed; returns which cells, counted flat."""
        cells = rows * self._width + measures
        np.add.at(self._values.reshape(-1), cells, amounts.astype(self._values.dtype))
        return cells

    def take_changed(self) -> Counted:
        """The cells changed since the last call."""
        cells = distinct(np.concatenate([np.zeros(0, np.int64), *self._changed]))
        self.settle()
        return self._counted(*np.divmod(cells, self._width))

    def settle(self) -> None:
        """Take no cell as changed."""
        for cells in self._changed:
            self._dirty.reshape(-1)[cells] = False
        self._changed.clear()

    def reconcile(self, within: Mask, measures: Numbers, rows: Numbers, stored: Numbers) -> None:
        """Compare the cell rows `within` with a store's: what it lacks or has otherwise is now changed."""
        differs = self._values[: self._index.size] != 0
        differs &= within[:, np.newaxis]
        differs[rows, measures] = self._values[rows, measures] != stored
        self._note(np.flatnonzero(differs))

    @property
    def changed(self) -> int:
        """How many cells have changed."""
        return sum(map(len, self._changed))

    def table(self) -> tuple[Numbers, Numbers, npt.NDArray[Any]]:
        """All cells for reading: places, buckets, values with a column per measure; good until `rows`."""
        keys = self._index.keys
        return keys >> BUCKET_BITS, keys & ((1 << BUCKET_BITS) - 1), self._values[: self._index.size]

    def _note(self, cells: Numbers) -> None:
        dirty = self._dirty.reshape(-1)
        new = cells[~dirty[cells]]
        dirty[new] = True
        self._changed.append(new)

    def _counted(self, rows: Numbers, measures: Numbers) -> Counted:
        keys = self._index.keys[rows]
        return Counted(
            keys >> BUCKET_BITS,
            keys & ((1 << BUCKET_BITS) - 1),
            measures,
            self._values[rows, measures].astype(np.int64),
        )
