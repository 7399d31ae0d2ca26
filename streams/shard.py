"""A shard and a batch of its log: the nouns that the transport, the engine and the sinks share."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from streams.errand import Errand


class Shard(NamedTuple):
    """One Kafka partition of one entity's topic; the unit of ownership, of state and of recovery."""

    topic: str
    partition: int


@dataclass(frozen=True, slots=True)
class Batch:
    """All records that one fetch returned for one shard.

    values: the record values as they lay in the log, None for a tombstone.
    offsets: one per value, rising, not always contiguous.
    next_offset: where the log goes on after this batch.
    accepted_at: the record timestamp of the oldest, in microseconds since 1970 UTC; 0: not known.
    """

    shard: Shard
    values: list[bytes | None]
    offsets: list[int]
    next_offset: int
    accepted_at: int = 0


class Fatal(Exception):  # noqa: N818 - a verdict, not an accident
    """The worker must stop: going on would lose or falsify something. The message says how to mend it."""


class Commit(Protocol):
    """Marks offsets durable and commits them; called only after the sinks hold everything before them."""

    async def __call__(self, durable: Mapping[Shard, int]) -> None:
        """Commit the next offsets; shards that are no longer ours are left out in silence."""


class Processor(Protocol):
    """The engine as the transport sees it. Called from one event loop, never concurrently per shard."""

    @property
    def errand(self) -> Errand:
        """The call of a sink that is under way; read from any thread."""

    async def assign(self, committed: Mapping[Shard, int | None]) -> None:
        """Load the shards (all that are now ours; None: nothing committed) before any batch flows."""

    async def process(self, batch: Batch, commit: Commit) -> None:
        """Fold a batch; checkpoint and commit when due. Bad records never raise.

        Retries a failing sink in place, with back-off, until it succeeds or the task is cancelled; raises
        only Fatal.
        """

    async def flush(self, commit: Commit) -> None:
        """Make all that was folded durable and commit it: on a timer, before a revoke, before shutdown."""

    async def revoke(self) -> None:
        """Drop all shards; whatever was not flushed will be read again by the next owner."""
