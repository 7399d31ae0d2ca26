"""The hourly cells of one family in one shard, open for reading: sorted by bucket once, cut by bisection."""

from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from schemas.catalogue import Measure
from streams.cells import Cells
from streams.dictionary import Dictionary
from streams.index import Numbers
from streams.ledger import Ledger


class Hourly:
    """A view that is good until the ledger folds again.

    codes: the agency codes that occur. values: one row per cell, one column per measure.
    """

    def __init__(self, entity: str, measures: tuple[Measure, ...], agency: Dictionary, cells: Cells) -> None:
        self.entity, self.measures = entity, measures
        places, buckets, self.values = cells.table()
        self._order = np.argsort(buckets, kind="stable")
        self._buckets = buckets[self._order]
        found, self._inverse = np.unique(places, return_inverse=True)
        self.codes: list[str] = agency.strings(found.astype(np.uint32)).to_list()

    def within(self, start: int, end: int) -> Numbers:
        """The rows whose bucket lies in [start, end)."""
        first, last = np.searchsorted(self._buckets, [start, max(start, end)])
        return self._order[first:last]

    def labelled(self, labels: Mapping[str, str], numbers: Mapping[str, int]) -> Numbers:
        """The number of each row's label."""
        by_place = np.array([numbers[labels[code]] for code in self.codes], np.int64)
        return by_place[self._inverse]


def tables(ledgers: Iterable[Ledger]) -> Iterator[Hourly]:
    """All families of these ledgers."""
    for ledger in ledgers:
        for derivation, family, cells in ledger.families():
            agency = derivation.dictionaries(family)[0]
            if agency is not None:
                yield Hourly(derivation.entity.name, family.measures, agency, cells.hourly)
