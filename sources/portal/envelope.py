"""The envelope of a sync call: `{"service", "isUpdating", "madonvi", "data": [...]}`; or the bare records."""

from typing import Any, NamedTuple

from schemas.refusal import Reason
from sources.converted import FieldError
from sources.payload import json_of


class Call(NamedTuple):
    """One call: who sends (`madonvi`), and the records, each with its number from 1."""

    sender: str
    records: list[tuple[int, object]]


def call_of(payload: bytes, service: str) -> Call:
    """Read a call of a service. Raises FieldError."""
    value: Any = json_of(payload)
    sender, records = "", value
    if isinstance(value, dict) and "data" in value:
        if value.get("service", service) != service:
            raise FieldError(Reason.WRONG_VALUE, "service")
        given = value.get("madonvi")
        sender, records = given if isinstance(given, str) else "", value["data"]
    rows = records if isinstance(records, list) else [records]
    return Call(sender, list(enumerate(rows, 1)))
