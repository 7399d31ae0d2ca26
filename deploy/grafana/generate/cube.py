"""The tables of counts as panels ask them: what each can answer, and how its time is bounded."""

from collections.abc import Sequence
from dataclasses import dataclass

ZONE = "Asia/Ho_Chi_Minh"


@dataclass(frozen=True, slots=True)
class Cube:
    """A view of counts. bucket: its column of time. start: a day as a bucket. day: that of a cell."""

    view: str
    bucket: str
    start: str
    day: str

    def since(self, day: str) -> str:
        """The cells from a day on."""
        return f"{self.bucket} >= {self.start % day}"

    def before(self, day: str) -> str:
        """The cells before a day."""
        return f"{self.bucket} < {self.start % day}"


HOURLY = Cube("counts_hourly_current", "hour", f"toDateTime(%s, '{ZONE}')", f"toDate(hour, '{ZONE}')")
BY_DAY = Cube("counts_agency_daily_current", "day", "%s", "day")
DAILY = Cube("counts_daily_current", "day", "%s", "day")
DIMENSIONS = ("procedure", "field", "kind")


def cube(dimensions: Sequence[str], *, cohort: bool = False) -> Cube:
    """The one with the fewest cells that can answer for days: dimensions and cohorts make them many."""
    return DAILY if cohort or set(dimensions) & set(DIMENSIONS) else BY_DAY
