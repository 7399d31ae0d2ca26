"""Which dossiers there were: their fates are given by the figures of S3, their dates are drawn.

A fate says what has become of a dossier by the end of the quarter. The first three are what S3 counts;
`voided` (entered by mistake) and `refused` (never accepted) must not show in any of its figures.
"""

from collections import Counter
from random import Random
from typing import Literal, NamedTuple

from sources.nga_nam.hours import DAY, DAYS, END, QUARTER
from sources.nga_nam.offices import OFFICES, TOWN, Office
from sources.nga_nam.procedures import COMMUNE_PROCEDURES, TOWN_PROCEDURES, Procedure

Fate = Literal["on_time", "late", "pending", "voided", "refused"]

CUT_OFF = DAY - 7_200
"""15:00; what comes in later is promised for the next working day at the earliest (domain, section 6)."""

SETTLING = 3_600
"""The last ending leaves an hour of the quarter for what follows it."""


class Dates(NamedTuple):
    """When it came, for which day it was promised (first, and after an extension), when it ended."""

    received: int
    due_day: int
    extended_day: int | None = None
    ended: int | None = None


class Case(NamedTuple):
    """One dossier before its story is told."""

    office: Office
    code: str
    procedure: Procedure
    channel: str
    fate: Fate
    dates: Dates


def cases(rng: Random) -> list[Case]:
    """All dossiers of the quarter, by office and time of coming in."""
    return [case for office in OFFICES for case in _of(office, rng)]


def _of(office: Office, rng: Random) -> list[Case]:
    drawn = sorted(
        (_draw(office, fate, rng) for fate in _fates(office)), key=lambda case: case.dates.received
    )
    numbers: Counter[int] = Counter()
    coded = []
    for case in drawn:
        day = case.dates.received // DAY
        numbers[day] += 1
        coded.append(case._replace(code=f"{office.code}-{DAYS[day]:%y%m%d}-{numbers[day]:04}"))
    return coded


def _fates(office: Office) -> list[Fate]:
    counts: dict[Fate, int] = {
        "on_time": office.on_time,
        "late": office.late,
        "pending": office.pending,
        "voided": office.voided,
        "refused": office.refused,
    }
    return [fate for fate, count in counts.items() for _ in range(count)]


def _draw(office: Office, fate: Fate, rng: Random) -> Case:
    table: tuple[Procedure, ...] = TOWN_PROCEDURES if office.code == TOWN else COMMUNE_PROCEDURES
    if fate == "pending":
        table = tuple(p for p in table if p.days >= 3)
    if fate == "refused":
        table = tuple(p for p in table if p.level != "info")
    procedure = rng.choices(table, [p.weight for p in table])[0]
    return Case(office, "", procedure, _channel(procedure, fate, rng), fate, _dates(procedure, fate, rng))


def _channel(procedure: Procedure, fate: Fate, rng: Random) -> str:
    if fate == "refused" or (procedure.level != "info" and rng.random() < 0.55):
        return "online"
    return "postal" if rng.random() < 0.02 else "counter"


def _dates(procedure: Procedure, fate: Fate, rng: Random) -> Dates:
    if fate == "voided":
        fate = rng.choice(("on_time", "late", "pending"))
    if fate == "pending" and procedure.days:
        return _pending(procedure, rng)
    if fate == "late":
        received = rng.randrange(DAY, END * 6 // 10)
        due_day = _due_day(received, procedure)
        return Dates(received, due_day, None, (due_day + 1) * DAY + rng.randrange(1_800, DAY))
    return _on_time(procedure, rng)


def _pending(procedure: Procedure, rng: Random) -> Dates:
    """Came so late that the promised day lies after the quarter."""
    received = rng.randrange((QUARTER - procedure.days) * DAY, END - 7_200)
    return Dates(received, _due_day(received, procedure))


def _on_time(procedure: Procedure, rng: Random) -> Dates:
    received = rng.randrange(900, END - 7_200)
    due_day = _due_day(received, procedure)
    if procedure.days >= 5 and due_day + 4 < QUARTER and rng.random() < 0.03:
        return Dates(received, due_day, due_day + 3, rng.randrange((due_day + 1) * DAY, (due_day + 4) * DAY))
    first, last = received + 300, min((due_day + 1) * DAY, END - SETTLING)
    return Dates(received, due_day, None, first + int((last - first) * rng.random() ** 1.5))


def _due_day(received: int, procedure: Procedure) -> int:
    day, rest = divmod(received, DAY)
    return day + max(procedure.days, 1 if rest > CUT_OFF else 0)
