"""Takes what one fetch returned for one partition as one batch: values and offsets, no object per record.

Building aiokafka's ConsumerRecord costs 1.3 us per event; values and offsets alone cost a third of that.
The fetch requests, their errors and the positions stay aiokafka's business.
"""

import asyncio
import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from typing import Any, NamedTuple

from aiokafka import TopicPartition
from aiokafka.consumer.fetcher import Fetcher, FetchError
from aiokafka.errors import CorruptRecordException, NoOffsetForPartitionError

from streams.shard import Batch, Shard


class Chunk(NamedTuple):
    """A batch and the position it was fetched from: the `next_offset` of the chunk before it."""

    start: int
    batch: Batch


class BatchFetcher(Fetcher):  # type: ignore[misc] # aiokafka is untyped here
    """aiokafka's fetcher; only how buffered answers are handed out differs."""

    async def fetched_records(
        self, partitions: Collection[TopicPartition], timeout: float = 0, max_records: int | None = None
    ) -> dict[TopicPartition, Chunk]:
        """Return what has arrived for the partitions, waiting at most `timeout` seconds for something.

        Raises what the broker answered for a partition: OffsetOutOfRangeError, TopicAuthorizationFailedError,
        CorruptRecordException. `max_records` is ignored: an answer is taken whole.
        """
        del max_records
        deadline = time.monotonic() + timeout
        while True:
            if self._subscriptions.reassignment_in_progress:
                await self._subscriptions.wait_for_assignment()
            chunks = self._take(partitions)
            left = deadline - time.monotonic()
            if chunks or left <= 0 or self._closed:
                return chunks
            await self._arrival(left)

    async def close(self) -> None:
        """Stop fetching. aiokafka's own close raises CancelledError while a fetch waits for its next try."""
        tasks = [self._fetch_task, *self._pending_tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._pending_tasks.clear()
        await super().close()

    async def _arrival(self, timeout: float) -> None:
        waiter = self._create_fetch_waiter()
        done, _ = await asyncio.wait([waiter], timeout=timeout)
        if done:
            waiter.result()  # the coordinator passes its critical errors here
        else:
            waiter.cancel()

    def _take(self, partitions: Collection[TopicPartition]) -> dict[TopicPartition, Chunk]:
        chunks = {}
        for tp in [tp for tp in self._records if tp in partitions or not self._subscriptions.is_assigned(tp)]:
            answer = self._records.pop(tp)
            self._notify(self._wait_consume_future)  # ask the broker for more of it
            if tp in partitions and (chunk := self._open(tp, answer)):
                chunks[tp] = chunk
        return chunks

    def _open(self, tp: TopicPartition, answer: Any) -> Chunk | None:
        if isinstance(answer, FetchError):
            with suppress(NoOffsetForPartitionError):  # the consumer then seeks to the log's start itself
                answer.check_raise()
            return None
        if not answer.check_assignment(tp):  # fetched before a seek or a rebalance
            return None
        records = answer._partition_records  # noqa: SLF001 - the one way to the raw batches
        start = records.next_fetch_offset
        batch = _batch(tp, start, _checked(tp, records._records, self._check_crcs))  # noqa: SLF001
        records.next_fetch_offset = batch.next_offset
        answer._update_position()  # noqa: SLF001
        return Chunk(start, batch)


def _checked(tp: TopicPartition, records: Any, check_crcs: bool) -> Iterator[Any]:
    while records.has_next():
        batch = records.next_batch()
        if check_crcs and not batch.validate_crc():
            raise CorruptRecordException(f"wrong checksum in {tp.topic}/{tp.partition}")
        yield batch


def _batch(tp: TopicPartition, start: int, parts: Iterator[Any]) -> Batch:
    values: list[bytes | None] = []
    offsets: list[int] = []
    stamps: list[int] = []
    end = start
    for part in parts:
        if not part.is_control_batch:
            for record in part:  # one pass: a list of record objects costs as much again
                if (offset := record.offset) >= start:
                    values.append(record.value)
                    offsets.append(offset)
            stamps.append(getattr(part, "first_timestamp", None) or 0)  # the oldest message format has none
        end = part.next_offset  # beyond records that compaction has removed, too
    return Batch(Shard(tp.topic, tp.partition), values, offsets, end, max(0, min(stamps, default=0)) * 1000)
