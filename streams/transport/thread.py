"""Faust's consumer thread with our client; every method here may be called from the main event loop.

The client lives in the thread's own loop, so heartbeats go on while the main loop is busy.
"""

import asyncio
from collections.abc import Collection, Mapping
from typing import Any

from aiokafka import TopicPartition
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from aiokafka.errors import IllegalStateError, KafkaError
from aiokafka.structs import OffsetAndMetadata
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread

from schemas.kafka_error import explained
from streams.shard import Fatal, Shard
from streams.transport.client import new_client

_RETRY_SECONDS = 1.0
_GRACE_SECONDS = 1.0  # for a loop that is busy to answer at all


class BatchThread(AIOKafkaConsumerThread):
    """Commits, seeks and asks for offsets, for whole sets of shards at once."""

    app: Any  # PulseApp: its `options`
    _committing: asyncio.Task[None] | None = None

    def _create_worker_consumer(self, transport: Any) -> Any:
        del transport
        self._assignor = RoundRobinPartitionAssignor
        return new_client(self.app.options, self.app.conf.broker_client_id, self._refused)

    def _refused(self, error: Exception) -> None:
        self.app.loop.call_soon_threadsafe(self.app.owner.fail, unreadable(error))

    async def _commit(self, offsets: Mapping[TopicPartition, int]) -> bool:
        """Commit in the thread's loop; False if the broker did not take it: the next commit repairs that."""
        mine = {
            TopicPartition(*tp): OffsetAndMetadata(o, "")
            for tp, o in offsets.items()
            if tp in self.assignment()
        }
        self._committing = asyncio.ensure_future(self._ensure_consumer().commit(mine))
        limit = self.app.options.session_timeout
        try:
            await asyncio.wait_for(asyncio.shield(self._committing), limit)
        except (KafkaError, IllegalStateError, TimeoutError, asyncio.CancelledError) as error:
            self._committing.cancel()
            self.log.warning("offsets not committed, will be tried again: %r", error)
            return False
        return len(mine) == len(offsets)

    def abandon_commit(self) -> None:
        """End a commit that is still being tried, before the group goes on to its next generation.

        aiokafka repeats a failing commit under whatever generation is current; that would set back the
        offset that the shard's new owner has committed meanwhile.
        """
        if self._committing is not None:
            self.thread_loop.call_soon_threadsafe(self._committing.cancel)

    async def committed(self, shards: Collection[Shard]) -> dict[Shard, int | None]:
        """Return the group's committed offsets; waits as long as the broker is away."""
        result: dict[Shard, int | None] = await self.call_thread(self._committed, shards)
        return result

    async def _committed(self, shards: Collection[Shard]) -> dict[Shard, int | None]:
        client = self._ensure_consumer()
        offsets = await asyncio.gather(*(client.committed(TopicPartition(*shard)) for shard in shards))
        return dict(zip(shards, offsets, strict=True))

    async def log_starts(self, shards: Collection[Shard]) -> dict[Shard, int]:
        """Return the earliest offset that the log of each shard still holds; waits like `committed`."""
        starts: dict[Shard, int] = await self.call_thread(self._log_starts, shards)
        return starts

    async def _log_starts(self, shards: Collection[Shard]) -> dict[Shard, int]:
        client = self._ensure_consumer()
        while True:
            try:
                starts = await client.beginning_offsets([TopicPartition(*shard) for shard in shards])
            except KafkaError as error:
                self.log.warning("no answer about the start of the log, will be tried again: %r", error)
                await asyncio.sleep(_RETRY_SECONDS)
            else:
                return {Shard(*tp): offset for tp, offset in starts.items()}

    async def seek_all(self, positions: Mapping[Shard, int]) -> None:
        """Fetch on from these offsets; shards that are not ours any more are left out."""
        await self.call_thread(self._seek_all, positions)

    async def _seek_all(self, positions: Mapping[Shard, int]) -> None:
        client = self._ensure_consumer()
        for shard, offset in positions.items():
            if TopicPartition(*shard) in client.assignment():
                client.seek(TopicPartition(*shard), offset)

    def ends(self, shards: Collection[Shard], seconds: float) -> dict[Shard, int]:
        """Return the ends of the logs as the broker tells them now; blocks, for any thread but the loops'.

        KafkaError or TimeoutError when there is no answer in time. Not through the thread's queue of calls:
        one that waits for a broker would hold up the others there.
        """
        asking = asyncio.run_coroutine_threadsafe(self._ends(shards, seconds), self.thread_loop)
        return asking.result(seconds + _GRACE_SECONDS)

    async def _ends(self, shards: Collection[Shard], seconds: float) -> dict[Shard, int]:
        partitions = [TopicPartition(*shard) for shard in shards]
        if not partitions:
            return {}
        ends = await asyncio.wait_for(self._ensure_consumer().end_offsets(partitions), seconds)
        return {Shard(*tp): offset for tp, offset in ends.items()}

    def highwaters_seen(self, shards: Collection[Shard]) -> dict[Shard, int]:
        """Return the end of the log as the last fetch saw it, for the shards where there was one."""
        client = self._ensure_consumer()
        mine = [tp for tp in map(_partition, shards) if tp in client.assignment()]
        seen = {Shard(*tp): client.highwater(tp) for tp in mine}
        return {shard: end for shard, end in seen.items() if end is not None}


def unreadable(error: Exception) -> Fatal:
    """Return the verdict on a broker that does not let us read."""
    said = explained(getattr(error, "errno", 0), str(error) or type(error).__name__)
    return Fatal(f"cannot read from Kafka: {said}")


def _partition(shard: Shard) -> TopicPartition:
    return TopicPartition(*shard)
