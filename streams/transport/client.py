"""The aiokafka consumer of a worker: fetches batches, never resets an offset, waits between retries."""

import asyncio
from collections.abc import Callable
from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor

from schemas.kafka_error import REFUSALS
from streams.kafka import aiokafka
from streams.settings import Settings
from streams.transport.fetch import BatchFetcher

_RETRY_MS = 1_000  # a broker that is down: about 8 log lines a second become 1, and no busy loop
_REQUEST_SECONDS = 40.0
# A batch may wait for its sink as long as it takes; being slow is no reason to lose the shard.
_POLL_SECONDS = 7 * 24 * 3600


class BatchClient(AIOKafkaConsumer):  # type: ignore[misc] # aiokafka is untyped here
    """AIOKafkaConsumer with `BatchFetcher` in place of its fetcher. Start before subscribing.

    refused: called once when the group's coordinator does not let this member in. aiokafka keeps that for who
    fetches next, and without an assignment nobody does.
    """

    refused: Callable[[Exception], None]
    _fetcher: Any
    _coordinator: Any
    _heeding: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Connect; replaces the fetcher, which has nothing to do yet as nothing is subscribed."""
        await super().start()
        await self._fetcher.close()
        self._fetcher = BatchFetcher(
            self._client,
            self._subscription,
            fetch_min_bytes=self._fetch_min_bytes,
            fetch_max_wait_ms=self._fetch_max_wait_ms,
            fetch_max_bytes=self._fetch_max_bytes,
            max_partition_fetch_bytes=self._max_partition_fetch_bytes,
            check_crcs=self._check_crcs,
            fetcher_timeout=self._consumer_timeout,
            retry_backoff_ms=self._retry_backoff_ms,
            auto_offset_reset=self._auto_offset_reset,
            isolation_level=self._isolation_level,
        )
        self._heeding = asyncio.create_task(self._heed())

    async def stop(self) -> None:
        """Leave the group and close the connections."""
        if self._heeding:
            self._heeding.cancel()
        await super().stop()

    async def _heed(self) -> None:
        while True:
            error = self._coordinator._pending_exception  # noqa: SLF001 - held by a contract test
            if getattr(error, "errno", 0) in REFUSALS:
                self.refused(error)
                return
            await asyncio.sleep(_RETRY_MS / 1000)


def new_client(settings: Settings, client_id: str, refused: Callable[[Exception], None]) -> BatchClient:
    """Return an unstarted client; call in the event loop it will run in."""
    client = BatchClient(
        client_id=client_id,
        group_id=settings.group,
        group_instance_id=settings.group_instance or None,
        partition_assignment_strategy=[RoundRobinPartitionAssignor],
        enable_auto_commit=False,
        auto_offset_reset="none",  # a position outside the log is an error, see consumer.py
        max_poll_interval_ms=_POLL_SECONDS * 1000,
        max_partition_fetch_bytes=settings.fetch_max_bytes,
        # Faust hard-codes 1500 here; one idle partition then holds back the busy ones of its broker.
        fetch_min_bytes=settings.fetch_min_bytes,
        fetch_max_wait_ms=settings.fetch_max_wait_ms,
        retry_backoff_ms=_RETRY_MS,
        **aiokafka(settings),
        **_timeouts(settings),
    )
    client.refused = refused
    return client


def _timeouts(settings: Settings) -> dict[str, Any]:
    session = int(settings.session_timeout * 1000)
    return {
        "session_timeout_ms": session,
        "rebalance_timeout_ms": session,
        "heartbeat_interval_ms": int(settings.heartbeat_interval * 1000),
        "request_timeout_ms": int(max(_REQUEST_SECONDS, settings.session_timeout) * 1000),
    }
