"""What a report is made from: the counts, the reference data, the agency, the period, the moment.

The numbers of a running period are those up to the day of the moment, that day included.
"""

from dataclasses import dataclass
from datetime import date, datetime

from schemas.catalogue import Catalogue
from schemas.reference.row import AgencyLevel
from schemas.reference.tables import Reference
from schemas.selection import Counts, Scope
from serving.period import Period, PeriodError, day_of
from serving.span import ADMINISTRATIVE, NAMED, Span

LEVELS = {
    AgencyLevel.PROVINCE: "Cấp tỉnh",
    AgencyLevel.DEPARTMENT: "Cấp tỉnh",
    AgencyLevel.DISTRICT: "Cấp huyện",
    AgencyLevel.COMMUNE: "Cấp xã",
}
UNKNOWN_LEVEL = "Chưa xác định cấp"
ORDER = (*dict.fromkeys(LEVELS.values()), UNKNOWN_LEVEL)
ROMAN = ("I", "II", "III", "IV")


@dataclass(frozen=True, slots=True)
class Setting:
    """What all reports share. name: of the period as it was asked for, e.g. 2022-Q3; '' for two dates."""

    catalogue: Catalogue
    counts: Counts
    reference: Reference
    span: Span
    name: str
    now: datetime
    agency: str | None = None

    def __post_init__(self) -> None:
        if day_of(self.now) < self.span.period.start:
            raise PeriodError(
                f"the period begins on {self.span.period.start:%d/%m/%Y}: nothing to report yet"
            )

    @property
    def scope(self) -> Scope:
        """The agency with all below it, by the tree of the last day: one tree for every column."""
        return Scope(self.agency, on=self.last_day if self.agency else None)

    @property
    def period(self) -> Period:
        """The days that are counted."""
        asked = self.span.period
        return Period(asked.start, min(asked.end, date.fromordinal(day_of(self.now).toordinal() + 1)))

    @property
    def last_day(self) -> date:
        """The last day that is counted."""
        return self.period.last_day

    @property
    def reporter(self) -> str:
        """Who reports: the agency's name, or all there are."""
        return self.named(self.agency) if self.agency else "Toàn bộ cơ quan, đơn vị"

    @property
    def heading(self) -> str:
        """The period's line, as forms have it."""
        asked, name = self.span.period, called(self.name)
        days = f"từ ngày {asked.start:%d/%m/%Y} đến ngày {asked.last_day:%d/%m/%Y}"
        line = f"Kỳ báo cáo {name}, {days}" if name else f"Kỳ báo cáo {days}"
        return line if asked == self.period else f"{line} (số liệu đến hết ngày {self.last_day:%d/%m/%Y})"

    @property
    def notes(self) -> tuple[str, ...]:
        """What has to be said about the period."""
        return (self.span.note,) if self.span.note == ADMINISTRATIVE else ()

    def named(self, code: str) -> str:
        """An agency's name on the last day, else its code."""
        place = self.reference.tree.place(code, self.last_day)
        return place.name if place else code or "Không rõ cơ quan"

    def level(self, code: str) -> str:
        """The level of government that an agency belongs to; a branch to that of the agency above it."""
        tree = self.reference.tree
        place = tree.place(code, self.last_day)
        while place and place.level is AgencyLevel.BRANCH:
            place = tree.place(place.parent, self.last_day)
        return LEVELS[place.level] if place else UNKNOWN_LEVEL


def called(name: str) -> str:
    """How a period is called in Vietnamese: quý III/2022; '' for what has no name."""
    match = NAMED.fullmatch(name)
    if not match:
        return ""
    year, quarter, half, month, _ = match.groups()
    if quarter:
        return f"quý {ROMAN[int(quarter) - 1]}/{year}"
    if half:
        return f"6 tháng {'đầu' if half == '1' else 'cuối'} năm {year}"
    return f"tháng {month}/{year}" if month else f"năm {year}"
