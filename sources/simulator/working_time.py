"""Working time of a province, in whole columns: office hours, weekends, public holidays.

A *moment* is in seconds since the first day's midnight in Vietnam. A *working second* counts office time
only (lunch, nights and days off left out), so that "an hour later" lands in office hours by itself. Hours are
those of product rule A (domain, section 6): 07:00-11:30 and 13:30-17:00, Monday to Friday, 8 a day.

Holidays follow the Labour Code 2019, article 112. The days of Tết and of the Hùng kings follow the moon; the
table has the years a simulation may cover. Swapped days, which are decided each year, are left out.
"""

from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

Moments = NDArray[np.int64]

NEVER = 1 << 40
"""A moment, or a working second, that does not come."""

DAY = 86_400
WORKDAY = 28_800
MORNING = 16_200
OPENS, REOPENS, CLOSES = 7 * 3600, 13 * 3600 + 1800, 17 * 3600
AHEAD = 500
"""Days known past the last simulated one: what is promised late in the run falls due there."""

TET = ("2022-02-01", "2023-01-22", "2024-02-10", "2025-01-29", "2026-02-17", "2027-02-06", "2028-01-26")
HUNG_KINGS = (
    "2022-04-10",
    "2023-04-29",
    "2024-04-18",
    "2025-04-07",
    "2026-04-26",
    "2027-04-16",
    "2028-04-04",
)
FIXED = frozenset({(1, 1), (4, 30), (5, 1), (9, 1), (9, 2)})


def is_off(day: date) -> bool:
    """Whether the offices are closed."""
    tet = (date.fromisoformat(text) for text in TET)
    near_tet = any(-1 <= (day - first).days <= 3 for first in tet)
    return day.weekday() >= 5 or (day.month, day.day) in FIXED or day.isoformat() in HUNG_KINGS or near_tet


class WorkingTime:
    """Office hours of `days` days from `first`, and of some time after them."""

    def __init__(self, first: date, days: int) -> None:
        self.first, self.days = first, days
        known = days + AHEAD
        self.open = np.array([not is_off(first + timedelta(days=n)) for n in range(known)])
        self.workdays = np.flatnonzero(self.open)
        self._next = np.cumsum(self.open) - self.open  # the working day that is this day, or the next one

    def moments(self, working: Moments) -> Moments:
        """When a working second is; NEVER past what is known."""
        number, rest = np.divmod(working, WORKDAY)
        known = number < len(self.workdays)
        day = self.workdays[np.where(known, number, 0)]
        clock = np.where(rest < MORNING, OPENS + rest, REOPENS + rest - MORNING)
        return np.where(known, day * DAY + clock, NEVER)

    def working(self, moments: Moments) -> Moments:
        """The first working second at or after a moment; NEVER for what does not come."""
        known = moments < len(self.open) * DAY
        day, clock = np.divmod(np.where(known, moments, 0), DAY)
        morning = np.clip(clock - OPENS, 0, MORNING)
        rest = morning + np.clip(clock - REOPENS, 0, CLOSES - REOPENS)
        return np.where(known, self._next[day] * WORKDAY + np.where(self.open[day], rest, 0), NEVER)

    def closing(self, workday: Moments) -> Moments:
        """When the office closes on a working day, counted from 0: what a promised date means."""
        known = workday < len(self.workdays)
        return np.where(known, self.workdays[np.where(known, workday, 0)] * DAY + CLOSES, NEVER)
