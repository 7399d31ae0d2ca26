"""The province's gauges: what the ledgers of a worker count now, added up by agency; a pure function.

Windows and stocks follow the rules of `serving.question`: what must have elapsed counts for days that are
over. Measures of KPIs with a cohort are exported too, but such a KPI cannot be made from windows.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from schemas.catalogue import Catalogue, Measure, Stock
from schemas.instant import to_datetime
from schemas.reference.target import Targets
from streams import window
from streams.hourly import Bounds, Hourly
from streams.index import Numbers
from streams.rollup import RollUp, roll_up
from streams.window import DAY_HOURS, Window

BoundsOf = Callable[[Measure], Bounds]
EVER = 0
EVERYWHERE = "*"
"""The agency label of a target that holds for all agencies without their own."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything to export.

    measures: by measure, agency, window. stocks: by stock, agency. targets: by KPI, agency (or EVERYWHERE).
    """

    time: int
    agencies: RollUp
    measures: Mapping[tuple[str, str, str], int]
    stocks: Mapping[tuple[str, str], int]
    targets: Mapping[tuple[str, str], float]


def snapshot(
    catalogue: Catalogue,
    tables: Sequence[Hourly],
    windows: Iterable[Window],
    now: int,
    rolling: tuple[int, int],
    given: Targets | None = None,
) -> Snapshot:
    """Add up. now: microseconds since 1970 UTC. rolling: depth and limit of `roll_up`. given: own targets."""
    agencies = roll_up((code for table in tables for code in table.codes), *rolling)
    names = sorted(set(agencies.labels.values()))
    sums = _Sums(tables, agencies, names)
    measures = {}
    for each in windows:
        bounds = _bounds_of_window(each, now)
        for entity, totals in sums.by_entity(bounds).items():
            for place in np.flatnonzero(np.any([t != 0 for t in totals.values()], axis=0)):
                for measure in catalogue.of(entity):
                    measures[measure.name, names[place], each.name] = int(totals[measure.name][place])
    day = to_datetime(now).date()
    stocks = {}
    for stock in (s for s in catalogue.stocks if s.valid_on(day)):
        level = sums.stock(stock, now)
        for place in np.flatnonzero(
            sums.present({catalogue.measures[t.measure].entity for t in stock.terms})
        ):
            stocks[stock.name, names[place]] = int(level[place])
    return Snapshot(now, agencies, measures, stocks, _targets(catalogue, names, day, given))


def _targets(
    catalogue: Catalogue, names: Iterable[str], day: date, given: Targets | None
) -> dict[tuple[str, str], float]:
    """The catalogue's for all, and what was given to agencies that have a label."""
    kpis = {k.name: k for k in sorted(catalogue.kpis, key=lambda k: k.valid_from) if k.valid_on(day)}
    targets = {(name, EVERYWHERE): kpi.target for name, kpi in kpis.items() if kpi.target is not None}
    if given is not None:
        own = {(k, name): given.given(k, name, day) for k in given.kpis & kpis.keys() for name in names}
        targets |= {key: value for key, value in own.items() if value is not None}
    return targets


def _bounds_of_window(each: Window, now: int) -> BoundsOf:
    start, end, today = each.start(now), each.end(now), window.midnight(now)
    return lambda measure: (start, today if measure.elapsed else end)


def _bounds_of_stock(stock: Stock, now: int) -> BoundsOf:
    today, hour, ahead = window.midnight(now), window.hour(now), stock.next_hours
    if ahead:
        return lambda _: (hour, hour + ahead)
    if stock.grain == "hour":
        return lambda _: (EVER, hour)  # full hours only: the running one has not elapsed
    return lambda measure: (EVER, today if measure.elapsed else today + DAY_HOURS)


class _Sums:
    def __init__(self, tables: Sequence[Hourly], agencies: RollUp, names: list[str]) -> None:
        self._tables, self._width = tables, len(names)
        numbers = {name: number for number, name in enumerate(names)}
        for table in tables:
            table.label(agencies.labels, numbers)

    def by_entity(self, bounds: BoundsOf) -> dict[str, dict[str, Numbers]]:
        """Totals by entity and measure: one number per label."""
        result: dict[str, dict[str, Numbers]] = defaultdict(dict)
        for table in self._tables:
            totals = result[table.entity]
            for number, measure in enumerate(table.measures):
                ours = table.total(number, bounds(measure), self._width)
                totals[measure.name] = totals.get(measure.name, 0) + ours
        return result

    def stock(self, stock: Stock, now: int) -> Numbers:
        total = np.zeros(self._width, np.int64)
        bounds = _bounds_of_stock(stock, now)
        signs = {term.measure: term.sign for term in stock.terms}
        for table in self._tables:
            for number, measure in enumerate(table.measures):
                if measure.name in signs:
                    total += signs[measure.name] * table.total(number, bounds(measure), self._width)
        return total

    def present(self, entities: set[str]) -> npt.NDArray[np.bool_]:
        """Which labels these entities have cells for."""
        there = np.zeros(self._width, bool)
        for table in self._tables:
            if table.entity in entities:
                there[table.present] = True
        return there
