"""The simulated group coordinator: members, generations, rebalances (eager), committed offsets, fencing."""

import asyncio
from collections.abc import Callable, Mapping
from contextvars import Context
from dataclasses import dataclass, field

from streams.shard import Shard
from tests.simulation.log import Log
from tests.simulation.process import Process
from tests.simulation.world import World

SESSION = 6.0
HEARTBEAT = 1.0


@dataclass
class Member:
    """One member as the coordinator knows it. told: called when it has to join again."""

    process: Process
    told: Callable[[], None]
    joining: "asyncio.Future[Joined] | None" = None
    seen: float = 0


@dataclass(frozen=True)
class Joined:
    """The answer to a join."""

    generation: int
    shards: tuple[Shard, ...]


REFUSED = Joined(-1, ())


@dataclass
class Group:
    """commits: told (shard, before, offset) of every commit that was taken."""

    world: World
    log: Log
    commits: Callable[[Shard, int, int], None]
    committed: dict[Shard, int] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    generation: int = 0
    _rebalance: asyncio.TimerHandle | None = None

    def join(self, process: Process, told: Callable[[], None]) -> "asyncio.Future[Joined]":
        """Ask for shards; answered when all members have asked, or those that have not were put out."""
        self.world.tell(f"{process.name}: joins")
        member = self.members.setdefault(process.name, Member(process, told))
        member.seen = self.world.loop.time()
        member.joining = answer = self.world.loop.create_future()
        self.rebalance(process.name)
        self._perhaps_complete()
        return answer

    def rebalance(self, why: str) -> None:
        """Have all members join again."""
        if self._rebalance is None and self.members:
            self.world.tell(f"group: rebalance, because of {why}")
            self._rebalance = self._later(SESSION, self._complete)
            for member in self.members.values():
                if member.joining is None:
                    self._later(self.world.between(0, HEARTBEAT), self._tell, member)

    def heard(self, name: str) -> bool:
        """A heartbeat; False: it is no member (any more) and has to join again."""
        if name in self.members:
            self.members[name].seen = self.world.loop.time()
        return name in self.members

    def leave(self, name: str) -> None:
        """Put a member out."""
        if member := self.members.pop(name, None):
            if member.joining and not member.joining.done():
                member.joining.set_result(REFUSED)
            self.world.tell(f"group: {name} is out")
            if self.members:
                self.rebalance(f"{name} leaving")
                self._perhaps_complete()

    def expire(self) -> None:
        """Put out those that were silent for longer than a session."""
        for name in [n for n, m in self.members.items() if self.world.loop.time() - m.seen > SESSION]:
            self.leave(name)

    def commit(self, name: str, generation: int, offsets: Mapping[Shard, int]) -> bool:
        """Take offsets; False: from another generation, or not from a member."""
        if name not in self.members or generation != self.generation:
            self.world.tell(f"group: commit of {name} in generation {generation} refused")
            return False
        for shard, offset in offsets.items():
            before = self.committed.get(shard, self.log.start(shard))
            self.world.tell(f"group: {name} commits {shard.topic}/{shard.partition} {before} -> {offset}")
            self.committed[shard] = offset
            self.commits(shard, before, offset)
        return True

    def _tell(self, member: Member) -> None:
        if member.joining is None and member.process.running and self._rebalance is not None:
            member.told()

    def _perhaps_complete(self) -> None:
        if self._rebalance and all(member.joining for member in self.members.values()):
            self._complete()

    def _complete(self) -> None:
        if self._rebalance:
            self._rebalance.cancel()
            self._rebalance = None
        for name in [name for name, member in self.members.items() if member.joining is None]:
            self.world.tell(f"group: {name} did not join again and is out")
            del self.members[name]
        self.generation += 1
        names, shards = sorted(self.members), self.log.shards()
        for number, name in enumerate(names):
            member = self.members[name]
            ours = tuple(shards[number :: len(names)])
            held = ", ".join(f"{s.topic}/{s.partition}" for s in ours)
            self.world.tell(f"group: generation {self.generation}: {name} has {held}")
            assert member.joining is not None
            if not member.joining.done():
                member.joining.set_result(Joined(self.generation, ours))
            member.joining = None

    def _later(self, seconds: float, step: Callable[..., None], *args: object) -> asyncio.TimerHandle:
        return self.world.loop.call_later(seconds, step, *args, context=Context())
