"""The transport of one process: the product's own offset logic over the simulated client.

Borrowed from `streams.transport` method by method, since the classes they belong to start threads and
sockets. What is left to simulate is Faust: when it fetches, buffers, hands over, and calls its hooks.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

from streams.owner import Owner
from streams.settings import Settings
from streams.transport.consumer import BatchConsumer
from streams.transport.thread import BatchThread
from tests.simulation.client import Client


class Thread:
    """`BatchThread` without its thread: everything runs in the one loop."""

    _commit = BatchThread._commit
    abandon_commit = BatchThread.abandon_commit
    committed = BatchThread.committed
    _committed = BatchThread._committed
    log_starts = BatchThread.log_starts
    _log_starts = BatchThread._log_starts
    seek_all = BatchThread.seek_all
    _seek_all = BatchThread._seek_all
    log = logging.getLogger("streams.simulated")

    def __init__(self, client: Client, settings: Settings, loop: asyncio.AbstractEventLoop) -> None:
        self._client = client
        self._committing: asyncio.Task[None] | None = None
        self.app = SimpleNamespace(options=settings)
        self.thread_loop = SimpleNamespace(call_soon_threadsafe=loop.call_soon)
        self.assignment = client.assignment

    def _ensure_consumer(self) -> Any:
        return _Consumer(self._client)

    async def call_thread(self, method: Callable[..., Any], *args: Any) -> Any:
        return await method(*args)


class _Consumer:
    """The client under the names of AIOKafkaConsumer."""

    def __init__(self, client: Client) -> None:
        self.commit, self.committed, self.seek = client.commit, client.committed, client.seek
        self.beginning_offsets, self.assignment = client.beginning_offsets, client.assignment


class Consumer:
    """`BatchConsumer` without Faust."""

    force_commit = BatchConsumer.force_commit
    load = BatchConsumer.load
    perform_seek = BatchConsumer.perform_seek
    abandon_commit = BatchConsumer.abandon_commit

    def __init__(self, thread: Thread, owner: Callable[[], Owner]) -> None:
        self._thread = thread
        self._commit_lock = asyncio.Lock()
        self._read_offset: dict[Any, Any] = {}
        self.app = _App(owner)
        self.assignment = thread.assignment

    async def _commit(self, offsets: Mapping[Any, int]) -> bool:
        taken: bool = await self._thread._commit(offsets)  # type: ignore[misc]
        return taken


class _App:
    def __init__(self, owner: Callable[[], Owner]) -> None:
        self._owner = owner

    @property
    def owner(self) -> Owner:
        return self._owner()
