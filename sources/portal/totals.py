"""`DongBoThongKeHoSo`: a month's totals as the agency reports them; no events, ours are held against them.

The identities of form II.06 (domain, section 9.1) are checked on the way: in all = ended + pending, ended =
on time + late, pending = in time + late. Totals that contradict themselves are counted, and compared all the
same.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from schemas.refusal import Reason
from sources.adapter import Context, convert_records
from sources.converted import Converted, Drafted, FieldError
from sources.fields import Fields
from sources.portal.envelope import call_of
from sources.portal.format import TOTAL_FIELDS
from sources.portal.words import sender_of

SERVICE = "DongBoThongKeHoSo"
IDENTITIES = (
    ("in_all", ("received", "carried_over")),
    ("in_all", ("ended", "pending")),
    ("ended", ("ended_on_time", "ended_late")),
    ("pending", ("pending_in_time", "pending_late")),
)


@dataclass(frozen=True, slots=True)
class Total:
    """What one agency reports for one month. counts: by the words of TOTAL_FIELDS, those that were given."""

    agency: str
    month: date
    counts: Mapping[str, int]

    def as_dict(self) -> dict[str, Any]:
        """A JSON object."""
        return {"agency": self.agency, "month": f"{self.month:%Y-%m}", **self.counts}


def convert(payload: bytes, context: Context) -> Converted:
    """One call of the service."""
    call, totals = call_of(payload, SERVICE), list[Total]()
    result = convert_records(call.records, partial(_draft, call.sender, totals), context)
    result.totals = totals
    return result


def _draft(sender: str, totals: list[Total], record: Mapping[str, Any], context: Context) -> Drafted:
    fields = Fields(record, context.configuration)
    agency = fields.agency("Madonvi") or sender_of(sender, context)
    if agency is None:
        raise FieldError(Reason.MISSING, "Madonvi", fields.text("Madonvi"))
    read = {word: fields.number(name, word) for name, word in TOTAL_FIELDS.items()}
    counts = {word: number for word, number in read.items() if number is not None}
    if "received" not in counts:
        raise FieldError(Reason.MISSING, "SoNhanTrongKy")
    totals.append(Total(agency, _month(fields), counts))
    drafted = Drafted([], fields.origins, understood=fields.understood)
    drafted.noticed["identity_broken"] = sum(_broken(counts, whole, parts) for whole, parts in IDENTITIES)
    return drafted


def _month(fields: Fields) -> date:
    year, month = fields.number("Nam", "month"), fields.number("Thang", "month")
    for name, number, span in (("Nam", year, range(1990, 2100)), ("Thang", month, range(1, 13))):
        if number is None:
            raise FieldError(Reason.MISSING, name)
        if number not in span:
            raise FieldError(Reason.WRONG_VALUE, name, str(number))
    return date(year or 0, month or 0, 1)


def _broken(counts: Mapping[str, int], whole: str, parts: tuple[str, str]) -> bool:
    known = {whole, *parts} <= counts.keys()
    return known and counts[whole] != sum(counts[part] for part in parts)
