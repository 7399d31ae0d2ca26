"""Working time of the feed: seconds since the counters opened on 1 July 2022.

Lunch, nights and days off are left out, so that "an hour later" lands in office hours by itself. Hours
are those of product rule A (domain, section 6): 07:00-11:30 and 13:30-17:00, Monday to Friday, 8 a day.
"""

from datetime import date, datetime, time, timedelta, timezone
from random import Random

ZONE = timezone(timedelta(hours=7))
FIRST_DAY, LAST_DAY = date(2022, 7, 1), date(2022, 9, 30)
HOLIDAYS = frozenset({date(2022, 9, 1), date(2022, 9, 2)})
"""National Day 2022: two days off (domain, section 6)."""

MORNING = 16_200
DAY = 28_800


def _working_days(first: date, last: date) -> tuple[date, ...]:
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return tuple(day for day in days if day.weekday() < 5 and day not in HOLIDAYS)


DAYS = _working_days(FIRST_DAY, date(2022, 12, 30))
"""Goes past the quarter, because dates promised in September may lie in October."""

QUARTER = sum(day <= LAST_DAY for day in DAYS)
END = QUARTER * DAY
"""The first second that is no longer in the quarter."""


def moment(second: int) -> str:
    """RFC 3339 time of a working second."""
    day, rest = divmod(second, DAY)
    opened, passed = (time(7), rest) if rest < MORNING else (time(13, 30), rest - MORNING)
    return (datetime.combine(DAYS[day], opened, ZONE) + timedelta(seconds=passed)).isoformat()


def closing(day: int) -> str:
    """RFC 3339 time at which a working day ends: what a promised date means."""
    return datetime.combine(DAYS[day], time(17), ZONE).isoformat()


def later(rng: Random, second: int, reach: int) -> int:
    """Some time after `second`, at most `reach` working seconds, and never past the quarter.

    Takes at most half of what is left, so that a chain of steps keeps its order up to the last day.
    """
    return second + rng.randint(1, max(1, min(reach, (END - second) // 2)))
