"""From counts to KPI rows: the rules of ratios, stocks, amounts and scores.

A KPI is the ratio of its two sides, and has no value where the denominator is 0. A stock is as of the end;
split by time, as of the end of each bucket. An amount is a sum over the period, a score points for KPIs.
(`question` has the rules about time, `totals` adds up, `score` gives points.)
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from schemas.catalogue import Amount, Catalogue, Kpi, Stock
from schemas.selection import EVERYWHERE, By, Counts, Scope
from serving.figures import Chosen, choose
from serving.period import Period, day_of
from serving.question import Question
from serving.row import Row
from serving.score import Ratios, points
from serving.side import Side, sides
from serving.totals import Total, Totals, wanted


@dataclass(frozen=True, slots=True)
class Posed:
    """A question and the figures it is about, ready to be asked."""

    question: Question
    chosen: tuple[Chosen, ...]

    @property
    def sides(self) -> Iterable[Side]:
        """The sides of the figures, each once."""
        return dict.fromkeys(side for c in self.chosen for figure in c.bases for side in sides(figure))


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
    """Rows of the figures (`names`; none: all that hold on the period's last day).

    `now` is aware. Without `by`: one row each. With it: a row per part in which there was anything, sorted;
    a stock split by time has a row per bucket that began before `as_of`. Figures that cannot be split by
    it are left out. Raises UnknownKpiError.
    """
    return all_rows(catalogue, counts, [posed(catalogue, period, now, scope=scope, by=by, names=names)])[0]


def posed(
    catalogue: Catalogue,
    period: Period,
    now: datetime,
    *,
    scope: Scope = EVERYWHERE,
    by: By | None = None,
    names: Sequence[str] = (),
) -> Posed:
    """What `kpi_rows` would ask. Raises UnknownKpiError."""
    question = Question(period, period.as_of(now), scope.seen(day_of(now)), by)
    figures = choose(catalogue, names, period.last_day)
    chosen = (c for c in figures if c.splits(catalogue, by, period.hours is not None, scope.only))
    return Posed(question, tuple(chosen))


def all_rows(catalogue: Catalogue, counts: Counts, asked: Sequence[Posed]) -> list[list[Row]]:
    """The rows of each, with one question to the store."""
    cells = counts.all_sums(wanted(catalogue, [(each.question, each.sides) for each in asked]))
    return [
        [row for chosen in each.chosen for row in _rows(Totals(catalogue, each.question, cells), chosen)]
        for each in asked
    ]


def _rows(totals: Totals, chosen: Chosen) -> Iterator[Row]:
    figure, by = chosen.figure, totals.question.by
    if isinstance(figure, Kpi):
        ratios = fractions(totals, figure)
        for key in sorted(ratios):
            yield _ratio(totals.question, chosen, key, *ratios[key])
    elif isinstance(figure, (Stock, Amount)):
        (side,) = sides(figure)
        always = by is None or (side.at_end and by.is_time)
        for (key,), value in sorted(totals.of(side).items()):
            if value or always:
                yield _row(totals.question, chosen, key, value, None, value)
    else:
        yield from _scores(totals, chosen)


def fractions(totals: Totals, kpi: Kpi) -> dict[str, tuple[int, int]]:
    """Numerator and denominator by key, of the keys in which there was anything."""
    above, below = (totals.of(side) for side in sides(kpi))
    if kpi.distinct:
        offered = _places(below)
        above, below = _numbers(_places(above) & offered), _numbers(offered)
    keys = {key for (key,) in (*above, *below)} if totals.question.by else {""}
    found = {key: (above.get((key,), 0), below.get((key,), 0)) for key in keys}
    return {key: both for key, both in found.items() if any(both) or not totals.question.by}


def _places(total: Total) -> set[tuple[str, ...]]:
    """The keys whose sum is positive, of places that are known by all their codes."""
    return {key for key, value in total.items() if value > 0 and all(key[1:])}


def _numbers(places: Iterable[tuple[str, ...]]) -> Total:
    """How many places there are by the first of their keys."""
    numbers: dict[tuple[str, ...], int] = {}
    for key in places:
        numbers[key[:1]] = numbers.get(key[:1], 0) + 1
    return numbers


def _ratio(question: Question, chosen: Chosen, key: str, numerator: int, denominator: int) -> Row:
    value = numerator / denominator if denominator else None
    return _row(question, chosen, key, numerator, denominator, value)


def _scores(totals: Totals, chosen: Chosen) -> Iterator[Row]:
    by_kpi: Mapping[str, dict[str, tuple[int, int]]] = {k.name: fractions(totals, k) for k in chosen.kpis}
    for key in sorted({key for ratios in by_kpi.values() for key in ratios}) if totals.question.by else [""]:
        ratios: Ratios = {name: found[key] for name, found in by_kpi.items() if key in found}
        got, attainable = points(chosen.parts, ratios)
        yield _row(totals.question, chosen, key, got, attainable, got if attainable else None)


def _row(
    question: Question,
    chosen: Chosen,
    key: str,
    numerator: float,
    denominator: float | None,
    value: float | None,
) -> Row:
    agency = (key or None) if question.by is By.AGENCY else question.scope.agency
    row = Row(chosen.name, agency, question.period, numerator, denominator, value, unit=chosen.figure.unit)
    return replace(row, by=question.by, key=key or None) if question.by else row
