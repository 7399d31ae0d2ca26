"""Which of the counts can answer what: by the hour, by the day with dimensions, by the month."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from schemas.instant import VIETNAM
from schemas.selection import By, Days, Selection


class Grain(StrEnum):
    """A cube of counts."""

    HOURLY = "hourly"
    DAILY = "daily"
    MONTHLY = "monthly"


def parted(selection: Selection, *, by_month: bool = True) -> Iterator[tuple[Grain, Selection]]:
    """The cubes to read and what of each; together they have the selected cells once.

    by_month: False where a month must not be read as one, whatever the selection.
    """
    if not selection.hourly:
        yield Grain.DAILY, selection
        return
    start, end = _bounds(selection)
    first, last = start and _month(start, up=True), end and _month(end)
    if not by_month or selection.by in (By.HOUR, By.DAY) or (first and last and first >= last):
        yield Grain.HOURLY, selection
        return
    yield Grain.MONTHLY, replace(selection, days=Days(first, last), hours=None)
    if start and first and start < _midnight(first):
        yield Grain.HOURLY, replace(selection, days=selection.days._replace(end=first))
    if end and last and _midnight(last) < end:
        yield Grain.HOURLY, replace(selection, days=selection.days._replace(start=last))


def _bounds(selection: Selection) -> tuple[datetime | None, datetime | None]:
    days, hours = selection.days, selection.hours
    starts = [*([_midnight(days.start)] if days.start else []), *([hours.start] if hours else [])]
    ends = [*([_midnight(days.end)] if days.end else []), *([hours.end] if hours else [])]
    return max(starts, default=None), min(ends, default=None)


def _month(moment: datetime, *, up: bool = False) -> date:
    """The first day of its month, or of the next month if it is not that day's midnight."""
    local = moment.astimezone(VIETNAM)
    first = local.date().replace(day=1)
    if up and local != _midnight(first):
        return (first + timedelta(days=31)).replace(day=1)
    return first


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=VIETNAM)
