"""Which of the counts can answer what: by hour, by day with dimensions, by day or month without."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from schemas.instant import VIETNAM, midnight
from schemas.selection import By, Days, Selection


class Grain(StrEnum):
    """A cube of counts."""

    HOURLY = "hourly"
    DAILY = "daily"
    AGENCY_DAILY = "agency_daily"
    MONTHLY = "monthly"


def parted(selection: Selection, *, by_month: bool = True) -> Iterator[tuple[Grain, Selection]]:
    """The cubes to read and what of each, the coarsest that fit; together they have the selected cells once.

    by_month: False where a month must not be read as one, whatever the selection.
    """
    if not selection.hourly:
        yield Grain.DAILY, selection
        return
    months = [Grain.MONTHLY] if by_month and selection.by is not By.DAY else []
    yield from _parted(selection, [] if selection.by is By.HOUR else [*months, Grain.AGENCY_DAILY])


def _parted(selection: Selection, grains: Sequence[Grain]) -> Iterator[tuple[Grain, Selection]]:
    """Whole buckets of the first of the grains, what is left at both ends by those that follow."""
    if not grains:
        yield Grain.HOURLY, selection
        return
    grain, *finer = grains
    start, end = _bounds(selection)
    first, last = start and _bucket(grain, start, up=True), end and _bucket(grain, end)
    if first and last and first >= last:
        yield from _parted(selection, finer)
        return
    yield grain, replace(selection, days=Days(first, last), hours=None)
    if start and first and start < midnight(first):
        yield from _parted(replace(selection, days=selection.days._replace(end=first)), finer)
    if end and last and midnight(last) < end:
        yield from _parted(replace(selection, days=selection.days._replace(start=last)), finer)


def _bounds(selection: Selection) -> tuple[datetime | None, datetime | None]:
    days, hours = selection.days, selection.hours
    starts = [*([midnight(days.start)] if days.start else []), *([hours.start] if hours else [])]
    ends = [*([midnight(days.end)] if days.end else []), *([hours.end] if hours else [])]
    return max(starts, default=None), min(ends, default=None)


def _bucket(grain: Grain, moment: datetime, *, up: bool = False) -> date:
    """The first day of the bucket that the moment is in, or of the next one if that has begun before."""
    by_month = grain is Grain.MONTHLY
    day = moment.astimezone(VIETNAM).date()
    first = day.replace(day=1) if by_month else day
    if up and midnight(first) < moment:
        return (first + timedelta(days=31)).replace(day=1) if by_month else first + timedelta(days=1)
    return first
