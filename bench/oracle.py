"""What the counts must be: a naive program that sorts the events by time and applies them one by one.

It shares no code with the contenders. Deduplicates by id; last of all it counts what the dossiers say.
"""

import json
from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

from bench.workload import Workload

VIETNAM = timedelta(hours=7)
EPOCH = date(1970, 1, 1)
Rows = list[list[Any]]
"""Agency, Vietnamese day since 1970, received, online, online and full, paid online, ended, on time."""


def counts(workload: Workload) -> Rows:
    """The counts of all events; kept beside the events' file."""
    kept = workload.file.with_suffix(".counts.json")
    if not kept.exists():
        kept.write_text(json.dumps(_count(workload.records())))
    rows: Rows = json.loads(kept.read_text())
    return rows


def _count(records: list[bytes]) -> Rows:
    events = {event["id"]: event for event in map(json.loads, records)}
    dossiers: dict[str, dict[str, Any]] = {}
    for event in sorted(events.values(), key=lambda event: datetime.fromisoformat(event["time"])):
        _apply(dossiers.setdefault(event["subject"], {}), event)
    counted: dict[tuple[str, int], Counter[int]] = {}
    for dossier in dossiers.values():
        if dossier.get("voided"):
            continue
        for number, day in _counted_in(dossier):
            counted.setdefault((dossier.get("agency", ""), day), Counter())[number] += 1
    return sorted([agency, day, *(cell[n] for n in range(6))] for (agency, day), cell in counted.items())


def _apply(dossier: dict[str, Any], event: dict[str, Any]) -> None:
    name = event["type"].split(".")[3]
    if name == "submitted":
        dossier["channel"] = "online"
    elif name in ("received", "ended"):
        dossier[f"{name}_at"] = event["time"]
    elif name == "fee_refunded":
        dossier["paid_channel"] = None
    elif name == "voided":
        dossier["voided"] = True
    dossier.update(event["data"])


def _counted_in(dossier: dict[str, Any]) -> list[tuple[int, int]]:
    found = []
    if received := dossier.get("received_at"):
        day, online = _day(received), dossier.get("channel") == "online"
        found.append((0, day))
        if online:
            found.append((1, day))
        if online and dossier.get("service_level") == "full":
            found.append((2, day))
        if dossier.get("fee_due") and dossier.get("paid_channel") in ("portal", "gateway"):
            found.append((3, day))
    if ended := dossier.get("ended_at"):
        day, due = _day(ended), dossier.get("due_at")
        found.append((4, day))
        if not due or day <= _day(due):
            found.append((5, day))
    return found


def _day(text: str) -> int:
    """Days since 1970 in Vietnam."""
    time = datetime.fromisoformat(text)
    return ((time - (time.utcoffset() or timedelta()) + VIETNAM).date() - EPOCH).days
