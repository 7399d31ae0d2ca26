"""An entity (what events are about) and its event types, as one declaration.

Decoding, the pydantic models, JSON Schema, AsyncAPI, the ClickHouse check and the recount in `verify` all
follow from these declarations; nothing repeats them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property

from schemas.column import Column, Kind

TYPE_PREFIX = "vn.reform."
VERSION = "v1"


class Own(Enum):
    """Values that an event states of itself, beside constants."""

    TIME = "the event's time"
    CLEAR = "clears the register"


@dataclass(frozen=True, eq=False)
class EventType:
    """One event type of an entity.

    columns: what `data` may state under the column's own name.
    states: what the event states unless `data` names the column: its milestone (`Own.TIME`), a cleared
        register (`Own.CLEAR`) or a constant.
    copies: columns that also take the value of another field: {"original_due_at": "due_at"}.
    choices: the field whose value names the column that takes the event's time:
        {"by": {"person": "signed_person_at", "agency": "signed_agency_at"}}.
    required: names that `data` must have.
    """

    name: str
    about: str
    columns: tuple[str, ...] = ()
    states: Mapping[str, Own | str | int | bool] = field(default_factory=dict)
    copies: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    extras: tuple[Column, ...] = ()
    """Fields of `data` that are no columns: `reason`, `by`, `ordinal`."""


@dataclass(frozen=True, eq=False)
class Entity:
    """What events are about.

    topic: its Kafka topic. table: its state table in ClickHouse. dimensions: the columns, beside
    `agency`, by which its daily counts are kept. key: what `subject` is. lies_with: the column that names
    the entity whose Kafka partition it shares; None: its own.
    """

    name: str
    topic: str
    table: str
    key: str
    columns: tuple[Column, ...]
    events: tuple[EventType, ...]
    dimensions: tuple[str, ...] = ()
    lies_with: str | None = None

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """Columns by name."""
        return {column.name: column for column in self.columns}

    @cached_property
    def extras(self) -> dict[str, Column]:
        """All fields of `data` that are no columns, by name."""
        return {extra.name: extra for event in self.events for extra in event.extras}

    def type_of(self, event: EventType) -> str:
        """The CloudEvents `type`."""
        return f"{TYPE_PREFIX}{self.name}.{event.name}.{VERSION}"

    def of_kind(self, *kinds: Kind) -> tuple[Column, ...]:
        """The columns of these kinds, in declared order."""
        return tuple(column for column in self.columns if column.kind in kinds)


REASON = Column("reason", Kind.TEXT, "Why, as a short code; stays in the event table.")


def corrected(columns: tuple[Column, ...]) -> EventType:
    """Declare the event that may contradict an earlier one on purpose."""
    names = tuple(column.name for column in columns)
    about = "Any columns, with a reason: the only event that may contradict an earlier one on purpose."
    return EventType("corrected", about, names, required=("reason",), extras=(REASON,))


def voided() -> EventType:
    """Declare the event that takes an entity out of every count."""
    about = "Entered by mistake: leaves every count."
    return EventType("voided", about, states={"voided": True}, extras=(REASON,))


def snapshot(columns: tuple[Column, ...]) -> EventType:
    """Declare the full record of a system that sends states, not events."""
    names = tuple(column.name for column in columns)
    return EventType("snapshot", "Any columns: a full record from a system that sends states.", names)
