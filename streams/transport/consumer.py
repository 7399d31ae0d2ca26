"""The consumer that Faust sees: one message per chunk, offsets only as the owner says, drained revokes.

Faust's own acknowledgement is not used: it acknowledges a batch whose agent raised, and takes the offsets
inside a batch for gaps. What may be committed is known to `streams.owner` alone.
"""

import asyncio
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from aiokafka.errors import KafkaError, OffsetOutOfRangeError
from faust.transport.drivers import aiokafka as driver
from faust.types import TP, ConsumerMessage
from faust.types.transports import SchedulingStrategyT

from streams.shard import Fatal, Shard
from streams.transport.fetch import Chunk
from streams.transport.thread import BatchThread, unreadable

_DRAIN = 0.6  # of the session timeout: the rest is for the commit and for the group to notice us


class PerShard(SchedulingStrategyT):
    """Hands each shard's chunk on as it is; Faust's own strategies take records one by one in turns."""

    @classmethod
    def map_from_records(cls, records: Any) -> Any:
        """Leave them as they are."""
        return records

    def iterate(self, records: Mapping[TP, Any]) -> Iterator[tuple[TP, Any]]:
        """Each shard once."""
        return iter(records.items())


class BatchConsumer(driver.Consumer):
    """Faust's consumer over `BatchThread`; runs in the main event loop."""

    app: Any  # PulseApp: its `options` and `owner`
    _thread: BatchThread

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._commit_lock = asyncio.Lock()

    def _new_consumer_thread(self) -> BatchThread:
        return BatchThread(self, loop=self.loop, beacon=self.beacon)

    def _to_message(self, tp: TP, chunk: Chunk) -> ConsumerMessage:
        last = chunk.batch.next_offset - 1
        value: Any = chunk  # Faust hands it on unread
        generation = self.app.consumer_generation_id
        return ConsumerMessage(
            tp.topic, tp.partition, last, 0.0, 0, [], None, value, None, 0, 0, tp, generation_id=generation
        )

    async def _getmany(self, active_partitions: set[TP] | None, timeout: float) -> Any:
        try:
            return await super()._getmany(active_partitions, timeout)
        except OffsetOutOfRangeError as error:
            self.app.owner.fail(await self._left_the_log(error))
        except KafkaError as error:
            self.app.owner.fail(unreadable(error))
        return {}

    async def _left_the_log(self, error: OffsetOutOfRangeError) -> Fatal:
        ((tp, position),) = error.args[0].items()
        shard = Shard(tp.topic, tp.partition)
        return out_of_log(shard, position, (await self._thread.log_starts([shard]))[shard])

    async def force_commit(self, topics: Any = None, start_new_transaction: bool = True) -> bool:
        """Commit what is durable and not yet committed; every commit of Faust's ends up here, too."""
        del topics, start_new_transaction
        async with self._commit_lock:
            tenure = self.app.owner.tenure
            due = tenure.due() if tenure else {}
            if not due or not await self._commit({TP(*shard): offset for shard, offset in due.items()}):
                return False
            tenure.confirm(due)
            return True

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        """Offsets inside a batch are no gaps."""

    def verify_event_path(self, now: float, tp: TP) -> None:
        """Not Faust's way: it takes a batch that waits for its sink for a livelock."""

    def resume_flow(self) -> None:
        """Let batches flow, but only once the processor has loaded its shards."""
        if self.app.owner.ready:
            super().resume_flow()

    async def load(self) -> None:
        """Give the owner all shards that are now ours; called when a rebalance is through."""
        shards = sorted(Shard(tp.topic, tp.partition) for tp in self.assignment())
        committed = await self._thread.committed(shards) if shards else {}
        starts = await self._thread.log_starts(shards) if shards else {}
        for shard, offset in committed.items():
            if offset is not None and offset < starts[shard]:
                self.app.owner.fail(out_of_log(shard, offset, starts[shard]))
                return
        await self.app.owner.take(committed, starts)

    async def perform_seek(self) -> None:
        """Go on where the owner stands: at the start offsets, or after the last batch it took."""
        tenure = self.app.owner.tenure
        if tenure is not None:
            self._read_offset.update({TP(*shard): None for shard in tenure.positions})
            await self._thread.seek_all(tenure.positions)

    async def abandon_commit(self) -> None:
        """See BatchThread."""
        self._thread.abandon_commit()

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Stop the flow, drain, flush, commit, drop the shards; then Faust's own bookkeeping."""
        self.stop_flow()
        self.app.flow_control.suspend()
        await self.app.owner.release(self.app.options.session_timeout * _DRAIN)
        await super().on_partitions_revoked(revoked)

    def ends(self, shards: Collection[Shard], seconds: float) -> dict[Shard, int]:
        """Ask for the ends of the logs, not from the event loop; KafkaError, TimeoutError: no answer."""
        return self._thread.ends(shards, seconds)

    def lags(self) -> dict[Shard, int]:
        """Events behind the end of the log, per shard of ours; a shard not fetched from yet is left out."""
        tenure = self.app.owner.tenure
        if tenure is None:
            return {}
        ends = self._thread.highwaters_seen(tenure.positions)
        return {shard: max(0, end - tenure.committed[shard]) for shard, end in ends.items()}


class BatchTransport(driver.Transport):
    """Faust's aiokafka transport with the consumer above."""

    Consumer = BatchConsumer


def out_of_log(shard: Shard, offset: int, start: int) -> Fatal:
    """Return the verdict on an offset that the log does not hold."""
    where = f"{shard.topic}, partition {shard.partition}"
    return Fatal(
        f"{where}: the committed offset {offset} is not in the log, which starts at {start}."
        " The events in between were deleted, or the topic was created anew, so counts may lack them."
        " Nothing was changed. To go on from what the log holds, run `reform-pulse rebuild --from-topics`."
    )
