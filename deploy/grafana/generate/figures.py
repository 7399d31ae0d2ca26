"""SQL of KPIs, stocks and amounts, written from the catalogue.

A KPI without a denominator has no value (NULL), never 0 %. Columns have the names of the catalogue; panels
show the Vietnamese ones. Everything but the sums comes from `sql`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from deploy.grafana.generate.cube import HOURLY, Cube, cube
from deploy.grafana.generate.sql import (
    AGENCY,
    BUCKET,
    FIRST,
    either,
    named,
    needed,
    of_kpi,
    total,
    until_end,
)
from schemas.catalogue import Amount, Catalogue, Kpi, Stock, Term


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
        sums = self.sums(names, timed=True)
        return f"SELECT time, {self._values(names)} FROM {sums} GROUP BY time ORDER BY time"

    def by(self, dimension: str, *names: str, limit: int = 500) -> str:
        """A row per agency, procedure, ...: KPIs, amounts and measures, largest by the first of them."""
        rows = (
            f"SELECT {dimension}, {self._values(names)} FROM {self.sums(names, dimension)} "
            f"GROUP BY {dimension} HAVING {names[0]} > 0"
        )
        return named(dimension, rows, f"{names[0]} DESC, {dimension}", limit)

    def level(self, *names: str) -> str:
        """One row: stocks at the end of the period, by the day."""
        return f"SELECT {self._levels(names)} FROM {self._flows(names, cube(()))}"

    def level_by(self, dimension: str, *names: str, limit: int = 500) -> str:
        """A row per agency, procedure, ...: stocks at the end of the period, largest first."""
        rows = (
            f"SELECT {dimension}, {self._levels(names)} FROM {self._flows(names, cube((dimension,)))} "
            f"GROUP BY {dimension} HAVING {names[0]} > 0"
        )
        return named(dimension, rows, f"{names[0]} DESC, {dimension}", limit)

    def level_trend(self, *names: str) -> str:
        """A row per day of the period: stocks at its end."""
        ours = cube(())
        running = ", ".join(f"sum({n}_flow) OVER (ORDER BY day) AS {n}" for n in names)
        flows = ", ".join(f"{total(self.stock(n).flows)} AS {n}_flow" for n in names)
        return (
            f"SELECT toDateTime(day, 'Asia/Ho_Chi_Minh') AS time, {', '.join(names)} FROM "
            f"(SELECT day, {running} FROM (SELECT {ours.day} AS day, {flows} "
            f"FROM {self._flows(names, ours)} GROUP BY day)) WHERE day >= {FIRST} ORDER BY time"
        )

    def ahead(self, name: str) -> str:
        """One row: a stock of the hours to come, from now on."""
        flows = self.stock(name)
        hours = f"hour >= toStartOfHour(now()) AND hour < toStartOfHour(now()) + {flows.next_hours} * 3600"
        wanted = dict.fromkeys((term.measure for term in flows.terms), hours)
        cells = f"{HOURLY.view} WHERE {either(wanted)} AND {AGENCY}"
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

    def sums(self, names: Sequence[str], *dimensions: str, timed: bool = False) -> str:
        """The measures of KPIs, amounts and measures, added up before anything is made of them.

        timed: bucket by bucket, as `time`; a measure with a cohort belongs to its cohort's.
        """
        parts: dict[tuple[Cube, bool], dict[str, str]] = {}
        at_end = self._at_end(names)
        for measure in needed(self.catalogue, self._terms(names)):
            ends = measure.name in at_end
            by_cohort = bool(measure.cohort) and not ends
            ours = cube(dimensions, cohort=by_cohort)
            condition = until_end(measure, ours) if ends else of_kpi(measure, ours)
            parts.setdefault((ours, by_cohort), {})[measure.name] = condition
        selected = []
        for (ours, by_cohort), wanted in parts.items():
            day = "cohort" if by_cohort else ours.day
            kept = ", ".join(["measure", *dimensions, *([f"{BUCKET % day} AS time"] if timed else [])])
            cells = f"{ours.view} WHERE {either(wanted)} AND {AGENCY}"
            selected.append(f"SELECT {kept}, sum(value) AS value FROM {cells} GROUP BY ALL")
        return f"({' UNION ALL '.join(selected)})"

    def _at_end(self, names: Sequence[str]) -> set[str]:
        """The measures that count up to the end, not over the period."""
        kpis = (kpi for kpi in self.catalogue.kpis if kpi.name in names)
        return {term.measure for kpi in kpis for side in kpi.at_end for term in getattr(kpi, side)}

    def _flows(self, names: Sequence[str], ours: Cube) -> str:
        flows = needed(self.catalogue, [term for name in names for term in self.stock(name).flows])
        wanted = either({measure.name: until_end(measure, ours) for measure in flows})
        return f"{ours.view} WHERE {wanted} AND {AGENCY}"
