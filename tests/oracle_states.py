"""What the events say about each entity, computed in the plainest way: a dict per entity, event by event.

One half of the oracle (see `oracle.py`). It shares no code with the product, on purpose: the contract is
written down here a second time, after design sections 2, 3 and 4, so that a mistake on one side shows.
Only valid events are expected. Times become microseconds since 1970 (UTC).
"""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

Event = dict[str, Any]
State = dict[str, Any]

NOW = object()
"""In MILESTONES: the event's own time."""

_TIMES = {
    "dossier": "submitted_at accept_due_at received_at refused_at original_due_at due_at paid_at "
    "waiting_since stopped_at ended_at returned_at apologised_at synced_at",
    "document": "issued_at signed_person_at signed_agency_at sent_at recalled_at",
    "payment": "requested_at settled_at",
    "service": "offered_at withdrawn_at",
    "feedback": "received_at due_at answered_at refused_at",
    "task": "assigned_at due_at done_at",
}
_OTHERS = {
    "dossier": "agency receiving_agency procedure field service_level channel applicant_kind fee_due "
    "paid_channel supplements waited_minutes outcome result_file return_channel components_digitised "
    "result_digitised data_reused identity_verified excused satisfied voided",
    "document": "agency kind form voided",
    "payment": "dossier agency amount channel status voided",
    "service": "agency procedure field level eligible_full fee_due payment_integrated standard_minutes",
    "feedback": "agency satisfied voided",
    "task": "agency kind voided",
}
TIMES = {entity: frozenset(names.split()) for entity, names in _TIMES.items()}
OTHERS = {entity: frozenset(names.split()) for entity, names in _OTHERS.items()}
MILESTONES: dict[str, dict[str, Any]] = {
    "dossier.submitted": {"submitted_at": NOW, "channel": "online"},
    "dossier.received": {"received_at": NOW},
    "dossier.refused": {"refused_at": NOW},
    "dossier.supplement_requested": {"waiting_since": NOW, "supplements": 1},
    "dossier.supplement_received": {"waiting_since": None},
    "dossier.stopped": {"stopped_at": NOW},
    "dossier.fee_paid": {"paid_at": NOW},
    "dossier.fee_refunded": {"paid_at": None, "paid_channel": None},
    "dossier.ended": {"ended_at": NOW},
    "dossier.returned": {"returned_at": NOW},
    "dossier.apologised": {"apologised_at": NOW},
    "dossier.synced": {"synced_at": NOW},
    "document.issued": {"issued_at": NOW},
    "document.sent": {"sent_at": NOW},
    "document.recalled": {"recalled_at": NOW},
    "payment.requested": {"requested_at": NOW, "status": "pending"},
    "payment.settled": {"settled_at": NOW, "status": "settled"},
    "payment.failed": {"status": "failed"},
    "payment.refunded": {"status": "refunded"},
    "service.offered": {"offered_at": NOW},
    "service.withdrawn": {"withdrawn_at": NOW},
    "feedback.received": {"received_at": NOW},
    "feedback.answered": {"answered_at": NOW},
    "feedback.refused": {"refused_at": NOW},
    "task.assigned": {"assigned_at": NOW},
    "task.done": {"done_at": NOW},
}


def micros(text: str) -> int:
    """RFC 3339 to microseconds since 1970; finer digits are cut off."""
    moment = datetime.fromisoformat(text.upper())
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def stated(event: Event) -> dict[str, Any]:
    """The columns that one event states, with their values."""
    _, _, entity, name, _ = event["type"].split(".")
    data = event.get("data") or {}
    columns: dict[str, Any] = {}
    for column, value in data.items():
        if column in TIMES[entity]:
            columns[column] = None if value is None else micros(value)
        elif column in OTHERS[entity]:
            columns[column] = value
    own = dict(MILESTONES.get(f"{entity}.{name}", {}))
    if name == "voided":
        own["voided"] = True
    if name == "signed":
        own[f"signed_{data['by']}_at"] = NOW
    if name == "supplement_requested" and "ordinal" in data:
        own["supplements"] = data["ordinal"]
    if entity == "dossier" and name == "received" and "due_at" in columns:
        own["original_due_at"] = columns["due_at"]
    for column, value in own.items():
        columns.setdefault(column, micros(event["time"]) if value is NOW else value)
    return columns


def rank(column: str, time: int, value: Any) -> tuple[Any, ...]:
    """The register keeps the statement of the highest rank; a cleared value is below any other."""
    worth = (value is not None, value)
    if column == "supplements":
        return worth
    if column == "original_due_at":
        return (-time, *worth)
    return (time, *worth)


def parsed(events: Iterable[Event | str | bytes]) -> Iterable[Event]:
    """Dicts pass; lines of NDJSON are read; empty lines are skipped."""
    for event in events:
        if isinstance(event, dict):
            yield event
        elif event.strip():
            yield json.loads(event)


def states(events: Iterable[Event | str | bytes]) -> dict[tuple[str, str], State]:
    """(entity, subject) -> column -> value; a column no event has stated is absent."""
    registers: dict[tuple[str, str], dict[str, tuple[tuple[Any, ...], Any]]] = {}
    for event in parsed(events):
        key = (event["type"].split(".")[2], event["subject"])
        entity = registers.setdefault(key, {})
        time = micros(event["time"])
        for column, value in stated(event).items():
            new = rank(column, time, value)
            if column not in entity or new > entity[column][0]:
                entity[column] = (new, value)
    return {
        key: {column: value for column, (_, value) in entity.items()} for key, entity in registers.items()
    }
