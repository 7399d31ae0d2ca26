"""The events that the benchmarks run on: dossiers of some weeks, the same for the same size and seed.

Each record is a full CloudEvent of the contract, about 330 bytes. A dossier has 3.8 events on average; some
come late (up to 14 days after events that followed them), some come twice. Timestamps of one dossier differ,
so the state of a dossier is what its last events say, whatever the order of arrival.
"""

import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

TOPIC = "reform.dossiers"
ZONE = timezone(timedelta(hours=7))
FIRST = int(datetime(2025, 1, 1, tzinfo=ZONE).timestamp())
DAY = 86_400
DAYS = 41  # of handing in: as dense as a province with 2 million dossiers a year
LATE = 14 * DAY
CACHE = Path(__file__).parent.parent / ".cache" / "bench"
Fact = tuple[int, str, dict[str, Any]]
"""Unix seconds, event name, data."""


@dataclass(frozen=True)
class Workload:
    """What to make; `events` includes the duplicates. A small one may need a few dossiers more."""

    events: int = 1_000_000
    duplicates: float = 0.05
    disorder: float = 0.10
    seed: int = 1

    @property
    def dossiers(self) -> int:
        return self.events // 4

    @property
    def file(self) -> Path:
        """NDJSON in order of arrival; made when missing, and anew when this module changes."""
        version = zlib.crc32(Path(__file__).read_bytes())
        path = CACHE / f"{self.events}-{self.duplicates:g}-{self.disorder:g}-{self.seed}-{version:08x}.ndjson"
        if not path.exists():
            CACHE.mkdir(parents=True, exist_ok=True)
            part = path.with_suffix(".part")
            part.write_bytes(b"".join(record + b"\n" for record in self._arrivals()))
            part.rename(path)
        return path

    def records(self) -> list[bytes]:
        """All records in order of arrival."""
        return self.file.read_bytes().splitlines()

    def _arrivals(self) -> Iterator[bytes]:
        dice = Random(self.seed)  # noqa: S311 - reproducible, not secret
        unique = round(self.events / (1 + self.duplicates))
        happened: list[tuple[int, str, str, dict[str, Any]]] = []
        numbers = count()
        while (number := next(numbers)) < self.dossiers or len(happened) < unique:
            subject, course = _dossier(dice, number)
            happened += ((time, subject, name, data) for time, name, data in course)
        happened.sort()
        arrivals = []
        for number, (time, subject, name, data) in enumerate(happened[:unique]):  # the rest has not happened
            record = _record(time, subject, name, data)
            late = dice.randrange(LATE) if dice.random() < self.disorder else 0
            arrivals.append((time + late, number, record))
        for copied in dice.sample(range(unique), self.events - unique):
            time, number, record = arrivals[copied]
            arrivals.append((time + dice.randrange(LATE), number, record))
        return (record for _, _, record in sorted(arrivals))


def _dossier(dice: Random, number: int) -> tuple[str, list[Fact]]:
    """A subject and what happens to it, in order of time."""
    agency = f"H51.{1 + int(150 * dice.random() ** 2)}"
    day, second = dice.randrange(DAYS), dice.randrange(7 * 3600, 17 * 3600)
    subject = f"{agency}-{datetime.fromtimestamp(FIRST + day * DAY, ZONE):%y%m%d}-{number:06}"
    procedure = int(2_000 * dice.random() ** 3)
    what = {
        "agency": agency,
        "procedure": f"1.{procedure:06}",
        "field": f"G{procedure % 40:02}-TP{procedure % 7:02}",
        "service_level": dice.choices(("full", "partial", "info"), (5, 3, 2))[0],
        "applicant_kind": dice.choices(("citizen", "organisation"), (8, 2))[0],
    }
    course: list[Fact] = []
    online = what["service_level"] != "info" and dice.random() < 0.75
    now = FIRST + day * DAY + second
    if online:
        course.append((now, "submitted", what | {"accept_due_at": _text(now + DAY)}))
        now += dice.randrange(600, 6 * 3600)
        if dice.random() < 0.02:
            return subject, [*course, (now, "refused", {})]
    due = FIRST + (day + dice.randrange(1, 20)) * DAY + 17 * 3600
    received = {
        "receiving_agency": agency,
        "channel": "online" if online else dice.choice(("counter", "postal")),
        "due_at": _text(due),
        "fee_due": dice.random() < 0.5,
        "components_digitised": dice.random() < 0.7,
        "data_reused": dice.random() < 0.3,
        "identity_verified": dice.random() < 0.9,
    }
    course.append((now, "received", what | received))
    if received["fee_due"] and dice.random() < 0.9:
        now += dice.randrange(60, 3600)
        channel = dice.choices(("portal", "gateway", "transfer", "cash"), (4, 2, 1, 3))[0]
        course.append((now, "fee_paid", {"paid_channel": channel}))
        if dice.random() < 0.01:
            now += dice.randrange(60, DAY)
            course.append((now, "fee_refunded", {}))
    if dice.random() < 0.06:
        course.append((now + 1800, "supplement_requested", {"ordinal": 1}))
        now, due = now + dice.randrange(DAY // 2, 4 * DAY), due + 2 * DAY
        course.append((now, "supplement_received", {"waited_minutes": 2880, "due_at": _text(due)}))
    if dice.random() < 0.03:
        now, due = now + 3600, due + 5 * DAY
        course.append((now, "extended", {"due_at": _text(due)}))
    ended = now + int((due - now) * dice.random()) if dice.random() < 0.95 and due > now else now + 4 * DAY
    outcome = dice.choices(("granted", "denied", "returned", "withdrawn"), (90, 3, 5, 2))[0]
    filed = {"outcome": outcome, "result_file": dice.random() < 0.8, "result_digitised": dice.random() < 0.6}
    course.append((ended + 60, "ended", filed))
    now = ended + dice.randrange(120, 2 * DAY)
    if dice.random() < 0.56:
        course.append((now, "returned", {"return_channel": dice.choice(("online", "counter", "postal"))}))
    if dice.random() < 0.08:
        course.append((now + 600, "rated", {"satisfied": dice.random() < 0.9}))
    if dice.random() < 0.01:
        course.append((now + 1200, "corrected", {"reason": "wrong-outcome", "outcome": "granted"}))
    if dice.random() < 0.005:
        course.append((now + 1800, "voided", {}))
    return subject, course


def _record(time: int, subject: str, name: str, data: dict[str, Any]) -> bytes:
    event = {
        "specversion": "1.0",
        "id": f"{subject}-{name}-{time}",
        "source": "/h51/portal" if name == "submitted" else "/h51/one-stop",
        "type": f"vn.reform.dossier.{name}.v1",
        "subject": subject,
        "time": _text(time),
        "partitionkey": subject,
        "datacontenttype": "application/json",
        "data": data,
    }
    return json.dumps(event, separators=(",", ":")).encode()


def _text(time: int) -> str:
    return datetime.fromtimestamp(time, UTC).astimezone(ZONE).isoformat()


def subject_of(record: bytes) -> bytes:
    """The key of a record."""
    start = record.index(b'"subject":"') + 11
    return record[start : record.index(b'"', start)]
