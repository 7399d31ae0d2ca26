"""One valid event to spoil, and a way to see why it is refused."""

from typing import Any

from schemas.event import read
from schemas.refusal import Refusal
from tests.strategies import NOW

BASE = {
    "specversion": "1.0",
    "id": "a1",
    "source": "/h51/one-stop",
    "type": "vn.reform.dossier.received.v1",
    "subject": "H51.18-220701-0001",
    "time": "2022-07-01T08:15:00+07:00",
}


def envelope(**attributes: Any) -> dict[str, Any]:
    return {**BASE, "data": {"agency": "H51.18"}, **attributes}


def event(name: str = "dossier.received", /, **data: Any) -> dict[str, Any]:
    return {**BASE, "type": f"vn.reform.{name}.v1", "data": data}


def refused(record: Any) -> Refusal | None:
    """Why a record is refused; None when it is accepted. Anything else raised is a failure."""
    try:
        read(record, NOW)
    except Refusal as refusal:
        return refusal
    return None


def why(record: Any) -> tuple[str, str] | None:
    """Reason code and field, or None."""
    refusal = refused(record)
    return refusal and (refusal.reason.code, refusal.field)
