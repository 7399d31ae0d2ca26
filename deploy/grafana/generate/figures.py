"""SQL of KPIs, stocks and amounts, written from the catalogue.

A KPI without a denominator has no value (NULL), never 0 %. Columns have the names of the catalogue; panels
show the Vietnamese ones. Everything but the sums comes from `sql`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from deploy.grafana.generate.sql import (
    AGENCY,
    BUCKET,
    FIRST,
    day_counted,
    either,
    named,
    needed,
    of_kpi,
    total,
    until_end,
)
from schemas.catalogue import Amount, Catalogue, Kpi, Stock, Term

BY_DAY = "(SELECT measure, agency, toDate(hour, 'Asia/Ho_Chi_Minh') AS day, value FROM counts_hourly_current)"
"""The hourly counts by day: for stocks of agencies, which need fewer cells so."""
DAILY = "counts_daily_current"


def value(kpi: Kpi) -> str:
    """The ratio, over rows of `measure` and `value`."""
    return f"{total(kpi.numerator)} / nullIf({total(kpi.denominator)}, 0)"


@dataclass(frozen=True, slots=True)
class Figures:
    """Writes queries over the figures of a catalogue, each in its newest version."""

    catalogue: Catalogue

    def kpi(self, name: str) -> Kpi:
        """A KPI."""
        return max((k for k in self.catalogue.kpis if k.name == name), key=lambda k: k.valid_from)

    def stock(self, name: str) -> Stock:
        """A stock."""
        return max((s for s in self.catalogue.stocks if s.name == name), key=lambda s: s.valid_from)

    def amount(self, name: str) -> Amount:
        """An amount."""
        return max((a for a in self.catalogue.amounts if a.name == name), key=lambda a: a.valid_from)

    def now(self, *names: str) -> str:
        """One row: KPIs, amounts and measures over the period."""
        return f"SELECT {self._values(names)} FROM {self.sums(names)}"

    def trend(self, *names: str) -> str:
        """A row per bucket: KPIs, amounts and measures."""
        day = day_counted(needed(self.catalogue, self._terms(names)))
        return (
            f"SELECT time, {self._values(names)} FROM {self.sums(names, f'{BUCKET % day} AS time')} "
            "GROUP BY time ORDER BY time"
        )

    def by(self, dimension: str, *names: str, limit: int = 500) -> str:
        """A row per agency, procedure, ...: KPIs, amounts and measures, largest by the first of them."""
        rows = (
            f"SELECT {dimension}, {self._values(names)} FROM {self.sums(names, dimension)} "
            f"GROUP BY {dimension} HAVING {names[0]} > 0"
        )
        return named(dimension, rows, f"{names[0]} DESC, {dimension}", limit)

    def level(self, *names: str) -> str:
        """One row: stocks at the end of the period, by the day."""
        return f"SELECT {self._levels(names)} FROM {BY_DAY} WHERE {self._flows(names)} AND {AGENCY}"

    def level_by(self, dimension: str, *names: str, limit: int = 500) -> str:
        """A row per agency, procedure, ...: stocks at the end of the period, largest first."""
        rows = (
            f"SELECT {dimension}, {self._levels(names)} FROM {BY_DAY if dimension == 'agency' else DAILY} "
            f"WHERE {self._flows(names)} AND {AGENCY} GROUP BY {dimension} HAVING {names[0]} > 0"
        )
        return named(dimension, rows, f"{names[0]} DESC, {dimension}", limit)

    def level_trend(self, *names: str) -> str:
        """A row per day of the period: stocks at its end."""
        running = ", ".join(f"sum({n}_flow) OVER (ORDER BY day) AS {n}" for n in names)
        flows = ", ".join(f"{total(self.stock(n).flows)} AS {n}_flow" for n in names)
        return (
            f"SELECT toDateTime(day, 'Asia/Ho_Chi_Minh') AS time, {', '.join(names)} FROM "
            f"(SELECT day, {running} FROM (SELECT day, {flows} FROM {BY_DAY} "
            f"WHERE {self._flows(names)} AND {AGENCY} GROUP BY day)) WHERE day >= {FIRST} ORDER BY time"
        )

    def ahead(self, name: str) -> str:
        """One row: a stock of the hours to come, from now on."""
        flows = self.stock(name)
        hours = f"hour >= toStartOfHour(now()) AND hour < toStartOfHour(now()) + {flows.next_hours} * 3600"
        wanted = dict.fromkeys((term.measure for term in flows.terms), hours)
        cells = f"counts_hourly_current WHERE {either(wanted)} AND {AGENCY}"
        return f"SELECT {total(flows.flows)} AS {name} FROM {cells}"

    def _terms(self, names: Sequence[str]) -> list[Term]:
        return [term for name in names for term in self._named(name)]

    def _named(self, name: str) -> tuple[Term, ...]:
        if name in self.catalogue.measures:
            return (Term(measure=name),)
        if name in {amount.name for amount in self.catalogue.amounts}:
            return self.amount(name).terms
        return self.kpi(name).terms

    def _values(self, names: Sequence[str]) -> str:
        kpis = {kpi.name for kpi in self.catalogue.kpis}
        return ", ".join(
            f"{value(self.kpi(n)) if n in kpis else total(self._named(n))} AS {n}" for n in names
        )

    def _levels(self, names: Sequence[str]) -> str:
        return ", ".join(f"{total(self.stock(name).flows)} AS {name}" for name in names)

    def sums(self, names: Sequence[str], *parts: str) -> str:
        """The measures of KPIs, amounts and measures, added up before anything is made of them."""
        kept = ", ".join(["measure", *parts])
        return (
            f"(SELECT {kept}, sum(value) AS value FROM {DAILY} "
            f"WHERE {self.cells(names)} AND {AGENCY} GROUP BY ALL)"
        )

    def cells(self, names: Sequence[str]) -> str:
        """The cells that these KPIs, amounts and measures count."""
        at_end = {
            term.measure
            for kpi in self.catalogue.kpis
            if kpi.name in names
            for side in kpi.at_end
            for term in getattr(kpi, side)
        }
        wanted = needed(self.catalogue, self._terms(names))
        return either({m.name: until_end(m) if m.name in at_end else of_kpi(m) for m in wanted})

    def _flows(self, names: Sequence[str]) -> str:
        flows = needed(self.catalogue, [term for name in names for term in self.stock(name).flows])
        return either({measure.name: until_end(measure) for measure in flows})
