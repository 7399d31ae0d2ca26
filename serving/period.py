"""A reporting period: Vietnamese calendar days from `start` until before `end`.

Decision 766/QĐ-TTg uses calendar months, quarters and years (domain, section 9.3). The administrative
periods of Decree 09/2019 (15th to 14th) are given by their two dates.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from schemas.instant import VIETNAM, midnight
from schemas.selection import By, Days, Hours

PERIOD = re.compile(r"([0-9]{4})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?")
YEARS = range(1900, 2201)
"""What can be asked for: earlier and later there are no events (schemas.instant), and dates run out."""
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
FORMATS = {By.HOUR: "%Y-%m-%dT%H:00+07:00", By.DAY: "%Y-%m-%d", By.MONTH: "%Y-%m"}
"""How a bucket is written; sorted as text they are sorted in time."""


class PeriodError(ValueError):
    """A period that cannot be read; the message says what is meant."""


@dataclass(frozen=True, slots=True)
class Period:
    """Vietnamese days [start, end), or some hours of them."""

    start: date
    end: date
    hours: Hours | None = None

    def __post_init__(self) -> None:
        if not self.start < self.end:
            raise PeriodError(f"the period is empty: {self.start} is not before {self.end} (end exclusive)")

    @property
    def last_day(self) -> date:
        """The last day in it."""
        return self.end - timedelta(days=1)

    @property
    def days(self) -> Days:
        """The same as bounds of a selection."""
        return Days(self.start, self.end)

    def as_of(self, now: datetime) -> datetime:
        """The moment for stocks and for what elapses: the end of the period, or now if that is earlier."""
        end = self.hours.end if self.hours else midnight(self.end)
        return min(end, now).astimezone(VIETNAM)

    @property
    def bounds(self) -> tuple[str, str]:
        """Start and end as they are written in rows: days, or hours as in a split by hour."""
        if self.hours:
            return self.hours.start.strftime(FORMATS[By.HOUR]), self.hours.end.strftime(FORMATS[By.HOUR])
        return self.start.isoformat(), self.end.isoformat()

    def buckets(self, by: By, until: datetime) -> Iterator[str]:
        """The hours, days or months of it that begin before `until`, as they are written in rows."""
        step = timedelta(hours=1) if by is By.HOUR else timedelta(days=1)
        moment, end = midnight(self.start), min(midnight(self.end), until)
        seen = ""
        while moment < end:
            text = moment.strftime(FORMATS[by])
            if text != seen:
                yield text
            moment, seen = moment + step, text


def day_of(moment: datetime) -> date:
    """The Vietnamese day of a moment."""
    return moment.astimezone(VIETNAM).date()


def calendar(text: str) -> Period:
    """Read `2022`, `2022-Q3` or `2022-07`; raises PeriodError."""
    match = PERIOD.fullmatch(text)
    if not match or int(match[1]) not in YEARS:
        raise PeriodError(f"`{text}` is no period; write 2022, 2022-Q3 or 2022-07")
    year, quarter, month = int(match[1]), match[2], match[3]
    if month:
        first, months = int(month), 1
    elif quarter:
        first, months = 3 * int(quarter) - 2, 3
    else:
        first, months = 1, 12
    after = first + months
    return Period(date(year, first, 1), date(year + after // 13, after if after < 13 else 1, 1))


def parse(start: str | None, end: str | None, period: str | None) -> Period:
    """Read `--from` with `--to`, or `--period`; raises PeriodError."""
    if period is not None and start is None and end is None:
        return calendar(period)
    if period is None and start is not None and end is not None:
        return Period(_date("--from", start), _date("--to", end))
    raise PeriodError("say which period: either --from and --to, or --period")


def _date(option: str, text: str) -> date:
    try:
        day = date.fromisoformat(text if DATE.fullmatch(text) else "")
    except ValueError:
        raise PeriodError(f"{option} `{text}` is no date; write 2022-07-01") from None
    if day.year not in YEARS:
        raise PeriodError(f"{option} `{text}` lies outside the years {YEARS[0]} to {YEARS[-1]}")
    return day
