"""Rebuilding: states and counts again from the event table, under a new epoch (design, invariant 6).

For after a fault in the program, or a restore. No worker may run meanwhile: it would go on counting in the
old epoch. Readers see the old counts until the new ones are complete.
"""

from collections.abc import Callable, Iterator
from typing import Protocol

import polars as pl

from schemas.contract import TOPICS, entities_of
from schemas.entity import Entity
from streams.checkpoint import NO_EVENTS, Checkpoint, Cubes, Epoch, Store
from streams.clock import system_clock
from streams.decode import Decoder
from streams.domain import Domain
from streams.recovery import recover
from streams.shard import Shard
from streams.states import States

STATES = 500_000
"""Held in memory at most, about: 200 MB."""
Told = Callable[[str, int], None]


class Rebuildable(Store, Protocol):
    """What a rebuild asks of a store, beside what the engine does."""

    def newest(self, topic: str) -> Epoch | None:
        """The topic's newest epoch."""

    def reopen(self, epoch: Epoch) -> Epoch:
        """A new epoch with the same content."""

    def clear_states(self, topic: str) -> None:
        """Forget what the states of a topic's entities say, but not in which shard they lie."""

    def events(self, entity: str) -> Iterator[pl.DataFrame]:
        """All events of an entity in pages with the column `event` (JSON)."""


def rebuild(store: Rebuildable, domain: Domain, told: Told) -> int:
    """Rebuild all topics; returns how many events were folded. `told`: entity and events of each page.

    Blocks; raises StoreError. After a crash in between run it again: until it has ended, states are
    incomplete.
    """
    return sum(_rebuild(store, domain, topic, told) for topic in TOPICS)


def _rebuild(store: Rebuildable, domain: Domain, topic: str, told: Told) -> int:
    last = store.newest(topic)
    if last is None:
        return 0
    reached = store.progress(last)
    fingerprint = domain.catalogue.fingerprint(topic)
    epoch = store.reopen(Epoch(topic, last.number, last.identity, last.partitions, fingerprint))
    store.clear_states(topic)
    folded = sum(_fold(store, domain, entity, told) for entity in entities_of(topic))
    offsets = {part: reached.get(Shard(topic, part), 0) for part in range(epoch.partitions)}
    recover(store, domain, epoch, offsets)
    return folded


def _fold(store: Rebuildable, domain: Domain, entity: Entity, told: Told) -> int:
    """Write what some pages say about their states, again and again; the state table merges it.

    Pages go by day, so that nearly all events of a state are in memory at once, and it is written once or
    twice instead of with every page.
    """
    decoder, states, folded = Decoder(entity.topic, domain.vocabulary), States(entity, domain.vocabulary), 0
    for page in store.events(entity.name):
        records = page["event"].cast(pl.Binary).to_list()
        for ours in decoder.decode(records, system_clock()).facts.values():
            states.fold(ours, frozenset())
        folded += page.height
        told(entity.name, page.height)
        if len(states) >= STATES:
            _write(store, states)
            states = States(entity, domain.vocabulary)
    _write(store, states)
    return folded


def _write(store: Rebuildable, states: States) -> None:
    frame = states.take_changed()
    if frame is not None:
        store.write(_only_states(states.entity.name, frame))


def _only_states(entity: str, frame: pl.DataFrame) -> Checkpoint:
    return Checkpoint(NO_EVENTS, {entity: frame}, Cubes.none(), ())
