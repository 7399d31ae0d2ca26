"""What happens in one simulation: the feed runs, workers come and go, things break; at last all is well."""

import asyncio
from collections.abc import Awaitable, Callable

from streams.shard import Shard
from tests.simulation.crew import Crew
from tests.simulation.ending import Ending
from tests.simulation.feed import DOCUMENTS, DOSSIERS, Feed
from tests.simulation.group import SESSION
from tests.simulation.log import Record
from tests.simulation.place import Place
from tests.simulation.trouble import Trouble


class Scenario:
    """A phase of feed and trouble; often a new log or more partitions, and another phase; the end."""

    def __init__(self, place: Place) -> None:
        self._place, self._random = place, place.world.random
        turns = (None, None, self._new_log, self._more_partitions)
        self._turn: Callable[[], Awaitable[None]] | None = self._random.choice(turns)
        self._topics = (DOSSIERS, DOCUMENTS) if self._random.random() < 0.2 else (DOSSIERS,)
        self._feed = Feed(self._random, always_named=self._turn == self._more_partitions)
        self._sent: list[Record] = []
        self._logs = 0

    async def run(self) -> None:
        """From the first worker to the check at the end. Violations go to the world."""
        for topic in self._topics:
            partitions = self._random.choice((1, 1, 1, 2, 3)) if topic == DOSSIERS else 1
            self._place.log.create(topic, self._identity(), partitions)
        beats = asyncio.create_task(self._expiry())
        self._crew = Crew(self._place)
        for _ in range(self._random.randint(1, 3)):
            self._crew.start()
        await self._phase()
        if self._turn:
            await self._turn()
            await self._phase()
        await Ending(self._place, self._crew, self._sent).check()
        beats.cancel()

    async def _phase(self) -> None:
        trouble = Trouble(self._place, self._crew, self._more)
        actions = [asyncio.create_task(trouble.one()) for _ in range(self._random.randint(1, 3))]
        for _ in range(self._random.randint(5, 22)):
            await asyncio.sleep(self._place.world.between(0, 2))
            self._more()
        await asyncio.gather(*actions)

    def _more(self) -> None:
        topic, record = self._feed.next(self._topics)
        self._sent.append(record)
        self._place.log.topics[topic].send(record)

    async def _new_log(self) -> None:
        """All topics are created anew, without their offsets; what was not committed is sent again."""
        log, committed = self._place.log, self._place.group.committed
        async with self._crew.away():
            for name in self._topics:
                old = log.topics[name]
                new = log.create(name, self._identity(), old.partitions)
                for number, records in enumerate(old.records):
                    for record in records[committed.pop(Shard(name, number), 0) :]:
                        new.send(record)
            self._place.world.tell("all topics are created anew")

    async def _more_partitions(self) -> None:
        """A topic is given more partitions, once everything in it has been folded."""
        await self._crew.caught_up()
        topic = self._place.log.topics[DOSSIERS]
        topic.grow(topic.partitions + self._random.randint(1, 2))
        self._place.world.tell(f"{DOSSIERS} has {topic.partitions} partitions now")
        await asyncio.sleep(self._place.world.between(0, SESSION))
        self._place.group.rebalance("more partitions")

    def _identity(self) -> str:
        self._logs += 1
        return f"log {self._logs}"

    async def _expiry(self) -> None:
        while True:
            await asyncio.sleep(0.5)
            self._place.group.expire()
