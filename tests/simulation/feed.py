"""The events of one simulation: few entities, told of in any order, up to 90 days late, some twice or bad."""

import json
from datetime import UTC, datetime, timedelta, timezone
from random import Random
from typing import Any

from tests.simulation.log import Record
from tests.simulation.world import START

Json = dict[str, Any]
DOSSIERS = "reform.dossiers"
DOCUMENTS = "reform.documents"
AGENCIES = ("H51.18", "H51.18.02", "H37.02")
LATEST = 90 * 24 * 60
"""Minutes: the oldest events are so late."""
BAD = (b"{", b'{"specversion":"1.0"}', None)

TEXTS: dict[str, tuple[Any, ...]] = {
    "agency": AGENCIES,
    "receiving_agency": AGENCIES,
    "procedure": ("1.004946", "2.000815"),
    "field": ("G03-GD10", "G09-TP03"),
    "channel": ("online", "counter", "postal"),
    "service_level": ("full", "partial"),
    "outcome": ("granted", "denied"),
    "fee_due": (True, False),
    "satisfied": (True, False),
    "voided": (True, False),
    "paid_channel": ("portal", "cash"),
    "form": ("electronic", "paper"),
    "kind": ("report", "administrative"),
    "amount": (5_000, 35_000),
    "status": ("settled", "pending"),
}
TIMES = frozenset({"due_at", "received_at", "ended_at", "issued_at", "settled_at"})
TYPES: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "dossier": (
        ("received", ("agency", "procedure", "field", "channel", "due_at", "fee_due", "receiving_agency")),
        ("received", ("agency", "procedure", "channel", "due_at")),
        ("submitted", ("agency", "procedure", "field", "service_level")),
        ("supplement_requested", ("ordinal",)),
        ("extended", ("due_at",)),
        ("fee_paid", ("paid_channel",)),
        ("fee_refunded", ()),
        ("ended", ("outcome", "ended_at")),
        ("rated", ("satisfied",)),
        ("corrected", ("agency", "channel", "received_at", "due_at", "ended_at", "voided")),
        ("snapshot", ("agency", "procedure", "channel", "received_at", "due_at", "ended_at")),
        ("voided", ()),
    ),
    "payment": (
        ("requested", ("agency", "amount")),
        ("settled", ("agency", "amount", "settled_at")),
        ("refunded", ()),
        ("corrected", ("amount", "status", "agency")),
    ),
    "document": (
        ("issued", ("agency", "kind", "form")),
        ("signed", ("by",)),
        ("recalled", ()),
        ("corrected", ("agency", "form", "issued_at")),
    ),
}


class Feed:
    """Makes records. always_named: every payment event names its dossier."""

    def __init__(self, random: Random, always_named: bool) -> None:
        self._random, self._always_named = random, always_named
        self._sent: list[tuple[str, Record]] = []
        self._entities = random.randint(2, 6)
        self._number = 0

    def next(self, topics: tuple[str, ...]) -> tuple[str, Record]:
        """A topic and a record for it."""
        luck = self._random.random()
        if luck < 0.1 and self._sent:
            return self._random.choice(self._sent)
        topic = self._random.choice(topics)
        if luck < 0.15:
            return topic, Record(self._random.choice(BAD), f"bad-{self._random.randint(0, 9)}", None)  # type: ignore[arg-type]
        made = topic, self._record(self._event(topic))
        self._sent.append(made)
        return made

    def _record(self, event: Json) -> Record:
        return Record(json.dumps(event).encode(), event.get("partitionkey", event["subject"]), event)

    def _event(self, topic: str) -> Json:
        entity = "document" if topic == DOCUMENTS else self._random.choice(("dossier", "dossier", "payment"))
        name, columns = self._random.choice(TYPES[entity])
        number = self._random.randrange(self._entities)
        self._number += 1
        event: Json = {
            "specversion": "1.0",
            "id": f"e{self._number}",
            "source": "/h51/one-stop",
            "type": f"vn.reform.{entity}.{name}.v1",
            "subject": f"{entity}-{number}",
            "time": self._time(),
            "data": self._data(name, columns),
        }
        if entity == "payment":
            event["partitionkey"] = f"dossier-{number}"
            if self._always_named or self._random.random() < 0.5:
                event["data"]["dossier"] = event["partitionkey"]
        return event

    def _data(self, name: str, columns: tuple[str, ...]) -> Json:
        needed = {"rated": ("satisfied",), "signed": ("by",)}.get(name, ())
        chosen = [c for c in columns if c in needed or self._random.random() < 0.7]
        data = {column: self._value(column) for column in chosen}
        if name == "corrected":
            data["reason"] = "nhap-sai"
        for column in data:
            clearable = column in TIMES or column in ("agency", "channel", "status", "amount")
            if name == "corrected" and clearable and self._random.random() < 0.2:
                data[column] = None
        return data

    def _value(self, column: str) -> Any:
        if column == "by":
            return self._random.choice(("person", "agency"))
        if column == "ordinal":
            return self._random.randint(1, 3)
        if column == "due_at":
            return self._time(ahead=20)
        return self._time() if column in TIMES else self._random.choice(TEXTS[column])

    def _time(self, ahead: int = 0) -> str:
        """Few instants, so that some are equal; most of the last days, some 90 days ago."""
        back = self._random.choice((60, 120, 180, 24 * 60, 30 * 24 * 60, LATEST)) - ahead * 24 * 60
        zone = timezone(timedelta(hours=self._random.choice((0, 7))))
        return (datetime.fromtimestamp(START, UTC) - timedelta(minutes=back)).astimezone(zone).isoformat()
