"""Recovery: the ledgers of shards from the store, the same for a first start, a crash, and a new epoch.

Shards of a topic that are assigned together are loaded together: the store is read once for all.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping

import polars as pl

from schemas.contract import entities_of
from streams import generation
from streams.checkpoint import NO_EVENTS, Checkpoint, Cubes, Epoch, Store, StoreError
from streams.domain import Domain
from streams.ledger import Ledger
from streams.pending import checkpoint_of

CELLS = 2_000_000
"""Read or written at once, about; of one shard it may be more."""
Ledgers = dict[int, Ledger]


def recover(
    store: Store,
    domain: Domain,
    epoch: Epoch,
    offsets: Mapping[int, int],
    evict_after_days: int = 0,
    told: Callable[[], None] = lambda: None,
) -> Ledgers:
    """Claim shards, load their states, count them, and bring the stored counts of the epoch in line.

    `offsets`: by partition, where the log will be read on; stored states may be ahead of it, after a crash.
    The claim of a new generation comes first, so that whoever claims later loads later, and wins over all
    that we write, however late. States that no event has touched for `evict_after_days` are counted, but not
    kept (`Ledger.evict`). Cells that the epoch lacks or has otherwise are written at once. The last shard of
    a new epoch completes it:
    readers switch over, and what it supersedes is dropped. `told`: called after each page and before each
    write; what it raises ends the recovery. Blocks; raises StoreError.
    """
    ledgers = {partition: Ledger(epoch, partition, domain, offset) for partition, offset in offsets.items()}
    told()
    _claim(store, epoch, ledgers)
    for entity in entities_of(epoch.topic):
        for page in store.state_pages(entity.name, epoch, list(ledgers)):
            for partition, states in page.items():
                ledgers[partition].load_states(entity.name, states)
                ledgers[partition].evict(evict_after_days)
            told()
    _reconcile(store, epoch, ledgers, told)
    for some in _groups({partition: ledger.changed for partition, ledger in ledgers.items()}):
        told()
        store.write(checkpoint_of([ledgers[partition] for partition in some], []))
    store.retire(epoch.topic)
    return ledgers


def _claim(store: Store, epoch: Epoch, ledgers: Ledgers) -> None:
    """Each shard's next generation is ours, and stored before any state is read."""
    newest = store.claims(epoch, list(ledgers))
    for partition, ledger in ledgers.items():
        ledger.generation = generation.after(newest.get(partition, 0))
    rows = pl.concat([ledger.claim() for ledger in ledgers.values()])
    store.write(Checkpoint(NO_EVENTS, {}, Cubes.none()._replace(hourly=rows), ()))


def _reconcile(store: Store, epoch: Epoch, ledgers: Ledgers, told: Callable[[], None]) -> None:
    """Compare by month, then cell by cell the months of shards that differ: after a clean end, none."""
    doubted: dict[tuple[str, int], dict[int, int]] = defaultdict(dict)
    summaries = store.summaries(epoch, list(ledgers))
    for partition, ledger in ledgers.items():
        stored = {cube: rows.filter(partition=partition) for cube, rows in summaries.items()}
        if any(generation.of(rows["version"]) > ledger.generation for rows in stored.values()):
            raise StoreError(f"{epoch.topic}, partition {partition}, was claimed anew while it was loaded")
        for cube, months in ledger.compare(stored).items():
            for month, cells in stored[cube].select("month", "cells").iter_rows():
                if month in months:
                    doubted[cube, month][partition] = cells
    for (cube, month), sizes in doubted.items():
        for some in _groups(sizes):
            found = store.cells(cube, epoch, some, month)
            for partition in some:
                ledgers[partition].reconcile(cube, [month], found.filter(partition=partition))
            told()


def _groups(sizes: Mapping[int, int]) -> Iterator[list[int]]:
    """Shards in groups of at most so many cells, or of one shard."""
    group: list[int] = []
    total = 0
    for partition, cells in sizes.items():
        if group and total + cells > CELLS:
            yield group
            group, total = [], 0
        group.append(partition)
        total += cells
    if group:
        yield group


def look_up(store: Store, absent: Mapping[str, pl.Series]) -> dict[str, pl.DataFrame]:
    """The states of subjects by entity, for `Ledger.restore`. Blocks; raises StoreError."""
    return {entity: store.look_up(entity, subjects) for entity, subjects in absent.items()}
