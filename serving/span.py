"""What a period is called, and what it is compared with.

* Calendar: `2022`, `2022-H1`, `2022-Q3`, `2022-07` (Decision 766/QĐ-TTg).
* Administrative: the same with `-admin`, from the 15th of the month before until the 14th of the last month.
  Decree 09/2019/NĐ-CP, article 12, from memory (domain, section 9.3): hence the first day is a parameter, and
  what is shown says so.
* Windows that end now: `1h` and `24h` are hour buckets, the running one included; `7d` and `30d` are days,
  today included; `month`, `quarter`, `year` run from their first day to today.

A calendar or administrative period is compared with the one before it, a window to date with the same days
of the one before it, everything else with what is as long and lies just before.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from schemas.instant import VIETNAM
from schemas.selection import Hours
from serving import period as periods
from serving.period import Period, PeriodError, day_of

ADMINISTRATIVE_DAY = 15
NAMED = re.compile(r"([0-9]{4})(?:-(?:Q([1-4])|H([12])|(0[1-9]|1[0-2])))?(-admin)?")
ADMINISTRATIVE = "kỳ báo cáo hành chính / administrative period (Nghị định 09/2019/NĐ-CP, Đ12)"


class Window(StrEnum):
    """A window that ends now."""

    HOUR = "1h"
    DAY = "24h"
    WEEK = "7d"
    THIRTY_DAYS = "30d"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


BACKWARDS = {Window.HOUR: 1, Window.DAY: 24, Window.WEEK: 7, Window.THIRTY_DAYS: 30}
MONTHS = {Window.MONTH: 1, Window.QUARTER: 3, Window.YEAR: 12}


@dataclass(frozen=True, slots=True)
class Span:
    """A period and the one to compare it with; `note`: what has to be said about it, if anything."""

    period: Period
    previous: Period
    note: str = ""


def asked(
    start: str | None,
    end: str | None,
    period: str | None,
    window: Window | None,
    now: datetime,
    first_day: int = ADMINISTRATIVE_DAY,
) -> Span:
    """Read `--from` with `--to`, or `--period`, or `--window`; raises PeriodError.

    now: aware. first_day: of administrative periods.
    """
    if window is not None and start is None and end is None and period is None:
        return ending_now(window, now)
    if window is None and period is not None and start is None and end is None:
        return named(period, first_day)
    if window is None and period is None and start is not None and end is not None:
        return before(periods.parse(start, end, None))
    raise PeriodError("say which period: --from and --to, or --period, or --window")


def named(text: str, first_day: int = ADMINISTRATIVE_DAY) -> Span:
    """Read a calendar or administrative period; raises PeriodError."""
    match = NAMED.fullmatch(text)
    if not match or int(match[1]) not in periods.YEARS:
        raise PeriodError(f"`{text}` is no period; write 2022, 2022-H1, 2022-Q3, 2022-07 or 2022-Q3-admin")
    year, quarter, half, month, administrative = match.groups()
    length = 1 if month else 3 if quarter else 6 if half else 12
    number = int(month or quarter or half or 1)
    first = date(int(year), length * (number - 1) + 1, 1)
    if not administrative:
        return Span(_months(first, length), _months(shifted(first, -length), length))
    start, begun = (shifted(day, -1).replace(day=first_day) for day in (first, shifted(first, -length)))
    return Span(_months(start, length), _months(begun, length), ADMINISTRATIVE)


def ending_now(window: Window, now: datetime) -> Span:
    """The window that ends with the running hour or day."""
    if window in MONTHS:
        return _to_date(day_of(now), MONTHS[window])
    length = BACKWARDS[window]
    if window in (Window.HOUR, Window.DAY):
        end = now.astimezone(VIETNAM).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        return Span(_hours(end, length), _hours(end - timedelta(hours=length), length))
    end_day = day_of(now) + timedelta(days=1)
    return before(Period(end_day - timedelta(days=length), end_day))


def before(period: Period) -> Span:
    """The period, compared with as many days just before it."""
    return Span(period, Period(period.start - (period.end - period.start), period.start))


def shifted(day: date, months: int) -> date:
    """The same day some months later, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _months(start: date, length: int) -> Period:
    return Period(start, shifted(start, length))


def _to_date(today: date, length: int) -> Span:
    start = date(today.year, (today.month - 1) // length * length + 1, 1)
    day = timedelta(days=1)
    return Span(Period(start, today + day), Period(shifted(start, -length), shifted(today, -length) + day))


def _hours(end: datetime, length: int) -> Period:
    start = end - timedelta(hours=length)
    last = end - timedelta(hours=1)
    return Period(start.date(), last.date() + timedelta(days=1), Hours(start, end))
