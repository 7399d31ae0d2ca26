"""A question about KPIs answered in one go: the rows, compared and ranked if that was asked for."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from schemas.catalogue import Catalogue
from schemas.selection import EVERYWHERE, By, Counts, Scope
from serving.compare import Above, Against, Compared, Targets, compared, rolled_up
from serving.figures import Chosen, UnknownKpiError, choose
from serving.kpis import kpi_rows
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
        return self._rows(catalogue, counts, self.span.period, self.names)

    def before(self, catalogue: Catalogue, counts: Counts) -> list[Row]:
        """The rows of the period before, by the definitions of this one even if they were new then."""
        versions = {c.version: c.name for c in self.chosen(catalogue)}
        rows = self._rows(catalogue, counts, self.span.previous, tuple(versions))
        return [replace(row, kpi=versions[row.kpi]) for row in rows]

    def _rows(
        self, catalogue: Catalogue, counts: Counts, period: Period, names: tuple[str, ...]
    ) -> list[Row]:
        return kpi_rows(catalogue, counts, period, self.now, scope=self.scope, by=self.by, names=names)


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

    above: with a ranking, the agency that each is added up to. Raises UnknownKpiError.
    """
    rows = asked.rows(catalogue, counts)
    if not against and minimum is None:
        return rows
    previous: list[Row] = []
    if minimum is not None or Against.PREVIOUS in against:
        previous = asked.before(catalogue, counts)
    if minimum is not None and above is not None:
        _check_additive(asked.chosen(catalogue))
        rows, previous = rolled_up(rows, above), rolled_up(previous, above)
    figures = {c.name: c.figure for c in asked.chosen(catalogue)}
    beside = list(compared(figures, rows, previous, against, targets))
    return beside if minimum is None else ranking(beside, minimum)


def _check_additive(chosen: Sequence[Chosen]) -> None:
    for c in chosen:
        if not c.additive:
            raise UnknownKpiError(f"`{c.name}` cannot be added up over agencies; leave out --depth")
