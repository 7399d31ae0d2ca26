"""Working time: which days and hours are worked, and what comes so many working minutes after a moment.

Product rule A (domain, section 6): 07:00 to 11:30 and 13:30 to 17:00, eight hours, Monday to Friday without
days off, with make-up days. What comes before opening, at lunch or after closing counts from the next
opening. Moments are aware; answers are in Vietnamese time.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from schemas.instant import VIETNAM
from schemas.reference.calendar import RULE_A, CalendarDay, DayKind, Hours

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
HORIZON = 3_660
"""Days that are searched for working time: a calendar without any must not run for ever."""

Span = tuple[datetime, datetime]


class NoWorkingTimeError(ValueError):
    """The calendar has no working time for years."""


class WorkingTime:
    """The working time of a calendar; without hours of its own, those of rule A."""

    def __init__(self, days: Iterable[CalendarDay] = (), hours: Iterable[Hours] = ()) -> None:
        self._kinds = {row.day: row.kind for row in days}
        self._hours = sorted(tuple(hours) or RULE_A, key=lambda row: row.opens)

    def is_working(self, day: date) -> bool:
        """Whether a day is worked: a make-up day, or a weekday that is not off."""
        kind = self._kinds.get(day)
        return kind is DayKind.MAKEUP if kind else day.weekday() < 5

    def spans(self, day: date) -> list[Span]:
        """The hours worked on a day; none on a day off."""
        return self.office_hours(day) if self.is_working(day) else []

    def office_hours(self, day: date) -> list[Span]:
        """The hours of a day as if it were worked."""
        return [
            (datetime.combine(day, row.opens, VIETNAM), datetime.combine(day, row.closes, VIETNAM))
            for row in self._hours
            if row.holds(day)
        ]

    def start(self, moment: datetime) -> datetime:
        """The moment itself within working time, else the next opening; closing time is after it."""
        moment = moment.astimezone(VIETNAM)
        return max(moment, self._from(moment)[0][0])

    def next_day(self, moment: datetime) -> datetime:
        """The opening of the next working day."""
        after = moment.astimezone(VIETNAM).date() + DAY
        return self._from(datetime(after.year, after.month, after.day, tzinfo=VIETNAM))[0][0]

    def close(self, moment: datetime) -> datetime:
        """When the first working day that has time left at a moment closes."""
        return self._from(moment.astimezone(VIETNAM))[-1][1]

    def add(self, moment: datetime, minutes: int) -> datetime:
        """The earliest moment by which so many working minutes have passed: closing, not the next opening.

        Raises NoWorkingTimeError.
        """
        moment, left = self.start(moment), minutes * MINUTE
        while left > timedelta(0):
            for opens, closes in self._from(moment):
                begins = max(opens, moment)
                if left <= closes - begins:
                    return begins + left
                left -= closes - begins
                moment = closes
        return moment

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The working time in [start, end): what waiting for a supplement took (Decision 766/QĐ-TTg)."""
        start, end, passed = start.astimezone(VIETNAM), end.astimezone(VIETNAM), timedelta(0)
        for number in range((end.date() - start.date()).days + 1):
            for opens, closes in self.spans(start.date() + number * DAY):
                passed += max(timedelta(0), min(end, closes) - max(start, opens))
        return passed

    def _from(self, moment: datetime) -> list[Span]:
        """What is left to work of the first working day with something left."""
        for number in range(HORIZON):
            spans = [span for span in self.spans(moment.date() + number * DAY) if span[1] > moment]
            if spans:
                return spans
        raise NoWorkingTimeError(
            f"lịch không có giờ làm việc nào sau {moment:%d/%m/%Y} / no working time after {moment:%Y-%m-%d}"
        )
