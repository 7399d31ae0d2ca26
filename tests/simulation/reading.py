"""What Faust reads for one process: fetches into a buffer per topic, and an agent that empties it."""

import asyncio

from streams.owner import Owner
from streams.shard import Batch, Shard
from streams.transport.fetch import Chunk
from tests.simulation.client import Client
from tests.simulation.place import Place

BUFFERED = 3
SIZES = (1, 2, 3, 5, 8, 40)


class Reading:
    """flowing: set when the owner has its shards; what is in the buffers then may be of before."""

    def __init__(self, place: Place, client: Client, owner: Owner) -> None:
        self._place, self._client, self._owner = place, client, owner
        self.flowing = asyncio.Event()
        self.buffers: dict[str, asyncio.Queue[Chunk]] = {
            name: asyncio.Queue(BUFFERED) for name in place.log.topics
        }

    async def fetch(self) -> None:
        """Fetch for ever."""
        while True:
            await self._place.network.travel(0.01, 0.6)
            await self.flowing.wait()
            for tp in sorted(self._client.assignment()):
                chunk = self._fetched(Shard(*tp))
                if chunk and not self.buffers[tp.topic].full():
                    self._hand_over(chunk)

    async def agent(self, topic: str) -> None:
        """Hand over what was fetched of a topic, for ever."""
        while True:
            chunk = await self.buffers[topic].get()
            await self.flowing.wait()
            await self._owner.run(chunk)

    def _fetched(self, shard: Shard) -> Chunk | None:
        world, log = self._place.world, self._place.log
        start = self._client.positions.get(shard)
        if start is None or start >= log.end(shard):
            return None
        stop = min(log.end(shard), start + world.random.choice(SIZES))
        records = log.topics[shard.topic].records[shard.partition][start:stop]
        batch = Batch(shard, [record.value for record in records], list(range(start, stop)), stop)
        return Chunk(start, batch)

    def _hand_over(self, chunk: Chunk) -> None:
        """Buffer it; it may vanish, or come twice."""
        world, shard = self._place.world, chunk.batch.shard
        self._client.positions[shard] = chunk.batch.next_offset
        more = chunk.batch.next_offset < self._place.log.end(shard)  # the next one shows that it is missing
        if more and world.happens(self._place.network.odds.vanished):
            world.tell(f"{self._client.name}: a batch of {shard.topic}/{shard.partition} vanishes")
            return
        buffer = self.buffers[shard.topic]
        buffer.put_nowait(chunk)
        if world.happens(self._place.network.odds.repeated) and not buffer.full():
            buffer.put_nowait(chunk)
