"""Recovery: a shard's ledger from the store, the same for a first start, a crash, and a new epoch."""

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from schemas.contract import entities_of
from streams.checkpoint import Epoch, Store
from streams.domain import Domain
from streams.ledger import Ledger
from streams.pending import checkpoint_of


def recover(
    store: Store, domain: Domain, epoch: Epoch, partition: int, next_offset: int, evict_after_days: int = 0
) -> Ledger:
    """Load the states of a shard, count them, and bring the stored counts of the epoch in line.

    `next_offset`: where the log will be read on; stored states may be ahead of it, after a crash. States that
    no event has touched for `evict_after_days` are counted, but not kept (`Ledger.evict`). Cells that
    the epoch lacks or has otherwise are written at once, and with them the claim of a new generation, so
    that the next owner's is higher even if we write no count. The last shard of a new epoch completes it:
    readers switch over, and what it supersedes is dropped. Blocks; raises StoreError.
    """
    ledger = Ledger(epoch, partition, domain, next_offset)
    for entity in entities_of(epoch.topic):
        for page in store.state_pages(entity.name, epoch, partition):
            ledger.load_states(entity.name, page)
            ledger.evict(evict_after_days)
    ledger.reconcile(store.counts(epoch, partition))
    made = checkpoint_of([ledger], [])
    claimed = made.counts._replace(hourly=pl.concat([made.counts.hourly, ledger.claim()]))
    store.write(replace(made, counts=claimed))
    store.retire(epoch.topic)
    return ledger


def look_up(store: Store, absent: Mapping[str, pl.Series]) -> dict[str, pl.DataFrame]:
    """The states of subjects by entity, for `Ledger.restore`. Blocks; raises StoreError."""
    return {entity: store.look_up(entity, subjects) for entity, subjects in absent.items()}
