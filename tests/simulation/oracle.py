"""The oracle of the simulation: what states and cells have to be, by plain Python over dicts.

It shares no code with the engine: what an event states, and which of two statements stays, comes from
`tests.oracle_states`, the second writing of the contract; the measures are written here a second time.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.oracle_states import TIMES, Event, micros, rank, stated

Register = tuple[tuple[Any, ...], Any]
Registers = dict[str, Register]
"""By column: the rank of the statement that stays, and its value."""
States = dict[tuple[str, str], Registers]
"""By entity and subject."""
Cell = tuple[Any, ...]
Plain = Mapping[str, Any]

LATEST = 1 << 62
INTEGERS = frozenset({"amount", "waited_minutes", "supplements"})
DIMENSIONS = {"dossier": ("procedure", "field"), "document": ("kind",), "payment": ()}
HOUR = timedelta(hours=1)
ZONE = timedelta(hours=7)


def fold(states: States, events: Iterable[Event]) -> States:
    """Merge what events state into copies of states."""
    merged = dict(states)
    for event in events:
        key = (event["type"].split(".")[2], event["subject"])
        time, says = micros(event["time"]), stated(event)
        if says:
            state = merged[key] = dict(merged.get(key, {}))
        for column, value in says.items():
            new = rank(column, time, value)
            if column not in state or new > state[column][0]:
                state[column] = (new, value)
    return merged


def stored(entity: str, row: Mapping[str, Any]) -> Registers:
    """A row of a state table as registers; what was never stated is left out."""
    registers: Registers = {}
    for column, held in row.items():
        if column in ("subject", "partition"):
            continue
        version, value = (held["version"], held["value"]) if isinstance(held, dict) else (1, held)
        plain = _plain(entity, column, value)
        if version and not (column == "supplements" and plain is None):
            time = LATEST - version if column == "original_due_at" else version
            registers[column] = (rank(column, time, plain), plain)
    return registers


def _plain(entity: str, column: str, value: Any) -> Any:
    if isinstance(value, str):
        return value or None
    if column in TIMES[entity]:
        moment = (value - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
        return moment or None
    if column in INTEGERS:
        return None if value < 0 else value
    return None if value == 0 else value == 2


def below(ours: Registers, theirs: Registers) -> bool:
    """Whether everything in ours is in theirs, or was overruled there."""
    return all(column in theirs and mine[0] <= theirs[column][0] for column, mine in ours.items())


def _late(s: Plain) -> bool:
    return _day(s, "ended_at") > _day(s, "due_at") if s.get("ended_at") and s.get("due_at") else False


def _signed(s: Plain) -> bool:
    by = s.get("signed_person_at") or s.get("signed_agency_at")
    return bool(by) and s.get("form") in ("electronic", "both") and not s.get("recalled_at")


MEASURES: dict[str, tuple[str, str, Callable[[Plain], bool], str | None, str | None]] = {
    "dossiers_received": ("dossier", "received_at", lambda _: True, None, None),
    "dossiers_received_online": (
        *("dossier", "received_at"),
        lambda s: s.get("channel") == "online",
        *(None, None),
    ),
    "dossiers_supplemented": (
        *("dossier", "received_at"),
        lambda s: (s.get("supplements") or 0) >= 1,
        *(None, None),
    ),
    "dossiers_fell_due": (
        *("dossier", "due_at"),
        lambda s: bool(s.get("received_at")) and (not s.get("ended_at") or _late(s)),
        *(None, "received_at"),
    ),
    "payments_settled": ("payment", "settled_at", lambda s: s.get("status") == "settled", "amount", None),
    "documents_signed": ("document", "issued_at", _signed, None, None),
}
"""name: entity, at, where (voided is left out of all), sum, cohort."""


def cells(states: States) -> dict[str, Counter[Cell]]:
    """The cells that are not 0, by cube: measure, agency, ..., bucket, as in the count tables."""
    hourly: Counter[Cell] = Counter()
    daily: Counter[Cell] = Counter()
    agency_daily: Counter[Cell] = Counter()
    monthly: Counter[Cell] = Counter()
    for (entity, _), registers in states.items():
        s = {column: value for column, (_, value) in registers.items() if value is not None}
        for name, (of, at, where, total, cohort) in MEASURES.items():
            if of == entity and s.get(at) and not s.get("voided") and where(s):
                amount = s.get(total, 0) if total else 1
                hourly[name, s.get("agency", ""), _hour(s[at])] += amount
                agency_daily[name, s.get("agency", ""), _day(s, at)] += amount
                monthly[name, s.get("agency", ""), _day(s, at).replace(day=1)] += amount
                dims = (s.get(d, "") if d in DIMENSIONS[of] else "" for d in ("procedure", "field", "kind"))
                began = _day(s, cohort) if cohort and s.get(cohort) else date(1970, 1, 1)
                daily[name, s.get("agency", ""), *dims, began, _day(s, at)] += amount
    return {"hourly": +hourly, "daily": +daily, "agency_daily": +agency_daily, "monthly": +monthly}


def _moment(at: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)


def _hour(at: int) -> datetime:
    return _moment(at).replace(minute=0, second=0, microsecond=0)


def _day(s: Plain, column: str) -> date:
    return (_moment(s[column]) + ZONE).date()
