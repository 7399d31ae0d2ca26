"""The simulated Kafka client of one process: what the transport asks of aiokafka, with aiokafka's manners.

A commit that meets a broken connection is tried again under whatever generation is then current, as aiokafka
does; hence `abandon_commit`.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from aiokafka.errors import CommitFailedError
from faust.types import TP

from streams.shard import Shard
from tests.simulation.group import Group, Joined
from tests.simulation.network import Network
from tests.simulation.process import Process
from tests.simulation.watch import Watch

BACKOFF = 1.0


class Client:
    """joined: the assignment that is in force, None before the first and while joining anew."""

    def __init__(self, process: Process, group: Group, network: Network, watch: Watch) -> None:
        self._process, self._group, self._network, self._watch = process, group, network, watch
        self.name = process.name
        self.joined: Joined | None = None
        self.positions: dict[Shard, int] = {}

    def assignment(self) -> set[TP]:
        """What is ours."""
        return {TP(*shard) for shard in self.joined.shards} if self.joined else set()

    async def commit(self, offsets: Mapping[Any, Any]) -> None:
        """Commit; raises CommitFailedError when the group has gone on."""
        plain = {Shard(*tp): meta.offset for tp, meta in offsets.items()}
        while not await self._try(plain):
            await asyncio.sleep(BACKOFF)

    async def _try(self, offsets: Mapping[Shard, int]) -> bool:
        world, generation = self._network.world, self.joined.generation if self.joined else -1
        lost = world.happens(1 if self._process in self._network.mute else self._network.odds.commit_lost)
        sent = world.between(0.0005, 0.02)
        self._network.spark(self._process, "commit", sent)
        await asyncio.sleep(sent)
        taken = lost or self._group.commit(self._process.name, generation, offsets)
        unanswered = world.happens(self._network.odds.commit_unanswered)
        await self._network.travel()
        if not taken:
            raise CommitFailedError
        if lost or unanswered:
            world.tell(f"{self._process.name}: commit {'lost' if lost else 'unanswered'}")
        return not (lost or unanswered)

    async def committed(self, tp: Any) -> int | None:
        """The group's offset for a partition."""
        await self._network.travel()
        shard = Shard(*tp)
        offset = self._group.committed.get(shard)
        start = self._group.log.start(shard) if offset is None else offset
        self._watch.starts(self._process, shard, start)
        await self._network.travel()
        return offset

    async def beginning_offsets(self, tps: list[Any]) -> dict[Any, int]:
        """Where the logs start."""
        await self._network.travel()
        return {tp: self._group.log.start(Shard(*tp)) for tp in tps}

    def seek(self, tp: Any, offset: int) -> None:
        """Fetch on from there."""
        self.positions[Shard(*tp)] = offset

    def end(self, shard: Shard) -> int:
        """Where the log ends."""
        return self._group.log.end(shard)
