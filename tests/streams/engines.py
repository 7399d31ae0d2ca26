"""An engine with everything around it faked: what it writes, where it fails, what it commits, in order."""

import asyncio
import threading
from collections.abc import Mapping, Sequence

import polars as pl

from streams.checkpoint import Checkpoint, Store, StoreError
from streams.dead_letter import DeadLetter
from streams.domain import Domain
from streams.engine import Engine
from streams.settings import Settings
from streams.shard import Batch, Shard
from streams.topics import TopicLog
from tests.naive import NOW
from tests.streams.fake_store import FakeStore
from tests.streams.folding import CATALOGUE
from tests.streams.workers import TOPIC

FOR_EVER = 10**9


class Faulty:
    """Stands before a store or a sink: notes each write, fails some of them, or holds them up."""

    def __init__(self, journal: list[str], name: str) -> None:
        self._journal, self._name = journal, name
        self._loop = asyncio.get_running_loop()
        self.failing = self.failed = 0
        self.often = asyncio.Event()  # has failed ten times
        self.begun = asyncio.Event()
        self.free = threading.Event()
        self.free.set()

    def meet(self) -> None:
        self._loop.call_soon_threadsafe(self.begun.set)
        self.free.wait()
        if self.failing > 0:
            self.failing, self.failed = self.failing - 1, self.failed + 1
            if self.failed >= 10:
                self._loop.call_soon_threadsafe(self.often.set)
            raise StoreError("away")
        self._journal.append(self._name)


class Bench:
    """One engine over shards of one topic. journal: "store", "letters", "commit", as they were done."""

    def __init__(self, store: Store | None = None, partitions: int = 1, **settings: object) -> None:
        self.journal: list[str] = []
        self.kept: Store = store or FakeStore()
        self.store, self.letters = Faulty(self.journal, "store"), Faulty(self.journal, "letters")
        self.look_ups = Faulty(self.journal, "look up")
        self.written: list[DeadLetter] = []
        self.committed: dict[Shard, int] = {}
        self.shards = [Shard(TOPIC, number) for number in range(partitions)]
        self._log = TopicLog("log", partitions)
        self._next = dict.fromkeys(self.shards, 0)
        self.engine = Engine(
            Settings(**({"checkpoint_rows": 1000} | settings)),  # type: ignore[arg-type]
            Domain(CATALOGUE),
            _Store(self.kept, self.store, self.look_ups),
            _Letters(self.written, self.letters),
            lambda topics: dict.fromkeys(topics, self._log),
            lambda: NOW,
        )

    async def assign(self, **committed: int) -> None:
        offsets = {shard: committed.get(f"p{shard.partition}") for shard in self.shards}
        self._next = {shard: offset or 0 for shard, offset in offsets.items()}
        await self.engine.assign(offsets)

    async def process(self, values: Sequence[bytes | None], partition: int = 0) -> None:
        """The next batch of a shard."""
        shard = self.shards[partition]
        start, self._next[shard] = self._next[shard], self._next[shard] + len(values)
        offsets = list(range(start, self._next[shard]))
        await self.engine.process(Batch(shard, list(values), offsets, self._next[shard]), self.commit)

    async def flush(self) -> None:
        await self.engine.flush(self.commit)

    async def commit(self, durable: Mapping[Shard, int]) -> None:
        self.journal.append("commit")
        for shard, offset in durable.items():
            assert offset >= self.committed.get(shard, 0), "never back"
            self.committed[shard] = offset


class _Store(Store):
    def __init__(self, kept: Store, faulty: Faulty, look_ups: Faulty) -> None:
        self.epoch, self.states, self.progress = kept.epoch, kept.states, kept.progress  # type: ignore[method-assign]
        self.summaries, self.cells = kept.summaries, kept.cells  # type: ignore[method-assign]
        self.retire = kept.retire  # type: ignore[method-assign]
        self.claims = kept.claims  # type: ignore[method-assign]
        self.state_pages = kept.state_pages  # type: ignore[method-assign]
        self._kept, self._faulty, self._look_ups = kept, faulty, look_ups

    def write(self, checkpoint: Checkpoint) -> None:
        self._faulty.meet()
        self._kept.write(checkpoint)

    def look_up(self, entity: str, subjects: pl.Series) -> pl.DataFrame:
        self._look_ups.meet()
        return self._kept.look_up(entity, subjects)


class _Letters:
    def __init__(self, written: list[DeadLetter], faulty: Faulty) -> None:
        self._written, self._faulty = written, faulty

    def write(self, letters: Sequence[DeadLetter]) -> None:
        self._faulty.meet()
        self._written.extend(letters)
