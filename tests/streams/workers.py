"""Workers for tests of recovery: they fold a log, and are lost or held up at any step of a write."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from schemas.catalogue import Catalogue
from streams.checkpoint import Checkpoint, Cubes, Store
from streams.decode import Decoder
from streams.domain import Domain
from streams.ledger import Ledger
from streams.pending import checkpoint_of
from streams.recovery import recover
from streams.replay import event_rows
from tests.naive import NOW
from tests.streams.folding import CATALOGUE

STEPS = ("events", "states", *Cubes._fields, "progress")
TOPIC = "reform.dossiers"


def part(checkpoint: Checkpoint, *steps: str) -> Checkpoint:
    """What was written of a checkpoint when only these steps were done."""
    none = Cubes.none()
    cubes = {cube: frame for cube, frame in checkpoint.counts._asdict().items() if cube in steps}
    return Checkpoint(
        checkpoint.events if "events" in steps else pl.DataFrame(),
        checkpoint.states if "states" in steps else {},
        none._replace(**cubes),
        checkpoint.progress if "progress" in steps else (),
    )


@dataclass
class Worker:
    """Owner of one shard of a topic. `log`: all records of the shard."""

    store: Store
    log: Sequence[bytes]
    committed: int = 0
    identity: str = "log"
    partition: int = 0
    partitions: int = 1
    catalogue: Catalogue = CATALOGUE
    events: list[pl.DataFrame] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.domain = Domain(self.catalogue)
        epoch = self.store.epoch(TOPIC, self.identity, self.partitions, self.catalogue.fingerprint(TOPIC))
        self.ledger: Ledger = recover(self.store, self.domain, epoch, {self.partition: self.committed})[
            self.partition
        ]
        self.decoder = Decoder(TOPIC, self.domain.vocabulary)

    def fold(self, until: int) -> Checkpoint:
        """Fold up to an offset, as one batch; returns the checkpoint, which nobody has written yet."""
        start = self.ledger.next_offset
        decoded = self.decoder.decode(self.log[start:until], NOW)
        assert decoded.refused == []
        self.ledger.fold(decoded.facts, until)
        self.events.append(event_rows(decoded.events, TOPIC, self.partition, np.arange(start, until)))
        made = checkpoint_of([self.ledger], self.events)
        self.events.clear()
        return made

    def write(self, until: int) -> None:
        """Fold up to an offset and write it all."""
        self.store.write(self.fold(until))
