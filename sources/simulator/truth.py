"""The KPI rows that a run caused, in the form in which `reform-pulse kpis` prints them.

rows(tally)                        # the whole run, the whole province
rows(tally, by_agency=True)        # each agency by itself
rows(tally, 0, 31)                 # the first 31 days; without what only stands at the end of the run
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np

from sources.simulator.tally import AMONG, AMOUNT, IN, MET, OUT, STOCK, Column, Tally

Row = dict[str, Any]


class Figure(NamedTuple):
    """A figure per agency and, where that is not their sum, of the province; stocks have no `among`."""

    kpi: str
    met: Column
    among: Column | None = None
    total: int | None = None
    total_among: int | None = None


def rows(tally: Tally, start: int = 0, end: int | None = None, *, by_agency: bool = False) -> list[Row]:
    """Rows of days [start, end) of the run, as of the end of them.

    By agency there are only rows in which there is anything, as `reform-pulse kpis --by agency` has them.
    """
    end = tally.days if end is None else end
    period = tally.first + timedelta(days=start), tally.first + timedelta(days=end)
    found = list(_figures(tally, start, end))
    if not by_agency:
        return [_row(figure.kpi, None, period, *_total(figure)) for figure in found]
    return [
        _row(figure.kpi, code, period, int(figure.met[n]), _at(figure.among, n))
        for figure in found
        for n, code in enumerate(tally.codes)
        if figure.met[n] or _at(figure.among, n)
    ]


def all_rows(tally: Tally) -> list[Row]:
    """The whole run for the province and for each agency, then the province month by month."""
    found = rows(tally) + rows(tally, by_agency=True)
    for start, end in months(tally):
        found += rows(tally, start, end) if (start, end) != (0, tally.days) else []
    return found


def months(tally: Tally) -> Iterator[tuple[int, int]]:
    """The calendar months of a run, as far as they lie in it, as days from its first."""
    first = 0
    for day in range(1, tally.days + 1):
        if day == tally.days or (tally.first + timedelta(days=day)).day == 1:
            yield first, day
            first = day


def _figures(tally: Tally, start: int, end: int) -> Iterator[Figure]:
    for kpi in sorted({name for name, part in tally.cells if part == AMONG}):
        yield Figure(kpi, *(tally.cells[kpi, part][:, start:end].sum(axis=1) for part in (MET, AMONG)))
    for amount in sorted({name for name, part in tally.cells if part == AMOUNT}):
        yield Figure(amount, tally.cells[amount, AMOUNT][:, start:end].sum(axis=1))
    yield from _dated(tally, start, end)
    if (start, end) == (0, tally.days):
        yield from _at_the_end(tally)


def _dated(tally: Tally, start: int, end: int) -> Iterator[Figure]:
    """What depends on days of falling due: Decision 766 in time, and stocks."""
    received = tally.cells["online_dossier_rate", AMONG][:, start:end].sum(axis=1)
    late = _fallen_due(tally, lambda came_in, due, _: (start <= came_in) & (came_in < end) & (due < end))
    unhappy = tally.cells["unhappy", OUT][:, start:end].sum(axis=1)
    yield Figure("in_time_rate", received - late, received)
    yield Figure("untroubled_dossier_rate", received - late - unhappy, received)
    came, went = (tally.cells["dossiers_pending", part][:, :end].sum(axis=1) for part in (IN, OUT))
    yield Figure("dossiers_pending", came - went)
    for stock, least in (("dossiers_overdue", 0), ("dossiers_online_overdue", 1)):
        overdue = _fallen_due(tally, lambda _, due, online, least=least: (due < end) & (online >= least))
        yield Figure(stock, overdue - tally.cells[stock, OUT][:, :end].sum(axis=1))


def _at_the_end(tally: Tally) -> Iterator[Figure]:
    for figure in sorted({name for name, part in tally.standing if part == STOCK}):
        yield Figure(figure, tally.standing[figure, STOCK])
    for kpi in sorted({name for name, part in tally.standing if part == AMONG}):
        yield Figure(kpi, tally.standing[kpi, MET], tally.standing[kpi, AMONG])
    paid, due = (tally.distinct["payment_used_rate", part] for part in (MET, AMONG))
    in_all = [int(procedures.any(axis=0).sum()) for procedures in (paid, due)]
    yield Figure("payment_used_rate", paid.sum(axis=1), due.sum(axis=1), *in_all)


def _fallen_due(tally: Tally, chosen: Callable[..., Column]) -> Column:
    """How many fell due unfinished, by agency, of those chosen by the rest that is noted."""
    agency, *about = np.concatenate([np.zeros((4, 0), np.int64), *tally.fell_due], axis=1)
    return np.bincount(agency[chosen(*about)], minlength=len(tally.codes))


def _total(figure: Figure) -> tuple[int, int | None]:
    met = int(figure.met.sum()) if figure.total is None else figure.total
    if figure.among is None:
        return met, None
    return met, int(figure.among.sum()) if figure.total_among is None else figure.total_among


def _at(numbers: Column | None, place: int) -> int | None:
    return None if numbers is None else int(numbers[place])


def _row(kpi: str, agency: str | None, period: tuple[date, date], met: int, among: int | None) -> Row:
    return {
        "kpi": kpi,
        "agency": agency,
        "from": period[0].isoformat(),
        "to": period[1].isoformat(),
        "numerator": met,
        "denominator": among,
        "value": met if among is None else (met / among if among else None),
    }
