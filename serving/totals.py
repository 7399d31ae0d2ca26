"""Sides of figures added up from the counts, key by key.

Without `by` a side as of the end is the sum of its cells. Split by time it is the level at the end of each
bucket: what there was before the period, and the flows since.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from schemas.catalogue import Catalogue
from schemas.selection import WHOLE, Counts, Key, Selection, Sums
from serving.question import Question
from serving.side import Side

Total = Mapping[Key, int]
Gathered = Mapping[Selection, Sums]


@dataclass(frozen=True, slots=True)
class Totals:
    """The cells of all sides that a question is about, ready to be added up."""

    catalogue: Catalogue
    question: Question
    cells: Gathered

    @classmethod
    def gathered(
        cls, catalogue: Catalogue, question: Question, counts: Counts, sides: Iterable[Side]
    ) -> "Totals":
        """Ask the store for one question."""
        return cls(catalogue, question, counts.all_sums(wanted(catalogue, [(question, sides)])))

    def of(self, side: Side) -> Total:
        """The total of a side by key."""
        flows = self._sum(side)
        if not (side.at_end and self.question.timed):
            return flows if self.question.by or side.per else {WHOLE: flows.get(WHOLE, 0)}
        return _levels(self._sum(side, opening=True), flows, self.question)

    def _sum(self, side: Side, opening: bool = False) -> Total:
        total: dict[Key, int] = defaultdict(int)
        for term in side.terms:
            measure = self.catalogue.measures[term.measure]
            selection = self.question.cells(side, measure, opening)
            for (first, *place), value in self.cells[selection].get(measure.name, {}).items():
                first = self.question.stock_key(measure, first) if side.at_end and not opening else first
                total[first, *place] += term.sign * value
        return total


def wanted(
    catalogue: Catalogue, asked: Iterable[tuple[Question, Iterable[Side]]]
) -> dict[Selection, set[str]]:
    """What to ask a store so that the sides of all these questions can be added up."""
    measures: dict[Selection, set[str]] = defaultdict(set)
    for question, sides in asked:
        for side in sides:
            for name, selection in _wanted(catalogue, question, side):
                measures[selection].add(name)
    return measures


def _wanted(catalogue: Catalogue, question: Question, side: Side) -> Iterator[tuple[str, Selection]]:
    for term in side.terms:
        measure = catalogue.measures[term.measure]
        yield measure.name, question.cells(side, measure)
        if side.at_end and question.timed:
            yield measure.name, question.cells(side, measure, opening=True)


def _levels(opening: Total, flows: Total, question: Question) -> Total:
    """The level of each place at the end of each bucket that is shown."""
    by_place: dict[Key, dict[str, int]] = defaultdict(dict)
    for key, value in flows.items():
        by_place[key[1:]][key[0]] = value
    places = {*by_place, *(key[1:] for key in opening)} or {()}
    levels: dict[Key, int] = {}
    for place in places:
        level, ours = opening.get(("", *place), 0), by_place[place]
        for bucket in question.buckets:
            level += ours.get(bucket, 0)
            if bucket >= question.first_bucket:
                levels[bucket, *place] = level
    return levels
