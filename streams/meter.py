"""What an engine reports to Prometheus about its work; the metrics are declared in `streams.metrics`."""

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from schemas.instant import MICROSECONDS
from streams import metrics
from streams.bounded import Bounded
from streams.dead_letter import DeadLetter
from streams.shard import Batch, Shard


class Meter:
    """Counts what one engine does. The labels that senders choose are bounded to so many sources.

    What is refused has its own bound: garbage must not crowd out the sources that send well.
    """

    def __init__(self, sources: int) -> None:
        self._good, self._bad = Bounded(sources), Bounded(sources)
        self._oldest = 0

    def batch(self, batch: Batch, events: pl.DataFrame, letters: Iterable[DeadLetter], now: int) -> None:
        """A batch was folded."""
        metrics.BATCHES.observe(len(batch.values))
        metrics.FOLDED.labels(batch.shard.topic).inc(events.height)
        for source in events["source"].unique():
            metrics.SOURCE_HEARD.labels(self._good.label(source)).set(now / MICROSECONDS)
        for letter in letters:
            source = self._bad.label(letter.source)
            metrics.REFUSED.labels(letter.topic, source, letter.reason).inc()
        accepted = batch.accepted_at or now
        self._oldest = min(self._oldest or accepted, accepted)

    def pending(self, events: int) -> None:
        """So many events are not durable yet."""
        metrics.PENDING.set(events)

    def states(self, sizes: Iterable[tuple[int, int]]) -> None:
        """So many states are in memory, and so many have left it, in each shard."""
        held, evicted = (sum(column) for column in zip((0, 0), *sizes, strict=True))
        metrics.STATES.set(held)
        metrics.EVICTED.set(evicted)

    def taken(self) -> int:
        """A checkpoint takes all that is pending: when Kafka accepted the oldest of it (0: nothing)."""
        oldest, self._oldest = self._oldest, 0
        return oldest

    def durable(self, oldest: int, now: int) -> None:
        """A checkpoint was committed whose oldest event Kafka accepted then."""
        if oldest:
            metrics.FRESHNESS.observe(max(0, now - oldest) / MICROSECONDS)
        metrics.CHECKPOINTED.set(now / MICROSECONDS)

    def holds(self, shards: Sequence[Shard], now: int) -> None:
        """The engine now holds these shards."""
        metrics.SHARDS.set(len(shards))
        metrics.CHECKPOINTED.set(now / MICROSECONDS)


def show_lags(lags: Mapping[Shard, int]) -> None:
    """Export the lag of the shards that are ours, and forget the others'."""
    metrics.LAG.clear()
    for shard, lag in lags.items():
        metrics.LAG.labels(shard.topic, str(shard.partition)).set(lag)
