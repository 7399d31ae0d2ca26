"""One worker process: the real engine and owner, and what Faust does around them."""

import asyncio
import traceback
from collections.abc import Coroutine, Iterable, Mapping
from contextvars import Context
from functools import partial
from typing import Any

from schemas.catalogue import Catalogue
from streams.app import _COMMIT_SECONDS
from streams.domain import Domain
from streams.engine import Engine
from streams.owner import Owner
from streams.settings import Settings
from streams.shard import Fatal, Shard
from streams.transport.consumer import _DRAIN
from tests.simulation.client import Client
from tests.simulation.group import HEARTBEAT
from tests.simulation.log import View
from tests.simulation.loop import PROCESS
from tests.simulation.network import SURE
from tests.simulation.place import Place
from tests.simulation.process import Process
from tests.simulation.reading import Reading
from tests.simulation.store import SimulatedLetters, SimulatedStore
from tests.simulation.transport import Consumer, Thread


class Worker:
    """A process from its start to its end."""

    def __init__(self, place: Place, process: Process, settings: Settings, catalogue: Catalogue) -> None:
        self.place, self.process, self.settings = place, process, settings
        self._context = Context()
        self._context.run(PROCESS.set, process)
        self._context.run(self._build, catalogue)

    def _build(self, catalogue: Catalogue) -> None:
        place, process = self.place, self.process
        world = place.world
        self.client = Client(process, place.group, place.network, place.watch)
        self.consumer = Consumer(Thread(self.client, self.settings, world.loop), lambda: self.owner)
        self.engine = Engine(
            self.settings,
            Domain(catalogue),
            SimulatedStore(process, place.network, place.tables, place.watch),
            SimulatedLetters(process, place.network, place.watch),
            self._logs,
            process.clock,
            holds=self._holds,
        )
        self.owner = Owner(self.engine, self._failed, lambda: self.consumer)
        self._rejoin, self._recover = asyncio.Event(), asyncio.Event()
        self._reading = Reading(place, self.client, self.owner)
        self._ending = False
        self._start(self._membership())
        self._start(self._heartbeats())
        self._start(self._recoveries())
        self._start(self._checkpoints())
        self._start(self._commits())
        self._start(self._reading.fetch())
        for name in self._reading.buffers:
            self._start(self._reading.agent(name))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = self.place.world.loop.create_task(work)
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        if not task.cancelled() and (error := task.exception()):
            where = "".join(traceback.format_exception(error)[-3:])
            self.place.world.fail(f"{self.process.name}: {where}")

    def _failed(self, error: Fatal) -> None:
        self.place.world.fail(f"{self.process.name} stopped: {error}")

    def _logs(self, topics: Iterable[str]) -> Mapping[str, View]:
        names = list(topics)
        known = self.place.log.topics
        return self.place.network.ask(
            self.process, "describe topics", lambda: {name: known[name].view() for name in names}, SURE
        )

    def _holds(self, shard: Shard, start: int, end: int) -> bool:
        looked = partial(self.place.log.holds, shard, start, end)
        return self.place.network.ask(self.process, f"look into {shard.topic}", looked, SURE)

    async def _membership(self) -> None:
        """Join, until asked to join again: then flush and commit first."""
        travel = self.place.network.travel
        while not self._ending:
            await travel()
            self._rejoin.clear()
            joined = await self.place.group.join(self.process, self._rejoin.set)
            await travel()
            if joined.generation < 0:
                continue
            self.client.joined = joined
            self._recover.set()
            await self._rejoin.wait()
            self._reading.flowing.clear()
            await self.owner.release(self.settings.session_timeout * _DRAIN)
            self.client.joined = None

    async def _heartbeats(self) -> None:
        while not self._ending:
            await asyncio.sleep(HEARTBEAT)
            if not self.place.group.heard(self.process.name) and self.client.joined:
                self._rejoin.set()

    async def _recoveries(self) -> None:
        """Faust's recovery: one after the other; the flow goes on when no other rebalance has begun."""
        while not self._ending:
            await self._recover.wait()
            self._recover.clear()
            joined = self.client.joined
            await self.consumer.load()
            if joined is self.client.joined and not self._rejoin.is_set() and self.owner.ready:
                await self.consumer.perform_seek()
                self._reading.flowing.set()

    async def _checkpoints(self) -> None:
        while not self._ending:
            await asyncio.sleep(self.settings.checkpoint_seconds)
            await self.owner.flush()

    async def _commits(self) -> None:
        """Faust's own commits: they repair one that failed."""
        while not self._ending:
            await asyncio.sleep(_COMMIT_SECONDS)
            await self.consumer.force_commit()

    async def stop(self) -> None:
        """SIGTERM: flush and commit, leave the group, end."""
        self.place.world.tell(f"{self.process.name}: SIGTERM")
        self._ending = True
        self._reading.flowing.clear()
        await self.owner.release(self.settings.shutdown_seconds)
        self.place.group.leave(self.process.name)
        self.process.alive = False

    def cancel_flush(self) -> None:
        """Cancel the flush that is under way, if it is one of the timer's."""
        for task in sorted(self.owner._busy, key=hash):
            if task.get_coro().__qualname__ == "Owner._flush":  # type: ignore[union-attr]
                self.place.world.tell(f"{self.process.name}: a flush is cancelled")
                task.cancel()

    def call(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        """Run something as this process."""
        return self.place.world.loop.create_task(work, context=self._context)
