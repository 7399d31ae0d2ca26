"""Recovery: a shard's ledger from the store, the same for a first start, a crash, and a new epoch."""

from schemas.contract import entities_of
from streams.checkpoint import Epoch, Store
from streams.domain import Domain
from streams.ledger import Ledger
from streams.pending import checkpoint_of


def recover(store: Store, domain: Domain, epoch: Epoch, partition: int, next_offset: int) -> Ledger:
    """Load the states of a shard, count them, and bring the stored counts of the epoch in line.

    `next_offset`: where the log will be read on; stored states may be ahead of it, after a crash. Cells that
    the epoch lacks are written now. Cells that differ wait for the next checkpoint: its version is higher
    than theirs. Blocks; raises StoreError.
    """
    ledger = Ledger(epoch, partition, domain, next_offset)
    for entity in entities_of(epoch.topic):
        ledger.load_states(entity.name, store.states(entity.name, epoch, partition))
    differing = ledger.reconcile(*store.counts(epoch, partition))
    store.write(checkpoint_of([ledger], []))
    for cells in differing:
        cells.mark()
    return ledger
