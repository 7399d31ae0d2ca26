"""From counts to KPI rows: the rules of ratios and stocks (`question` has the rules about time).

A KPI adds up the signed terms of its numerator and of its denominator; its value is their ratio, and it has
none where the denominator is 0. A stock adds up its signed flows; split by time, it is the stock at the end
of each bucket.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import accumulate

from schemas.catalogue import Catalogue, Kpi, Measure, Stock, Term
from schemas.selection import EVERYWHERE, By, Counts, Scope, Selection
from serving.figures import Chosen, choose, splits
from serving.period import Period, day_of
from serving.question import Question
from serving.row import Row

Wanted = tuple[str, Selection]
Gathered = Mapping[Wanted, Mapping[str, int]]
Total = Mapping[str, int]


def kpi_rows(
    catalogue: Catalogue,
    counts: Counts,
    period: Period,
    now: datetime,
    *,
    scope: Scope = EVERYWHERE,
    by: By | None = None,
    names: Sequence[str] = (),
) -> list[Row]:
    """Rows of the KPIs and stocks (`names`; none: all that hold on the period's last day).

    `now` is aware. Without `by`: one row each. With it: a row per part in which there was anything, sorted;
    a stock split by time has a row per bucket that began before `as_of`. Figures that cannot be split by
    it are left out. Raises UnknownKpiError.
    """
    question = Question(period, period.as_of(now), scope.seen(day_of(now)), by)
    figures = choose(catalogue, names, period.last_day)
    chosen = [c for c in figures if splits(catalogue, c.figure, by, period.hours is not None)]
    sums = _gather(counts, _wanted(catalogue, question, chosen))
    totals = _Totals(catalogue, question, sums)
    return [row for c in chosen for row in _rows(totals, c)]


def _wanted(catalogue: Catalogue, question: Question, chosen: Iterable[Chosen]) -> Iterator[Wanted]:
    for c in chosen:
        for term in c.figure.terms:
            measure = catalogue.measures[term.measure]
            if isinstance(c.figure, Kpi):
                yield measure.name, question.of_kpi(measure)
            else:
                yield measure.name, question.of_stock(measure)
                yield measure.name, question.opening(measure)


def _gather(counts: Counts, wanted: Iterable[Wanted]) -> Gathered:
    """One call per selection, whatever the number of measures."""
    measures: dict[Selection, set[str]] = defaultdict(set)
    for name, selection in wanted:
        measures[selection].add(name)
    return {
        (name, selection): keys
        for selection, names in measures.items()
        for name, keys in counts.sums(names, selection).items()
    }


@dataclass(frozen=True, slots=True)
class _Totals:
    """Signed terms added up, key by key."""

    catalogue: Catalogue
    question: Question
    sums: Gathered

    def of_kpi(self, terms: Iterable[Term]) -> Total:
        return self._add(terms, self.question.of_kpi)

    def opening(self, flows: Iterable[Term]) -> int:
        return self._add(flows, self.question.opening).get("", 0)

    def of_stock(self, flows: Iterable[Term]) -> Total:
        return self._add(flows, self.question.of_stock, self.question.stock_key)

    def _add(
        self,
        terms: Iterable[Term],
        select: Callable[[Measure], Selection],
        key_of: Callable[[Measure, str], str] = lambda _, key: key,
    ) -> Total:
        total: dict[str, int] = defaultdict(int)
        for term in terms:
            measure = self.catalogue.measures[term.measure]
            for key, value in self.sums.get((measure.name, select(measure)), {}).items():
                total[key_of(measure, key)] += term.sign * value
        return total


def _rows(totals: _Totals, chosen: Chosen) -> Iterator[Row]:
    if isinstance(chosen.figure, Kpi):
        return _ratios(totals, chosen.name, chosen.figure)
    return _levels(totals, chosen.name, chosen.figure)


def _ratios(totals: _Totals, name: str, kpi: Kpi) -> Iterator[Row]:
    above, below = totals.of_kpi(kpi.numerator), totals.of_kpi(kpi.denominator)
    for key in sorted({*above, *below}) if totals.question.by else [""]:
        numerator, denominator = above.get(key, 0), below.get(key, 0)
        if numerator or denominator or not totals.question.by:
            value = numerator / denominator if denominator else None
            yield _row(totals.question, name, key, numerator, denominator, value)


def _levels(totals: _Totals, name: str, stock: Stock) -> Iterator[Row]:
    question, level = totals.question, totals.of_stock(stock.flows)
    if question.by is None:
        level = {"": level.get("", 0)}
    elif question.by.is_time:
        running = _running(totals.opening(stock.flows), level, question.buckets)
        level = {key: value for key, value in running.items() if key >= question.first_bucket}
    for key in sorted(level):
        if level[key] or question.by is None or question.by.is_time:
            yield _row(question, name, key, level[key], None, level[key])


def _running(opening: int, flows: Total, buckets: Sequence[str]) -> Total:
    """The level at the end of each bucket."""
    levels = accumulate((flows.get(bucket, 0) for bucket in buckets), initial=opening)
    return dict(zip(buckets, list(levels)[1:], strict=True))


def _row(
    question: Question, name: str, key: str, numerator: int, denominator: int | None, value: float | None
) -> Row:
    agency = (key or None) if question.by is By.AGENCY else question.scope.agency
    row = Row(name, agency, question.period, numerator, denominator, value)
    return replace(row, by=question.by, key=key or None) if question.by else row
