"""What is done to the workers, the store and the log from outside."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from tests.simulation.crew import FUSE_SECONDS, Crew
from tests.simulation.group import SESSION
from tests.simulation.place import Place
from tests.simulation.process import Process

MOST_WORKERS = 3


class Trouble:
    """`one` does one thing, at some time in the phase. more: has one more record come."""

    def __init__(self, place: Place, crew: Crew, more: Callable[[], None]) -> None:
        self._place, self._crew, self._more = place, crew, more
        self._world, self._random = place.world, place.world.random

    async def one(self) -> None:
        """Do something, after a while."""
        kinds: tuple[Callable[[], Awaitable[None]], ...] = (
            *(self._kill, self._kill, self._stop_and_go_on, self._stop_and_go_on, self._join, self._leave),
            *(self._outage, self._mute, self._lose_all, self._lose_all, self._rebalance, self._rewind),
            *(self._retention, self._cancel_flushes, self._cancel_flushes, self._overtake, self._overtake),
        )
        kind = self._random.choice(kinds)
        await asyncio.sleep(self._world.between(0, 8))
        await kind()

    async def _kill(self) -> None:
        """Once, or several times in a row: what takes over is killed, too."""
        for _ in range(self._random.choice((1, 1, 2, 4))):
            if running := self._crew.running:
                await self._crew.kill_at_a_step(self._random.choice(running), *self._crew.some_step())
                await asyncio.sleep(self._world.between(0, SESSION))
                self._crew.start()

    async def _lose_all(self) -> None:
        """One worker after the other is lost between states and counts, and none could commit."""
        for _ in range(self._random.randint(2, 3)):
            for worker in self._crew.running:
                self._place.network.mute.add(worker.process)
                await self._crew.kill_at_a_step(worker, self._random.randint(1, 4), "write hourly")
            self._crew.start()

    async def _overtake(self) -> None:
        """One owner after the other is lost or held up near its counts, none could commit, and more has come.

        So stored states are ahead of counts, and those of the offset; who was held up writes late counts, of
        an offset that the one who has the shards then has not reached.
        """
        late = []
        for _ in range(self._random.randint(2, 3)):
            for worker in self._crew.running:
                self._place.network.mute.add(worker.process)
                for _ in range(self._random.randint(1, 3)):
                    self._more()
                if self._random.random() < 0.4:
                    await self._hold_up(worker.process)
                    late.append(worker.process)
                else:
                    await self._crew.kill_at_a_step(worker, self._random.choice((1, 2, 2, 3)), "write hourly")
            self._crew.start()
        await asyncio.sleep(self._world.between(0, SESSION))
        for process in late:
            self._go_on(process)
            self._place.network.mute.discard(process)

    async def _hold_up(self, process: Process) -> None:
        """SIGSTOP once its states are stored, or some of its counts; in any case soon."""
        over = self._world.loop.time() + FUSE_SECONDS
        kind = self._random.choice(("write dossier", "write hourly", "write daily"))
        process.light(self._random.randint(1, 2), kind, partial(self._stop, process))
        await self._crew.until(
            lambda: not process.running or self._world.loop.time() > over, "it stands still"
        )
        process.put_out()
        self._stop(process)

    async def _stop_and_go_on(self) -> None:
        """SIGSTOP at some step, often for longer than a session: it still believes that it has its shards."""
        if running := self._crew.running:
            process = self._random.choice(running).process
            process.light(*self._crew.some_step(), partial(self._stop, process))
            await asyncio.sleep(self._random.uniform(1, 3 * SESSION))
            process.put_out()
            self._go_on(process)

    def _go_on(self, process: Process) -> None:
        if process.alive and process.stopped:
            self._world.tell(f"{process.name}: SIGCONT")
            self._world.loop.go_on(process)

    def _stop(self, process: Process) -> None:
        if process.running and not self._world.calm:
            self._world.tell(f"{process.name}: SIGSTOP")
            process.stopped = True

    async def _join(self) -> None:
        if len(self._crew.workers) < MOST_WORKERS:
            self._crew.start()

    async def _leave(self) -> None:
        if len(running := self._crew.running) > 1:
            await self._crew.stop(self._random.choice(running))

    async def _outage(self) -> None:
        self._world.tell("the store is down")
        self._place.network.down = True
        await asyncio.sleep(self._world.between(0.5, 2 * SESSION))
        self._place.network.down = False
        self._world.tell("the store is up")

    async def _mute(self) -> None:
        """A worker does not reach the group's coordinator any more; meanwhile it loses its shards."""
        if running := self._crew.running:
            process = self._random.choice(running).process
            self._world.tell(f"{process.name}: commits get lost")
            self._place.network.mute.add(process)
            await asyncio.sleep(self._world.between(0.5, SESSION))
            self._place.group.rebalance("nothing in particular")
            await asyncio.sleep(self._random.uniform(1, SESSION))
            self._place.network.mute.discard(process)

    async def _rebalance(self) -> None:
        self._place.group.rebalance("nothing in particular")

    async def _rewind(self) -> None:
        """Offsets are set back while the group is empty."""
        log, committed = self._place.log, self._place.group.committed
        async with self._crew.away():
            for shard, offset in sorted(committed.items()):
                topic = log.topics[shard.topic]
                least = max(topic.starts[shard.partition], topic.floors[shard.partition])
                if least < offset:
                    committed[shard] = to = self._random.randint(least, offset)
                    self._world.tell(f"{shard.topic}/{shard.partition} is set back {offset} -> {to}")

    async def _retention(self) -> None:
        """The log forgets its oldest records, as far as they are committed."""
        for shard, offset in sorted(self._place.group.committed.items()):
            topic = self._place.log.topics[shard.topic]
            start = topic.starts[shard.partition]
            topic.starts[shard.partition] = self._random.randint(start, max(start, offset))

    async def _cancel_flushes(self) -> None:
        """The contract of a processor: a flush may be cancelled, and the next one makes up for it."""
        for _ in range(20):
            await asyncio.sleep(0.1)
            for worker in self._crew.running:
                if worker.engine._unwritten is not None and self._random.random() < 0.3:
                    worker.cancel_flush()
