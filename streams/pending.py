"""What was folded since the last checkpoint and is not durable yet."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from streams.checkpoint import NO_EVENTS, Checkpoint, Cubes
from streams.dead_letter import DeadLetter
from streams.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Unwritten:
    """A checkpoint with the dead letters that go with it."""

    checkpoint: Checkpoint
    letters: tuple[DeadLetter, ...]


@dataclass(slots=True)
class Pending:
    """Rows for the event table, dead letters, and the ledgers they belong to."""

    rows: int = 0
    events: list[pl.DataFrame] = field(default_factory=list)
    letters: list[DeadLetter] = field(default_factory=list)
    ledgers: dict[int, Ledger] = field(default_factory=dict)

    def add(self, ledger: Ledger, records: int, events: pl.DataFrame, letters: Sequence[DeadLetter]) -> None:
        """Note a folded batch of so many records."""
        self.rows += records
        self.events.append(events)
        self.letters += letters
        self.ledgers[id(ledger)] = ledger

    def take(self) -> Unwritten:
        """Make the checkpoint of it; afterwards nothing is pending."""
        made = checkpoint_of(list(self.ledgers.values()), self.events)
        letters = tuple(self.letters)
        self.rows = 0
        for part in (self.events, self.letters, self.ledgers):
            part.clear()
        return Unwritten(made, letters)


def checkpoint_of(ledgers: Sequence[Ledger], events: Sequence[pl.DataFrame]) -> Checkpoint:
    """Everything that changed in these ledgers, with the events that did it."""
    states: dict[str, list[pl.DataFrame]] = {}
    for ledger in ledgers:
        for entity, frame in ledger.take_states().items():
            states.setdefault(entity, []).append(frame)
    return Checkpoint(
        pl.concat(events) if events else NO_EVENTS,
        {entity: pl.concat(frames) for entity, frames in states.items()},
        Cubes.joined(ledger.take_counts() for ledger in ledgers),
        tuple(ledger.progress for ledger in ledgers),
    )
