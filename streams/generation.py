"""The version of a count: the owner's generation, then the shard's next Kafka offset. The highest one stands.

Not the offset alone: when a worker is lost between writing states and committing, the states that the next
one loads are ahead of the offset where it reads on. Its counts are right at once, but would lose to those of
its predecessor, who had come further; and what does not change again is not written again. With the
generation first an owner's counts beat those of all before it, also when those come late.
"""

from collections.abc import Iterable

import polars as pl

from streams.checkpoint import CLAIM, HOURLY_COLUMNS, Epoch
from streams.count_table import complete

OFFSET_BITS = 40
"""10**12 events in one partition; beyond it the generation goes up by itself, which does no harm."""


def version(generation: int, next_offset: int) -> int:
    """The version of the counts that an owner has made up to an offset."""
    return (generation << OFFSET_BITS) + next_offset


def of(versions: Iterable[int]) -> int:
    """The newest generation that wrote counts of these versions; 0: none."""
    return max(versions, default=0) >> OFFSET_BITS


def after(newest: int) -> int:
    """The generation that follows the one which claimed with this version."""
    return of([newest]) + 1


def claim(epoch: Epoch, partition: int, version: int) -> pl.DataFrame:
    """An hourly row that counts nothing: it shows our generation to the next owner."""
    row = {"measure": [CLAIM], "agency": [""], "bucket": [0], "value": [0]}
    rows = pl.DataFrame(row, schema={name: HOURLY_COLUMNS[name] for name in row})
    return complete([rows], HOURLY_COLUMNS, epoch, partition, version)
