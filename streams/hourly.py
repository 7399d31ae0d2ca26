"""The hourly cells of one family in one shard, open for reading: what they add up to by label.

Nothing is sorted: with millions of cells a mask is a tenth of the cost.
"""

from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from schemas.catalogue import Measure
from streams.cells import Cells
from streams.dictionary import Dictionary
from streams.index import Numbers
from streams.ledger import Ledger

Bounds = tuple[int, int]
"""Hour buckets [start, end)."""


class Hourly:
    """A view that is good until the ledger folds again. codes: the agency codes that occur."""

    def __init__(self, entity: str, measures: tuple[Measure, ...], agency: Dictionary, cells: Cells) -> None:
        self.entity, self.measures = entity, measures
        self._places, self._buckets, self._values = cells.table()
        self._found = np.flatnonzero(np.bincount(self._places))
        self.codes: list[str] = agency.strings(self._found.astype(np.uint32)).to_list()
        self._by_place = np.zeros(0, np.int64)
        self._within: dict[Bounds, tuple[Numbers, Numbers]] = {}

    def label(self, labels: Mapping[str, str], numbers: Mapping[str, int]) -> None:
        """Say which label each agency has, and that label's number."""
        self._by_place = np.zeros(int(self._found.max(initial=0)) + 1, np.int64)
        self._by_place[self._found] = [numbers[labels[code]] for code in self.codes]
        self._within.clear()

    @property
    def present(self) -> Numbers:
        """The labels that occur."""
        return self._by_place[self._found]

    def total(self, measure: int, bounds: Bounds, width: int) -> Numbers:
        """The sum of a measure (by number) within bounds: one number for each of `width` labels."""
        if bounds not in self._within:
            rows = np.flatnonzero((self._buckets >= bounds[0]) & (self._buckets < bounds[1]))
            self._within[bounds] = rows, self._by_place[self._places[rows]]
        rows, labels = self._within[bounds]
        # Sums in float64 are exact up to 2**53: as many đồng as a thousand years of fees.
        sums = np.bincount(labels, self._values[rows, measure], width)
        return sums.astype(np.int64)


def tables(ledgers: Iterable[Ledger]) -> Iterator[Hourly]:
    """All families of these ledgers."""
    for ledger in ledgers:
        for derivation, family, cells in ledger.families():
            agency = derivation.dictionaries(family)[0]
            if agency is not None:
                yield Hourly(derivation.entity.name, family.measures, agency, cells.hourly)
