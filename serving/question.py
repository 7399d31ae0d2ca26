"""Which cells a measure contributes to a side of a figure: the rules about time.

* A KPI counts a measure over the days of the period.
* A measure that must have `elapsed` counts only for days before the Vietnamese day of `as_of`: what
  falls due today is not overdue yet (Decision 766/QĐ-TTg compares days, not hours).
* A measure with a `cohort`, in a KPI, counts the states whose cohort day lies in the period and whose
  bucket lies before `as_of`: `in_time_rate` is received minus fallen due among those received.
* A stock adds up its flows of all days before `as_of`, all cohorts. One by the hour adds up those of all
  full hours before it, or of so many hours from then on.

The day of `as_of` itself counts as a whole where nothing has to elapse: counts are kept by day.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from schemas.catalogue import Measure
from schemas.instant import VIETNAM, midnight
from schemas.selection import By, Days, Hours, Scope, Selection
from serving.period import FORMATS, Period, day_of
from serving.side import Side

EVER = datetime(1970, 1, 1, tzinfo=VIETNAM)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: a period, the moment it is asked for, whose figures, and what they are split by."""

    period: Period
    as_of: datetime
    scope: Scope
    by: By | None

    def before(self, measure: Measure) -> date:
        """The day before which the measure's buckets count."""
        day = day_of(self.as_of)
        return day if measure.elapsed or midnight(day) == self.as_of else day + timedelta(days=1)

    @property
    def timed(self) -> bool:
        """Whether it is split by when."""
        return self.by is not None and self.by.is_time

    def cells(self, side: Side, measure: Measure, opening: bool = False) -> Selection:
        """The cells of a measure in a side; `opening`: those of a flow before the period."""
        if side.hourly:
            cells = self._of_hours(side.next_hours, opening)
        elif opening:
            cells = self._opening(measure)
        else:
            cells = self._of_stock(measure) if side.at_end else self._of_kpi(measure)
        if side.at_end or side.per:
            cells = replace(cells, scope=cells.scope.at(self.last_day))
        return replace(cells, per=side.per)

    @property
    def last_day(self) -> date:
        """The day whose agency tree is that of numbers as of the end: received less ended needs one tree."""
        return day_of(self.as_of - timedelta(microseconds=1))

    def _of_kpi(self, measure: Measure) -> Selection:
        start, end = self.period.start, self.period.end
        if measure.cohort:
            days = Days(None, self.before(measure))
            return Selection(days, self.scope, self.period.days, self.by, self.timed)
        days = Days(start, min(end, self.before(measure)) if measure.elapsed else end)
        return Selection(days, self.scope, by=self.by, hours=self.period.hours)

    def _of_stock(self, measure: Measure) -> Selection:
        """The cells of a flow; split by time, those of the period itself."""
        days = Days(self.period.start if self.timed else None, self.before(measure))
        return Selection(days, self.scope, by=self.by, hours=self._until_the_hour(measure))

    def _until_the_hour(self, measure: Measure) -> Hours | None:
        """A stock at the end of a period of hours is that of the hour, where the hourly counts can tell."""
        end = self.period.hours.end if self.period.hours else None
        if end is None or measure.elapsed or self.scope.only or self.by not in (None, By.AGENCY):
            return None
        return Hours(EVER, end)

    def _of_hours(self, ahead: int, opening: bool) -> Selection:
        """The cells of a flow by the hour: the running hour of `as_of` does not count yet."""
        hour, start = self.as_of.replace(minute=0, second=0, microsecond=0), midnight(self.period.start)
        if ahead:
            hours = Hours(hour, hour + timedelta(hours=ahead))
        elif opening:
            return Selection(Days(None, None), self.scope, hours=Hours(EVER, min(start, hour)))
        else:
            hours = Hours(start if self.timed else EVER, hour)
        return Selection(Days(None, None), self.scope, by=self.by, hours=hours)

    def _opening(self, measure: Measure) -> Selection:
        """The cells of a flow before the period."""
        return Selection(Days(None, min(self.period.start, self.before(measure))), self.scope)

    def stock_key(self, measure: Measure, key: str) -> str:
        """By hour, what must have elapsed enters a stock when its day is over: in the day's last hour."""
        return f"{key[:10]}T23:00+07:00" if measure.elapsed and self.by is By.HOUR else key

    @property
    def first_bucket(self) -> str:
        """The first bucket of a split by time that is shown."""
        start = self.period.hours.start if self.period.hours else midnight(self.period.start)
        return start.strftime(FORMATS[self.by]) if self.by else ""

    @property
    def buckets(self) -> list[str]:
        """The buckets of a split by time that began before `as_of`."""
        return list(self.period.buckets(self.by, self.as_of)) if self.by else []
