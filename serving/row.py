"""One KPI in one period for one agency (or all): what every view shows."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from schemas.selection import By
from schemas.unit import Unit
from serving.period import Period


@dataclass(frozen=True, slots=True)
class Row:
    """A KPI, stock, amount or score.

    numerator, denominator: whole numbers, but for a score: points got and points attainable with the data
    there are. A stock or amount has no denominator and its value is its numerator. value: the ratio,
    unrounded, or the points; None where the denominator is 0, because nothing was there to measure.
    by, key: what the rows are split by, and this row's part; key None: what states no such code.
    """

    kpi: str
    agency: str | None
    period: Period
    numerator: float
    denominator: float | None
    value: float | int | None
    by: By | None = None
    key: str | None = None
    unit: Unit = Unit.PERCENT

    @property
    def last_day(self) -> date:
        """The last day that it is about: of the period, or of its part of it."""
        last = self.period.last_day
        if self.key is None or self.by is None or not self.by.is_time:
            return last
        if self.by is By.MONTH:
            following = (date.fromisoformat(f"{self.key}-01") + timedelta(days=31)).replace(day=1)
            return min(following - timedelta(days=1), last)
        return date.fromisoformat(self.key[:10])

    def as_dict(self) -> dict[str, Any]:
        """The public form: `kpi, agency, from, to, numerator, denominator, value` and the `by` column."""
        start, end = self.period.bounds
        row = {
            "kpi": self.kpi,
            "agency": self.agency,
            "from": start,
            "to": end,
            "numerator": self.numerator,
            "denominator": self.denominator,
            "value": self.value,
        }
        return row | ({self.by.value: self.key} if self.by else {})
