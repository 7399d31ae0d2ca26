"""What an adapter makes of a payload: events, refusals by row and column, and what was noticed on the way.

Nothing in here holds a value of the source as it came: events hold what the contract allows, refusals hold
the masked value, and the rest are counts and names.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from schemas.refusal import Reason, Refusal, mask

Event = dict[str, Any]
"""A CloudEvent of contract v1 in structured mode."""


class FieldError(Exception):
    """A field of a record cannot be understood; `column` is the source's own name of it, and no secret."""

    def __init__(self, reason: Reason, column: str, value: object = None) -> None:
        super().__init__(reason.code)
        self.reason, self.column, self.value = reason, column, mask(value)


@dataclass(frozen=True, slots=True)
class Refused:
    """One record that gave no events. row: its number in the payload, from 1; of sheets the sheet's own row.

    column: the source's name of the field, "" when it is about the whole record. value: masked.
    """

    row: int
    column: str
    reason: Reason
    value: str = ""

    @property
    def vi(self) -> str:
        """Say it in Vietnamese."""
        place = f"Dòng {self.row}" + (f", cột “{self.column}”" if self.column else "")
        return f"{place}: {self.reason.vi(self.column)}" + (f" (giá trị: {self.value})" if self.value else "")

    @property
    def en(self) -> str:
        """Say it in English."""
        place = f"row {self.row}" + (f", column `{self.column}`" if self.column else "")
        return f"{place}: {self.reason.en(self.column)}"

    def __str__(self) -> str:
        return f"{self.vi} / {self.en}"


@dataclass(frozen=True, slots=True)
class Drafted:
    """Events of one record, not yet checked against the contract.

    origins: by field of `data`, the source's own name of where it came from. noticed, understood: see
    Converted.
    """

    events: list[Event]
    origins: Mapping[str, str] = field(default_factory=dict)
    noticed: Counter[str] = field(default_factory=Counter)
    understood: Counter[tuple[str, str]] = field(default_factory=Counter)


@dataclass
class Converted:
    """What came of a payload.

    rows: how many records it held. places: the row of each event. noticed: bad habits of the sender
    (sources.habits), counted. understood: how many values were read, by (the source's field, ours). ignored:
    fields that no one reads, counted. totals: control totals; only `portal-totals` has them.
    """

    events: list[Event] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    noticed: Counter[str] = field(default_factory=Counter)
    understood: Counter[tuple[str, str]] = field(default_factory=Counter)
    ignored: Counter[str] = field(default_factory=Counter)
    totals: list[Any] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    rows: int = 0

    def take(self, row: int, drafted: Drafted) -> None:
        """Take in a record that the contract allows."""
        self.events += drafted.events
        self.places += [row] * len(drafted.events)
        self.noticed += drafted.noticed
        self.understood += drafted.understood

    def add(self, other: "Converted") -> None:
        """Take in what came of another payload of the same source."""
        self.events += other.events
        self.places += other.places
        self.refused += other.refused
        self.totals += other.totals
        self.noticed += other.noticed
        self.understood += other.understood
        self.ignored += other.ignored
        self.rows += other.rows


def refused_whole(error: Refusal | FieldError, row: int = 1) -> Converted:
    """A payload of which nothing can be read."""
    column = error.column if isinstance(error, FieldError) else error.field
    return Converted(refused=[Refused(row, column, error.reason, error.value)], rows=1)
