"""The job, as the Python peers do it: one place, so that they differ in nothing but the framework.

Only what the six counts need is read and kept: 9 of the contract's 34 columns, each with the time of the
event that set it (last writer wins, so a duplicate or a late event changes nothing). An event that states
none of them looks up no state. States are plain values, for frameworks that keep them as JSON.
"""

from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from bench.peers.table import MEASURES

ZONE_SECONDS = 7 * 3600
DAY_SECONDS = 86_400
COLUMNS = (
    *("agency", "channel", "service_level", "fee_due", "paid_channel"),
    *("received_at", "ended_at", "due_at", "voided"),
)
AGENCY, CHANNEL, LEVEL, FEE, PAID, RECEIVED, ENDED, DUE, VOIDED = range(len(COLUMNS))
WIDTH = len(COLUMNS)
UNSET = msgspec.UNSET
State = list[Any]
"""Values of COLUMNS (times as Vietnamese days since 1970), then their versions (Unix seconds)."""
Cell = tuple[str, int]
"""Agency and day."""
Contribution = tuple[Cell, tuple[int, ...]]
"""A cell, and the numbers of the measures that count there."""
Contributions = tuple[Contribution | None, Contribution | None]
NOTHING: Contributions = (None, None)
ONLINE_PAYMENT = ("portal", "gateway")
AT_RECEIPT = [[(0,), (0, 3)], [(0, 1), (0, 1, 3)], [(0, 1, 2), (0, 1, 2, 3)]]
"""Measures by how it came (counter, online, online with the full process) and whether paid online."""
AT_END = [(4,), (4, 5)]


class Data(msgspec.Struct, gc=False):
    """What the counts need of an event's data."""

    agency: str | msgspec.UnsetType | None = UNSET
    channel: str | msgspec.UnsetType | None = UNSET
    service_level: str | msgspec.UnsetType | None = UNSET
    fee_due: bool | msgspec.UnsetType | None = UNSET
    paid_channel: str | msgspec.UnsetType | None = UNSET
    received_at: datetime | msgspec.UnsetType | None = UNSET
    ended_at: datetime | msgspec.UnsetType | None = UNSET
    due_at: datetime | msgspec.UnsetType | None = UNSET
    voided: bool | msgspec.UnsetType | None = UNSET


class Event(msgspec.Struct, gc=False):
    """A CloudEvent."""

    subject: str
    type: str
    time: datetime
    data: Data


class Kind(NamedTuple):
    """What an event type may state: columns of `data`, a milestone that takes the event's time, constants."""

    columns: tuple[tuple[int, str], ...] = ()
    milestone: int = -1
    constants: tuple[tuple[int, Any], ...] = ()


def _named(*columns: int) -> tuple[tuple[int, str], ...]:
    return tuple((column, COLUMNS[column]) for column in columns)


_ANY = Kind(_named(*range(len(COLUMNS))))
_KINDS = {
    "submitted": Kind(_named(AGENCY, LEVEL), constants=((CHANNEL, "online"),)),
    "received": Kind(_named(AGENCY, CHANNEL, LEVEL, FEE, DUE, RECEIVED), RECEIVED),
    "supplement_received": Kind(_named(DUE)),
    "extended": Kind(_named(DUE)),
    "fee_paid": Kind(_named(PAID)),
    "fee_refunded": Kind(constants=((PAID, None),)),
    "ended": Kind(_named(ENDED), ENDED),
    "voided": Kind(constants=((VOIDED, True),)),
    "corrected": _ANY,
    "snapshot": _ANY,
}
KINDS = {f"vn.reform.dossier.{name}.v1": kind for name, kind in _KINDS.items()}
decode = msgspec.json.Decoder(Event).decode


def new_state() -> State:
    return [None] * WIDTH + [0] * WIDTH


def matters(event: Event) -> bool:
    """Whether the event can state anything that is counted; if not, no state need be looked up."""
    return event.type in KINDS


def fold(state: State, event: Event) -> bool:
    """Let the state take what an event that matters states; whether it changed."""
    columns, milestone, constants = KINDS[event.type]
    data, version = event.data, event.time.timestamp()
    changed = False
    for column, name in columns:
        value = getattr(data, name)
        if value is UNSET:
            if column != milestone:
                continue
            value = event.time
        if version > state[column + WIDTH]:
            if RECEIVED <= column <= DUE and value is not None:
                value = day_of(value)
            state[column] = value
            state[column + WIDTH] = version
            changed = True
    for column, value in constants:
        if version > state[column + WIDTH]:
            state[column] = value
            state[column + WIDTH] = version
            changed = True
    return changed


def day_of(time: datetime) -> int:
    return int(time.timestamp() + ZONE_SECONDS) // DAY_SECONDS


def contributions(state: State) -> Contributions:
    """What a dossier counts where: at the day it was received, and at the day it ended."""
    if state[VOIDED]:
        return NOTHING
    received = ended = None
    agency = state[AGENCY] or ""
    if state[RECEIVED] is not None:
        online = state[CHANNEL] == "online"
        paid = state[FEE] and state[PAID] in ONLINE_PAYMENT
        way = online + (online and state[LEVEL] == "full")
        received = (agency, state[RECEIVED]), AT_RECEIPT[way][bool(paid)]
    if state[ENDED] is not None:
        on_time = state[DUE] is None or state[ENDED] <= state[DUE]
        ended = (agency, state[ENDED]), AT_END[on_time]
    return received, ended


class Counts:
    """The counts, and which of them changed since they were last taken."""

    def __init__(self) -> None:
        self.cells: dict[Cell, list[int]] = {}
        self.changed: set[Cell] = set()

    def move(self, old: Contributions, new: Contributions) -> None:
        """Take the old contributions of a dossier out, and the new ones in."""
        for before, after in zip(old, new):  # noqa: B905 - two each; strict costs time
            if before != after:
                if before is not None:
                    self.add(*before, -1)
                if after is not None:
                    self.add(*after, 1)

    def add(self, cell: Cell, measures: tuple[int, ...], sign: int) -> None:
        counted = self.cells.get(cell)
        if counted is None:
            counted = self.cells[cell] = [0] * len(MEASURES)
        for number in measures:
            counted[number] += sign
        self.changed.add(cell)

    def take_changed(self) -> list[tuple[str, int, list[int]]]:
        taken = [(*cell, self.cells[cell]) for cell in self.changed]
        self.changed.clear()
        return taken

    def rows(self) -> list[list[Any]]:
        """Agency, day, counts: of all cells that count something."""
        return sorted([*cell, *counted] for cell, counted in self.cells.items() if any(counted))
