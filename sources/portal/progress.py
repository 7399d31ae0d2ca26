"""`CapNhatTienDoHoSoMC`: each record is a step of handling, and becomes the event of its status."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from sources.adapter import Context, convert_records, stated, unknown_fields
from sources.cloudevent import cloudevent
from sources.converted import Converted, Drafted
from sources.fields import Fields
from sources.portal.envelope import call_of
from sources.portal.format import STEP_FIELDS
from sources.portal.words import sender_of, status_of, subject_of

SERVICE = "CapNhatTienDoHoSoMC"

EVENTS: dict[str, tuple[str, dict[str, Any]]] = {
    "submitted": ("submitted", {}),
    "received": ("received", {}),
    "refused": ("refused", {}),
    "processing": ("snapshot", {"waiting_since": None}),
    "supplement": ("supplement_requested", {}),
    "fee": ("snapshot", {"fee_due": True}),
    "withdrawn": ("ended", {"outcome": "withdrawn"}),
    "stopped": ("stopped", {}),
    "ended": ("ended", {"outcome": "granted"}),
    "returned": ("returned", {}),
}
"""By status: the event, and what it says of itself."""

WITH_AGENCY = frozenset({"submitted", "received"})


def convert(payload: bytes, context: Context) -> Converted:
    """One call of the service."""
    call = call_of(payload, SERVICE)
    return convert_records(call.records, partial(_draft, call.sender), context)


def _draft(sender: str, record: Mapping[str, Any], context: Context) -> Drafted:
    fields = Fields(record, context.configuration)
    fields.needed("ThoiDiemXuLy")
    time = fields.time("ThoiDiemXuLy", "time")
    name, data = EVENTS[status_of(fields, "TrangThai", "outcome")]
    agency = sender_of(sender, context)
    if agency and name in WITH_AGENCY:
        data = data | {"agency": agency}
    subject, data = subject_of(fields, context), stated(data, context.configuration)
    event = cloudevent(f"dossier.{name}", context.configuration.source, subject, str(time), data)
    noticed = unknown_fields(record, STEP_FIELDS)
    return Drafted([event], fields.origins, noticed, fields.understood)
