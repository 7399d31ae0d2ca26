"""A question about KPIs answered in one go: the rows, compared and ranked if that was asked for."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from schemas.catalogue import Catalogue
from schemas.selection import EVERYWHERE, By, Counts, Scope
from serving.compare import Above, Against, Compared, Targets, compared, rolled_up, with_nothing_left
from serving.figures import Chosen, UnknownKpiError, choose
from serving.kpis import Posed, all_rows, posed
from serving.period import Period
from serving.ranking import Ranked, ranking
from serving.row import Row
from serving.span import Span


@dataclass(frozen=True, slots=True)
class Asked:
    """Which rows: over which span, as of when, whose, split by what, of which figures (none: all)."""

    span: Span
    now: datetime
    scope: Scope = EVERYWHERE
    by: By | None = None
    names: tuple[str, ...] = ()

    def chosen(self, catalogue: Catalogue) -> list[Chosen]:
        """The figures that hold on the span's last day; raises UnknownKpiError."""
        return choose(catalogue, self.names, self.span.period.last_day)

    def rows(self, catalogue: Catalogue, counts: Counts) -> list[Row]:
        """The rows of the period."""
        return all_rows(catalogue, counts, [self._posed(catalogue, self.span.period, self.names)])[0]

    def with_before(self, catalogue: Catalogue, counts: Counts) -> tuple[list[Row], list[Row]]:
        """Beside them those of the period before, by this one's definitions even if they were new then."""
        versions = {c.version: c.name for c in self.chosen(catalogue)}
        both = (self.span.period, self.names), (self.span.previous, tuple(versions))
        rows, before = all_rows(catalogue, counts, [self._posed(catalogue, *each) for each in both])
        return rows, [replace(row, kpi=versions[row.kpi]) for row in before]

    def _posed(self, catalogue: Catalogue, period: Period, names: tuple[str, ...]) -> Posed:
        return posed(catalogue, period, self.now, scope=self.scope, by=self.by, names=names)


def answer(
    catalogue: Catalogue,
    counts: Counts,
    asked: Asked,
    *,
    against: Collection[Against] = (),
    minimum: int | None = None,
    above: Above | None = None,
    targets: Targets | None = None,
) -> Sequence[Row | Compared | Ranked]:
    """The rows; with `against` compared, with a `minimum` denominator ranked (then split by agency).

    above: with a ranking, the agency that each is added up to. Raises UnknownKpiError, also where several
    figures are to be ranked.
    """
    if minimum is not None and len(asked.chosen(catalogue)) != 1:
        raise UnknownKpiError(f"`{', '.join(asked.names)}` names several figures; rank by one")
    previous: list[Row] = []
    if minimum is not None or Against.PREVIOUS in against:
        rows, previous = asked.with_before(catalogue, counts)
        rows = with_nothing_left(rows, previous, asked.span.period)
    else:
        rows = asked.rows(catalogue, counts)
    if not against and minimum is None:
        return rows
    if minimum is not None and above is not None:
        _check_additive(asked.chosen(catalogue))
        rows, previous = rolled_up(rows, above), rolled_up(previous, above)
    figures = {c.name: c.figure for c in asked.chosen(catalogue)}
    beside = list(compared(figures, rows, previous, against, targets))
    return beside if minimum is None else ranking(beside, previous, minimum)


def _check_additive(chosen: Sequence[Chosen]) -> None:
    for c in chosen:
        if not c.additive:
            raise UnknownKpiError(f"`{c.name}` cannot be added up over agencies; leave out --depth")
