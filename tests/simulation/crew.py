"""The workers of one simulation: who is there, how they start and how they end."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

from streams.settings import Settings
from tests.simulation.catalogue import CATALOGUE
from tests.simulation.group import SESSION
from tests.simulation.place import Place
from tests.simulation.process import Process
from tests.simulation.worker import Worker

PATIENCE = 300.0
"""Virtual seconds until what has to happen has happened, once nothing goes wrong any more."""
TROUBLED = 10
"""So many times as long until then: a recovery begins again when one of its sixteen requests fails."""
SKEW = 300_000_000
"""Microseconds by which a machine's clock may be wrong."""
FUSE_SECONDS = 8.0


class Crew:
    """All workers that were ever started; those that are alive come first to mind."""

    def __init__(self, place: Place) -> None:
        self.place, self._random = place, place.world.random
        self.workers: list[Worker] = []
        self.everyone: list[Process] = []
        self.shut = False
        self._settings = Settings(
            session_timeout=SESSION,
            checkpoint_rows=self._random.choice((3, 10, 1000)),
            checkpoint_seconds=self._random.choice((0.5, 1.0, 2.0)),
            retry_seconds=1.0,
            evict_after_days=self._random.choice((0, 1, 20, 90)),
            shutdown_seconds=4.0,
        )

    @property
    def running(self) -> list[Worker]:
        """Those whose code is executed."""
        return [worker for worker in self.workers if worker.process.running]

    def start(self) -> None:
        """Start a worker; not while the group has to be empty."""
        if self.shut:
            return
        skew = self._random.randint(-SKEW, SKEW)
        process = Process(f"w{len(self.everyone) + 1}", lambda: self.place.world.now(skew))
        self.place.world.tell(f"{process.name}: starts")
        self.everyone.append(process)
        self.workers.append(Worker(self.place, process, self._settings, CATALOGUE))

    async def kill_at_a_step(self, worker: Worker, steps: int, kind: str) -> None:
        """Kill -9 just before or after one of its next requests; if it makes none, soon."""
        over = self.place.world.loop.time() + FUSE_SECONDS
        process = worker.process
        process.light(steps, kind, partial(self.kill, worker))
        await self.until(lambda: not process.alive or self.place.world.loop.time() > over, "killed or over")
        self.kill(worker)

    def some_step(self) -> tuple[int, str]:
        """One of the next requests: any, one that writes, the one between states and counts, or a commit."""
        most, kind = self._random.choice(((10, ""), (10, "write"), (4, "write hourly"), (4, "commit")))
        return self._random.randint(1, most), kind

    def kill(self, worker: Worker) -> None:
        """Kill -9."""
        if not worker.process.alive:
            return
        self.place.world.tell(f"{worker.process.name}: killed")
        worker.process.alive = False
        if worker in self.workers:
            self.workers.remove(worker)

    async def stop(self, worker: Worker) -> None:
        """SIGTERM."""
        if worker in self.workers:
            self.workers.remove(worker)
        ending = worker.call(worker.stop())
        await self.until(lambda: ending.done() or not worker.process.running, f"{worker.process.name} ends")

    @asynccontextmanager
    async def away(self) -> AsyncIterator[None]:
        """End all that run, one way or the other, until the group is empty; afterwards start one."""
        await self.until(lambda: not self.shut, "the crew is back")
        self.shut = True
        while self.running or self.place.group.members:
            for worker in self.running:  # also those that a SIGCONT brings back
                if self._random.random() < 0.5:
                    await self.kill_at_a_step(worker, *self.some_step())
                else:
                    await self.stop(worker)
            await asyncio.sleep(0.1)
        yield
        self.shut = False
        self.start()

    async def caught_up(self) -> None:
        """Wait until everything in the log is committed."""
        if not self.running:
            self.start()
        log, committed = self.place.log, self.place.group.committed

        def done() -> bool:
            return all(committed.get(shard, log.start(shard)) == log.end(shard) for shard in log.shards())

        await self.until(done, "everything is folded and committed")

    async def until(self, done: Callable[[], bool], what: str) -> None:
        """Wait for something; it is a violation when it does not come."""
        world = self.place.world
        patience = PATIENCE if world.calm else TROUBLED * PATIENCE
        deadline = world.loop.time() + patience
        while not done():
            if world.loop.time() > deadline:
                raise world.fail(f"after {patience:g} s: not true that {what}")
            await asyncio.sleep(0.25)
