"""Control totals held against what was counted: by agency and month, equal, missing here, or surplus here."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sources.portal.totals import Total


class Verdict(StrEnum):
    """missing: we count less than the agency reports. unreported: we count something, it reports nothing."""

    MATCHED = "matched"
    MISSING = "missing"
    SURPLUS = "surplus"
    UNREPORTED = "unreported"

    @property
    def vi(self) -> str:
        """In Vietnamese."""
        return {"matched": "khớp", "missing": "thiếu", "surplus": "thừa", "unreported": "chưa báo cáo"}[self]


@dataclass(frozen=True, slots=True)
class Compared:
    """One count of one agency and month. count: a word of `sources.portal.format.TOTAL_FIELDS`."""

    agency: str
    month: date
    count: str
    theirs: int | None
    ours: int

    @property
    def difference(self) -> int:
        """Ours less theirs."""
        return self.ours - (self.theirs or 0)

    @property
    def verdict(self) -> Verdict:
        """What it means."""
        if self.theirs is None:
            return Verdict.UNREPORTED
        if not self.difference:
            return Verdict.MATCHED
        return Verdict.SURPLUS if self.difference > 0 else Verdict.MISSING


Counted = Mapping[tuple[str, date], Mapping[str, int]]
"""Our counts, by agency and first day of the month."""


def reconcile(totals: Iterable[Total], counted: Counted) -> Iterator[Compared]:
    """Compare every count that was reported, then name the agencies that report nothing. Sorted."""
    reported = {(total.agency, total.month): total for total in totals}  # the last of a month counts
    for (agency, month), total in sorted(reported.items()):
        ours = counted.get((agency, month), {})
        for count, theirs in total.counts.items():
            yield Compared(agency, month, count, theirs, ours.get(count, 0))
    for (agency, month), ours in sorted(counted.items()):
        if (agency, month) not in reported and ours.get("received"):
            yield Compared(agency, month, "received", None, ours["received"])
