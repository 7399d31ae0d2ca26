"""What the oracle says about one recovery of a shard, and about one write of its owner."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from streams.checkpoint import Epoch
from tests.simulation import oracle
from tests.simulation.log import Record
from tests.simulation.oracle import Cell, States


@dataclass(eq=False)
class Load:
    """One recovery: who, what it was given, and where it reads on. states: as they were when it read them.

    wrote: the cells that it has written, whether they stay or not.
    counts_read: the number of the store's step before it read the cells. last: its newest write.
    newest: nobody has loaded the shard since.
    """

    process: str
    epoch: Epoch
    partition: int
    start: int
    states: States = field(default_factory=dict)
    counts_read: int = 0
    generation: int = 0
    last: "Expected | None" = None
    newest: bool = True
    wrote: set[tuple[str, Cell]] = field(default_factory=set)


@dataclass(frozen=True, eq=False)
class Expected:
    """What a shard's owner has to know at an offset: everything loaded and all that was read since."""

    load: Load
    reached: int
    records: tuple[Record, ...]
    states: States
    cells: dict[str, Counter[Cell]]

    @classmethod
    def at(cls, load: Load, reached: int, records: Iterable[Record]) -> "Expected":
        """`records`: from the start of the load to the offset."""
        read = tuple(records)
        states = oracle.fold(load.states, [record.event for record in read if record.event])
        return cls(load, reached, read, states, oracle.cells(states))
